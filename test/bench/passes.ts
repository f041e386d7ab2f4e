import { type Lab, startLab } from './lab.ts';
import { overRateLimit, seconds, times } from './numbers.ts';
import { type Asked, type Pass, passSchema } from './processes/protocol.ts';
import { type RemoteProcess, startProcess } from './processes/remote.ts';
import type { Row } from './report.ts';

/** Does not bind: eight calls that take 100 ms each are 80 a second at most. Enforced all the same. */
const limit = { requestsPerSecond: 100, burst: 20 };
/** Binds, so that it shows whether the limit holds where it matters. */
const tightLimit = { requestsPerSecond: 20, burst: 5 };
/** A request's way to the server takes now longer, now shorter, so that some arrive closer than they were let through. */
const jitterMs = 150;
const minSpeedUp = 5;

const inFlights = ['oneByOne', 4, 8] as const;
type InFlight = (typeof inFlights)[number];

interface Measured extends Pass {
  readonly asked: Asked;
  /** CPU time of the local database and its HTTP server. */
  readonly databaseCpuMs: number;
}

export interface PassesOptions {
  readonly assemblyDir: string;
  readonly leases: number;
  /** Leases of the pass that writes everything. */
  readonly written: number;
  readonly pageSize: number;
  readonly latencyMs: number;
  readonly rounds: number;
}

/**
 * One pass over all leases as the product makes it, beside a loop over the very same pages that stores each before it asks
 * for the next; and, in the same company, the numbers of whole syncs.
 */
export async function measurePasses(options: PassesOptions): Promise<Row[]> {
  const { assemblyDir, leases, written, latencyMs } = options;
  const rows: Row[] = [];
  {
    await using lab = await startLab({ assemblyDir, latencyMs, counts: { leases: written } });
    await using reader = startReader(options, lab);
    const first = new Map<InFlight, Measured>();
    for (const inFlight of inFlights) first.set(inFlight, await reader.pass(inFlight, `first-${inFlight}`));
    rows.push(...describeFirst(first, written));
  }
  await using lab = await startLab({ assemblyDir, latencyMs, counts: { leases } });
  {
    await using writer = startReader(options, lab);
    await writer.pass(8, lab.company.name);
  }
  await using reader = startReader(options, lab);
  rows.push(...(await measureUnchanged(reader, lab, options)));
  rows.push(...(await measureSyncs(lab, options)));
  return rows;
}

async function measureUnchanged(reader: Reader, lab: Lab, { leases, rounds }: PassesOptions): Promise<Row[]> {
  const collection = lab.company.name;
  // The first pass of a process also compiles its code.
  await reader.pass(8, collection);
  await lab.forget();
  const passes = new Map<InFlight, Measured[]>(inFlights.map((inFlight) => [inFlight, []]));
  for (let round = 0; round < rounds; round++) {
    for (const inFlight of inFlights)
      passes.get(inFlight)?.push(await reader.pass(inFlight, collection, { expectedRows: leases }));
  }
  const { recordWrites } = await lab.counts();
  const tight = await reader.pass(8, collection, { rate: tightLimit, expectedRows: leases });
  const baseline = quickest(passes.get('oneByOne'));
  const rows: Row[] = [
    {
      what: `a pass over ${leases} unchanged leases, one page after another`,
      measured: describePass(baseline),
    },
  ];
  for (const inFlight of [4, 8] as const) {
    const measured = quickest(passes.get(inFlight));
    const speedUp = baseline.durationMs / measured.durationMs;
    rows.push({
      what: `the same with ${inFlight} requests in flight`,
      measured: `${times(speedUp)} as fast: ${describePass(measured)}`,
      ...(inFlight === 8 && { target: `≥ ${minSpeedUp} ×`, ok: speedUp >= minSpeedUp }),
    });
    rows.push(heldLimits(passes.get(inFlight) ?? [], inFlight, limit));
  }
  rows.push(heldLimits([tight], 8, tightLimit));
  rows.push({
    what: 'record writes of these passes over unchanged data',
    measured: String(recordWrites),
    target: '0',
    ok: recordWrites === 0,
  });
  return rows;
}

/** Whole syncs by the worker's bundle. */
async function measureSyncs(lab: Lab, { leases }: PassesOptions): Promise<Row[]> {
  const changes = Math.min(100, leases / 10);
  const worker = await lab.startWorker({ maxInFlight: 8, ...limit });
  await worker.sync('full');
  await lab.forget();
  await worker.sync('full');
  const full = await lab.counts();
  await lab.changeLeases(changes);
  await lab.forget();
  await worker.sync('incremental');
  const [incremental, { recordWrites }] = [await lab.asked(), await lab.counts()];
  await worker.stop();
  return [
    {
      what: `record writes of a full sync over ${leases} unchanged leases`,
      measured: String(full.recordWrites),
      target: '0',
      ok: full.recordWrites === 0,
    },
    {
      what: `list requests of an incremental sync with ${changes} changes among ${leases}`,
      measured: `${incremental.lists} (and ${incremental.ones} single reads, ${recordWrites} records written)`,
      target: '≤ 3',
      ok: incremental.lists <= 3 && recordWrites === changes,
    },
  ];
}

/** How many times as fast a pass is that has to write everything: told, with what it is that bounds it. */
function describeFirst(passes: ReadonlyMap<InFlight, Measured>, leases: number): Row[] {
  const baseline = passes.get('oneByOne');
  return [...passes].map(([inFlight, pass]) => ({
    what:
      inFlight === 'oneByOne'
        ? `a first pass, ${leases} leases written, one page after another`
        : `the same with ${inFlight} requests in flight`,
    measured:
      baseline === undefined || inFlight === 'oneByOne'
        ? describePass(pass)
        : `${times(baseline.durationMs / pass.durationMs)} as fast: ${describePass(pass)}`,
  }));
}

const describePass = ({ durationMs, pages, cpuMs, databaseCpuMs }: Measured): string =>
  `${seconds(durationMs)} for ${pages} pages; a page takes ${Math.round(cpuMs / pages)} ms of the reader's CPU, ` +
  `${Math.round(databaseCpuMs / pages)} ms of the local database's`;

function quickest(passes: readonly Measured[] = []): Measured {
  const [first] = [...passes].sort((a, b) => a.durationMs - b.durationMs);
  if (first === undefined) throw new Error('No pass was measured.');
  return first;
}

function heldLimits(passes: readonly Measured[], inFlight: number, { requestsPerSecond, burst }: typeof limit): Row {
  const most = Math.max(...passes.map(({ asked }) => asked.mostInFlight));
  const jitter = (jitterMs / 1000) * requestsPerSecond;
  const over = Math.max(...passes.map(({ asked }) => overRateLimit(asked.arrivals, requestsPerSecond, burst + jitter)));
  return {
    what: `its requests as the server saw them, ${inFlight} in flight and ${requestsPerSecond} a second allowed`,
    measured: `${most} in flight at most, ${over <= 0 ? 'never over the rate' : `${over.toFixed(1)} calls too many`}`,
    target: 'never over either',
    ok: most <= inFlight && over <= 0,
  };
}

interface PassVariation {
  readonly rate?: typeof limit;
  /** What the product remembers of the sync before. */
  readonly expectedRows?: number;
}

interface Reader extends AsyncDisposable {
  pass(inFlight: InFlight, collection: string, options?: PassVariation): Promise<Measured>;
}

function startReader({ pageSize }: PassesOptions, lab: Lab): Reader {
  const { company, access, recordsTable, stateTable } = lab;
  const reader: RemoteProcess = startProcess('pass.ts');
  return {
    async pass(inFlight, collection, { rate = limit, expectedRows = 0 } = {}) {
      await lab.forgetAsked();
      const before = await lab.databaseCpuMs();
      const options = {
        company,
        access,
        recordsTable,
        stateTable,
        collection,
        pageSize,
        inFlight,
        expectedRows,
        ...rate,
      };
      const pass = await reader.call('pass', options, passSchema);
      return { ...pass, asked: await lab.asked(), databaseCpuMs: (await lab.databaseCpuMs()) - before };
    },
    [Symbol.asyncDispose]: () => reader.stop(),
  };
}

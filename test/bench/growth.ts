import type { FunctionDefinition } from '../../infra/local/lambda/function-pool.ts';
import { syncSettingsSchema } from '../../shared/sync/settings.ts';
import { startLab } from './lab.ts';
import { grouped, seconds } from './numbers.ts';
import { plot } from './plot.ts';
import type { Worked } from './processes/protocol.ts';
import type { GrowthPoint, Row, TextTable } from './report.ts';

const maxMb = 256;
const maxSliceMs = 5 * 60_000;

export interface Growth {
  readonly points: readonly GrowthPoint[];
  /** The worker's invocations, the longest of each run. */
  readonly maxMs: number;
}

/** A first full sync and one over unchanged data, by the worker's bundle in a process of its own, at each size. */
export async function measureGrowth(
  sizes: readonly number[],
  { assemblyDir, latencyMs }: { readonly assemblyDir: string; readonly latencyMs: number },
): Promise<Growth> {
  const points: GrowthPoint[] = [];
  let maxMs = 0;
  for (const leases of sizes) {
    await using lab = await startLab({ assemblyDir, latencyMs, counts: { leases } });
    const worker = await lab.startWorker({ requestsPerSecond: 100 });
    for (const run of ['first', 'unchanged'] as const) {
      await lab.forget();
      const worked: Worked = await worker.sync('full');
      const [asked, counts] = [await lab.asked(), await lab.counts()];
      maxMs = Math.max(maxMs, worked.maxMs);
      points.push({
        leases,
        run,
        durationMs: worked.durationMs,
        requests: asked.lists + asked.ones,
        readUnits: counts.readUnits,
        writeUnits: counts.writeUnits,
        maxMb: worked.maxMb,
      });
    }
  }
  return { points, maxMs };
}

export const growthTable = (points: readonly GrowthPoint[]): TextTable => ({
  titles: ['leases', 'full sync', 'time', 'requests', 'read units', 'write units', 'memory'],
  rows: points.map((point) => [
    grouped(point.leases),
    point.run === 'first' ? 'first, everything written' : 'again, nothing changed',
    seconds(point.durationMs),
    grouped(point.requests),
    grouped(point.readUnits),
    grouped(point.writeUnits),
    `${Math.round(point.maxMb)} MB`,
  ]),
});

export function growthPlot(points: readonly GrowthPoint[]): string {
  const curve = (name: string, run: GrowthPoint['run'], y: (point: GrowthPoint) => number) => ({
    name,
    points: points.filter((point) => point.run === run).map((point) => ({ x: point.leases, y: y(point) })),
  });
  const both = (title: string, y: (point: GrowthPoint) => number) => ({
    title,
    curves: [curve('first full sync', 'first', y), curve('full sync, nothing changed', 'unchanged', y)],
  });
  return plot(
    [
      both('Seconds on this machine', (point) => point.durationMs / 1000),
      both('Requests to Rentvine', (point) => point.requests),
      {
        title: 'DynamoDB units',
        curves: [
          curve('first: written', 'first', (point) => point.writeUnits),
          curve('first: read', 'first', (point) => point.readUnits),
          curve('nothing changed: written', 'unchanged', (point) => point.writeUnits),
          curve('nothing changed: read', 'unchanged', (point) => point.readUnits),
        ],
      },
      both('Memory of the worker, MB', (point) => point.maxMb),
    ],
    'leases',
  );
}

/** What the design asks of the largest company, and what the proof of completeness costs. */
export function growthRows({ points, maxMs }: Growth, pageSize: number): Row[] {
  const largest = points.reduce((a, b) => (b.leases >= a.leases ? b : a));
  const most = Math.max(...points.map((point) => point.maxMb));
  return [
    {
      what: `memory of the worker's whole process at ${grouped(largest.leases)} leases, at its most`,
      measured: `${Math.round(most)} MB`,
      target: `< ${maxMb} MB`,
      ok: most < maxMb,
    },
    ...points
      .filter(({ run, leases }) => run === 'first' && leases > pageSize)
      .map(({ leases, requests }): Row => {
        const once = Math.ceil(leases / pageSize) + 1;
        const ratio = requests / (2 * once);
        return {
          what: `requests that prove a first full sync of ${grouped(leases)} leases complete`,
          measured: `${requests}, ${ratio.toFixed(2)} × the ${2 * once} of reading everything twice`,
          target: '< 1 ×',
          ok: ratio < 1,
        };
      }),
    {
      what: 'longest invocation of the worker in this report',
      measured: seconds(maxMs),
      target: '< 5 min',
      ok: maxMs < maxSliceMs,
    },
  ];
}

/** That no setting and no template allows a slice of five minutes. */
export function sliceRows(functions: readonly FunctionDefinition[]): Row[] {
  const longest = functions.reduce((a, b) => (b.timeoutMs > a.timeoutMs ? b : a));
  const accepts = (sliceSeconds: number) => syncSettingsSchema.safeParse({ sliceSeconds }).success;
  return [
    {
      what: 'longest time-out of any function in the template',
      measured: `${longest.timeoutMs / 1000} s (${longest.name})`,
      target: '< 5 min',
      ok: longest.timeoutMs < maxSliceMs,
    },
    {
      what: 'longest slice that the configuration accepts',
      measured: `${[...Array(600).keys()].filter(accepts).at(-1)} s`,
      target: '< 5 min',
      ok: !accepts(maxSliceMs / 1000),
    },
  ];
}

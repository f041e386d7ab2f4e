import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type LocalAccess, localClientConfig } from '../../infra/local/identity.ts';
import { startLocalStack } from '../../infra/local/start.ts';
import { planCounts } from '../../infra/simulator/company/counts.ts';
import { startSimulator } from '../../infra/simulator/simulator.ts';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { allRecords } from '../../shared/store/records.ts';
import { webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { signedBodyDelivery } from '../../shared/webhook/signed-delivery.ts';
import { physicalName, readFunctions, readModel } from '../bench/assembly.ts';
import { startMeter } from './meter.ts';
import { type QueueMapping, readQueueMappings, type Tick, type Watch } from './template.ts';
import { minus, timesUsage, type Usage } from './usage.ts';

/** What one run, or one change, was billed for, and which metrics it sent. */
export interface Metered {
  readonly usage: Usage;
  readonly metrics: ReadonlySet<string>;
}

/** What was measured on a company of one size. */
export interface Measured {
  readonly units: number;
  /** By schedule, the watching ones too, when nothing has changed since the run before. */
  readonly idle: ReadonlyMap<string, Metered>;
  /** Everything read and written for the first time, all resources together. */
  readonly first: Metered;
  /** On top of an idle run: one lease that has changed, found by an incremental run. */
  readonly change: Metered;
  /** One webhook about a lease that has changed; undefined where the template takes none. */
  readonly webhook: Metered | undefined;
  /** Bytes of all records. */
  readonly storedBytes: number;
}

export interface MeasureOptions {
  readonly assemblyDir: string;
  readonly units: number;
  readonly ticks: readonly Tick[];
  readonly watches: readonly Watch[];
  /** How long Rentvine takes to answer: functions are billed while they wait. */
  readonly latencyMs: number;
}

const account = 'acme';
const signingKey = 'a-key-for-measuring';
const changed = 20;
/** Megabytes at which Lambda gives a function one whole core. */
const mbOfOneCore = 1769;

/** Runs the whole template on this machine and meters every kind of run, one after another. */
export async function measure({ assemblyDir, units, ticks, watches, latencyMs }: MeasureOptions): Promise<Measured> {
  const functions = readFunctions(assemblyDir);
  const prefixIn = (variable: string) =>
    functions.find(({ environment }) => environment[variable])?.environment[variable];
  const memoryMb = new Map(functions.map((each) => [each.name, each.memoryMb]));
  const mappings = new Map(
    readQueueMappings(readModel(assemblyDir, 'http://127.0.0.1:9')).map((mapping) => [mapping.functionName, mapping]),
  );
  const meter = await startMeter();
  const simulator = await startSimulator({ latencyMs, accounts: [account], counts: companyOf(units) });
  const { accessKey, secret } = simulator.authentication().credentials;
  const stack = await startLocalStack({
    assemblyDir,
    schedules: false,
    environment: { AWS_ENDPOINT_URL: meter.url },
    secrets: {
      [`${prefixIn('SECRET_PREFIX')}${account}`]: JSON.stringify({
        auth: { scheme: 'basic', accessKey, secret },
        baseUrl: simulator.baseUrl(),
      }),
      [`${prefixIn('WEBHOOK_SECRET_PREFIX')}${account}`]: JSON.stringify({
        dialects: ['body'],
        signingKeys: [signingKey],
      }),
    },
    onLog: ({ text }) => meter.onLog(text),
    invoked({ functionName, durationMs }) {
      const memory = memoryMb.get(functionName) ?? 0;
      // As if all of it were computing at the function's share of a core, which waiting is not: an upper bound.
      const billedSeconds = (durationMs / 1000) * Math.max(1, mbOfOneCore / memory);
      meter.add({
        invocations: 1,
        gbSeconds: (billedSeconds * memory) / 1024,
        ...receives(mappings.get(functionName)),
      });
    },
  });
  meter.connect(stack.endpoint);
  const metered = async (work: () => Promise<unknown>): Promise<Metered> => {
    meter.read();
    await work();
    await stack.idle();
    return meter.read();
  };
  const fire = async (tick: Pick<Tick, 'schedule'>) => {
    meter.add({ ticks: 1 });
    await stack.fireSchedule(tick.schedule);
    await stack.idle();
  };
  const run = (tick: Pick<Tick, 'schedule'>) => metered(() => fire(tick));
  try {
    const fulls = ticks.filter(({ mode }) => mode === 'full');
    const first = await metered(async () => {
      for (const tick of fulls) await fire(tick);
    });
    const idle = new Map<string, Metered>();
    for (const tick of [...ticks, ...watches]) idle.set(tick.schedule, await run(tick));

    const ids = simulator.world().ids('leases').slice(-changed);
    const change = (mark: string) => {
      for (const id of ids) simulator.world().update('leases', id, { code: `${mark}-${id}` });
    };
    const leases = ticks.find(({ resource, mode }) => resource === 'leases' && mode === 'incremental');
    if (leases === undefined) throw new Error('The template has no incremental schedule of leases.');
    change('found');
    const found = await run(leases);
    change('told');
    const { apiUrl } = stack;
    const told =
      apiUrl === undefined
        ? undefined
        : await metered(async () => {
            for (const id of ids) await sendWebhook(`${apiUrl}/webhooks/rentvine/${account}`, id);
          });
    const quiet = idle.get(leases.schedule);
    if (quiet === undefined) throw new Error('Nothing was measured.');
    return {
      units,
      idle,
      first,
      change: {
        usage: timesUsage(1 / ids.length, minus(found.usage, quiet.usage)),
        metrics: new Set([...found.metrics].filter((metric) => !quiet.metrics.has(metric))),
      },
      webhook: told && { usage: timesUsage(1 / ids.length, told.usage), metrics: told.metrics },
      storedBytes: await storedBytes(assemblyDir, stack),
    };
  } finally {
    await stack.stop();
    await Promise.all([simulator.stop(), meter.close()]);
  }

  async function sendWebhook(url: string, id: number): Promise<void> {
    const { headers, body } = signedBodyDelivery({
      signingKey,
      recipe: webhookRecipeSchema.parse({}),
      token: crypto.randomUUID(),
      sentAt: new Date(),
      event: { eventType: 'leaseUpdated', objectID: String(id), objectTypeID: '4' },
    });
    const answer = await fetch(url, { method: 'POST', headers, body });
    if (answer.status !== 202) throw new Error(`A webhook was answered ${answer.status}.`);
    meter.add({ httpRequests: 1 });
  }
}

/** A company in which every resource has its share of the units, as in the simulator's small one. */
function companyOf(units: number): Record<string, number> {
  const small = planCounts('small');
  const scale = units / (small.get('units') ?? 1);
  return Object.fromEntries([...small].map(([name, count]) => [name, Math.max(1, Math.round(count * scale))]));
}

/** Lambda receives a batch for each invocation, and deletes it afterwards. */
function receives(mapping: QueueMapping | undefined): Partial<Usage> {
  if (mapping === undefined) return {};
  return mapping.isFifo ? { sqsFifoRequests: 2 } : { sqsStandardRequests: 2 };
}

async function storedBytes(assemblyDir: string, access: LocalAccess): Promise<number> {
  const client = documentClient(new DynamoDBClient(localClientConfig(access)));
  const table = {
    client,
    name: physicalName(readModel(assemblyDir, access.endpoint), 'AWS::DynamoDB::Table', 'Records/Resource'),
  };
  let bytes = 0;
  for (const { name: resource } of resources) {
    for await (const record of allRecords(table, { account, resource })) {
      bytes += Buffer.byteLength(JSON.stringify(record)) + storageOverheadBytes;
    }
  }
  client.destroy();
  return bytes;
}

/** DynamoDB stores 100 bytes on top of each item, and the same for its index entry with its keys. */
const storageOverheadBytes = 300;

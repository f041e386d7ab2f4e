import { setTimeout as sleep } from 'node:timers/promises';
import { localPlatform } from '../../infra/platform/local-platform.ts';
import { type Simulator, startSimulator } from '../../infra/simulator/simulator.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { readRecord, type StoredRecord } from '../../shared/store/records.ts';
import { webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { signedBodyDelivery } from '../../shared/webhook/signed-delivery.ts';
import { startProcess } from '../bench/processes/remote.ts';
import { eventually } from '../integration/eventually.ts';
import { accountName, environment, secretsFor, signingKey } from './account.ts';
import { cloudSchema } from './processes/protocol.ts';

/** Milliseconds from sending a webhook to its object being stored. */
export interface EndToEnd {
  /** One at a time, with nothing else to do; until the record can be read. */
  readonly idle: readonly number[];
  /** At a steady rate, up to the write of the record. */
  readonly busy: readonly number[];
  readonly busyPerSecond: number;
}

export interface EndToEndOptions {
  readonly latencyMs: number;
  readonly idle: number;
  readonly busySeconds: number;
}

/** As many as an account's limit of requests, 10 a second, leaves room for. */
const busyPerSecond = 8;
const recipe = webhookRecipeSchema.parse({});
const deadlineMs = 60_000;

/** Measures the whole way through the stack as it is deployed, with Rentvine in this process and the stack in another. */
export async function measureEndToEnd(assemblyDir: string, options: EndToEndOptions): Promise<EndToEnd> {
  const { latencyMs } = options;
  const leases = Math.max(options.idle, options.busySeconds * busyPerSecond) + 1;
  const simulator = await startSimulator({ latencyMs, counts: { leases }, accounts: [accountName] });
  const stack = startProcess(new URL('processes/cloud.ts', import.meta.url).href);
  try {
    const { accessKey, secret } = simulator.authentication().credentials;
    const secrets = secretsFor(simulator.baseUrl(), { accessKey, secret });
    const cloud = await stack.call('start', { assemblyDir, environment, secrets, concurrency: 4 }, cloudSchema);
    const platform = localPlatform(cloud);
    const { records } = platform;
    const url = await platform.webhookUrl(accountName);
    try {
      // Functions have started by then.
      await changeAndWait(url, simulator, records, 0);
      const idle: number[] = [];
      for (let number = 1; number <= options.idle; number++) {
        idle.push(await changeAndWait(url, simulator, records, number));
      }
      return { idle, busy: await steadily(url, simulator, records, options.busySeconds), busyPerSecond };
    } finally {
      platform.close();
    }
  } finally {
    await stack.stop();
    await simulator.stop();
  }
}

interface Told {
  readonly id: number;
  readonly code: string;
  readonly sentAt: number;
}

/** Changes a lease and sends its webhook, without waiting for the answer. */
function change(url: string, simulator: Simulator, number: number, code: string): Told {
  const world = simulator.world();
  const id = world.ids('leases')[number];
  if (id === undefined) throw new RangeError(`There are not ${number} leases.`);
  world.update('leases', id, { code });
  const { headers, body } = signedBodyDelivery({
    signingKey,
    recipe,
    token: crypto.randomUUID(),
    sentAt: new Date(),
    event: { eventType: 'lease.updated', objectID: String(id), objectTypeID: '4', changes: {} },
    data: { leaseID: String(id) },
  });
  const sentAt = Date.now();
  // Whether it was taken shows in the record.
  void fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
  return { id, code, sentAt };
}

async function changeAndWait(url: string, simulator: Simulator, records: Table, number: number): Promise<number> {
  const told = change(url, simulator, number, `idle-${number}`);
  return lagOf(records, told);
}

async function lagOf(records: Table, told: Told): Promise<number> {
  const record = await eventually(`lease ${told.id} is stored`, () => stored(records, told), { deadlineMs });
  return Date.parse(record.changedAt) - told.sentAt;
}

async function steadily(url: string, simulator: Simulator, records: Table, seconds: number): Promise<number[]> {
  const told: Told[] = [];
  for (let number = 0; number < seconds * busyPerSecond; number++) {
    told.push(change(url, simulator, number, `busy-${number}`));
    await sleep(1000 / busyPerSecond);
  }
  return Promise.all(told.map((each) => lagOf(records, each)));
}

async function stored(records: Table, { id, code }: Told): Promise<StoredRecord | undefined> {
  const record = await readRecord(records, { account: accountName, resource: 'leases' }, String(id));
  return record?.data.code === code ? record : undefined;
}

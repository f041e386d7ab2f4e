import { setTimeout as sleep } from 'node:timers/promises';
import type { Counts } from '../../infra/simulator/company/counts.ts';
import { pick, type Random, randomFor } from '../../infra/simulator/generator/random.ts';
import { type Simulator, startSimulator } from '../../infra/simulator/simulator.ts';
import { type SentWebhook, sendWebhooks } from '../../infra/simulator/webhooks/webhooks.ts';
import { type ResourceName, resources } from '../../shared/rentvine/resources/catalogue.ts';
import { listDeadLetters } from '../../shared/store/dead-letters.ts';
import { until } from '../integration/eventually.ts';
import { deliveryKey, makeStranger } from './deliveries.ts';
import { type Ledger, makeLedger } from './ledger.ts';
import { followRecords } from './record-check.ts';
import { type StackUnderChaos, signingKey, startStackUnderChaos } from './stack-under-chaos.ts';
import { makeSyncJobs, type SyncJobs } from './sync-jobs.ts';
import { startUnreliableNetwork, type UnreliableNetwork } from './unreliable-network.ts';

export interface ChaosOptions {
  readonly assemblyDir: string;
  /** How many deliveries Rentvine sends; a few more come from changes that cause several. */
  readonly webhooks: number;
  readonly seed: number;
  /** How long the chaos lasts. */
  readonly seconds: number;
  /** How long the platform has to work off what is left when it is over. */
  readonly drainSeconds: number;
  readonly tell: (text: string) => void;
}

const allResources: readonly ResourceName[] = resources.map(({ name }) => name);
const company: Partial<Counts> = {
  portfolios: 4,
  properties: 20,
  units: 80,
  leases: 120,
  tenants: 140,
  owners: 10,
  vendors: 12,
  workOrders: 100,
  transactions: 200,
  applications: 20,
  bills: 30,
};
const account = 'chaos-inc';
const lostAnswers = 0.02;
const troubles = { duplicates: 0.05, outOfOrder: 0.1, lost: 0.05, attempts: 5 };
/** Per webhook of Rentvine's. */
const strangers = 0.03;
const poisoned = 3;
/** Objects that vanish, of which nobody tells. */
const deletions: Partial<Record<ResourceName, number>> = { workOrders: 3, transactions: 2 };
const syncEveryMs = 3_000;
const tellEveryMs = 15_000;
/** Deliveries that may be under way before the world waits for the platform. */
const maxAtOnce = 50;

/** Runs the platform through chaos and answers what became of everything. */
export async function runChaos(options: ChaosOptions): Promise<Ledger> {
  const { seed, tell } = options;
  const simulator = await startSimulator({ seed, counts: company, accounts: [account] });
  const platform = await startStackUnderChaos(options.assemblyDir, simulator, randomFor(seed, 1));
  const target = platform.stack.apiUrl ?? '';
  const network = await startUnreliableNetwork(target, deliveryKey, lostAnswers, randomFor(seed, 2));
  try {
    return await play(options, simulator, platform, network);
  } finally {
    tell('Stopping …');
    await network.close();
    await platform.stop();
    await simulator.stop();
  }
}

async function play(
  options: ChaosOptions,
  simulator: Simulator,
  platform: StackUnderChaos,
  network: UnreliableNetwork,
): Promise<Ledger> {
  const { seed, tell, drainSeconds } = options;
  const jobs = makeSyncJobs(platform, account);
  const drainMs = drainSeconds * 1000;
  tell('First sync …');
  await jobs.syncAll(allResources, 'full', drainMs);

  const check = followRecords(simulator, platform.records);
  const url = `${network.url}/webhooks/rentvine/${account}`;
  const webhooks = sendWebhooks(simulator.world(), { url, signingKey, seed, ...troubles });
  const stranger = makeStranger(url, () => webhooks.sent, randomFor(seed, 3));
  tell(`Chaos for ${options.seconds} s …`);
  const ending = new AbortController();
  platform.trouble();
  const meanwhile = [outages(simulator, randomFor(seed, 4), ending.signal), syncs(jobs, seed, ending.signal)];
  await causeChanges(options, { simulator, platform, network, stranger, sent: webhooks.sent });
  ending.abort();
  const [downShare = 0] = await Promise.all(meanwhile);

  tell('Calm; waiting until everything is worked off …');
  simulator.faults.clear();
  await webhooks.stop();
  await stranger.settled();
  await platform.calm();
  const stuck = await settle(platform, drainMs);
  const deadLetters = await listDeadLetters(platform.state);
  const dead = new Set(deadLetters.map(({ id }) => id));
  const worked = [...platform.witness.seen.values()].filter(({ id }) => !dead.has(id));
  const beforeSync = await check.behindHints(worked.flatMap(({ hint }) => hint ?? []));
  const missedBefore = await check.differences(allResources);
  tell('The next scheduled sync …');
  await jobs.syncAll(allResources, 'full', drainMs).catch((error: Error) => stuck.push(error.message));
  stuck.push(...(await settle(platform, drainMs)));

  return makeLedger({
    platform,
    answers: network.answers,
    sentKeys: new Set(webhooks.sent.map(({ delivery }) => deliveryKey(delivery.body))),
    strangerKeys: stranger.keys,
    untold: webhooks.unsent,
    deadLetters: await listDeadLetters(platform.state),
    runs: await jobs.all(),
    stored: await check.stored(allResources),
    beforeSync,
    missedBefore,
    afterSync: await check.differences(allResources),
    stuck,
    downShare,
  });
}

interface Scene {
  readonly simulator: Simulator;
  readonly platform: StackUnderChaos;
  readonly network: UnreliableNetwork;
  readonly stranger: ReturnType<typeof makeStranger>;
  readonly sent: readonly SentWebhook[];
}

/** Lets the company live until so many webhooks were sent, evenly over the time. */
async function causeChanges({ webhooks, seconds, seed, tell }: ChaosOptions, scene: Scene): Promise<void> {
  const { simulator, platform, network, stranger } = scene;
  const random = randomFor(seed, 5);
  const world = simulator.world();
  const incidents = [
    ...resources.flatMap(({ name }) =>
      Array.from({ length: deletions[name] ?? 0 }, () => async () => {
        world.delete(name, pick(random, world.ids(name)));
      }),
    ),
    ...Array.from({ length: poisoned }, () => () => platform.poison()),
  ];
  const every = webhooks / (incidents.length + 1);
  let nextIncidentAt = every;
  const startedAt = Date.now();
  let toldAt = startedAt;
  const started = () => network.answers.size - stranger.keys.size;
  while (started() < webhooks) {
    const due = (webhooks * (Date.now() - startedAt)) / (seconds * 1000);
    if (started() < due && started() - scene.sent.length < maxAtOnce) {
      world.tick();
      if (random() < strangers) stranger.send();
    }
    if (started() >= nextIncidentAt) {
      nextIncidentAt += every;
      await incidents.shift()?.();
    }
    if (Date.now() - toldAt > tellEveryMs) {
      toldAt = Date.now();
      tell(`  ${started()} webhooks sent`);
    }
    await sleep(5);
  }
}

/** Rentvine is down a third of the time; answers which share it was. */
async function outages(simulator: Simulator, random: Random, signal: AbortSignal): Promise<number> {
  const startedAt = Date.now();
  let downMs = 0;
  while (!signal.aborted) {
    const upForMs = 2_000 + random() * 4_000;
    await pause(upForMs, signal);
    const from = Date.now();
    simulator.faults.down(true);
    await pause(upForMs / 2, signal);
    simulator.faults.down(false);
    downMs += Date.now() - from;
  }
  return downMs / (Date.now() - startedAt);
}

async function syncs(jobs: SyncJobs, seed: number, signal: AbortSignal): Promise<void> {
  const random = randomFor(seed, 6);
  while (!signal.aborted) {
    await jobs.request(pick(random, allResources), random() < 0.3 ? 'full' : 'incremental');
    await pause(syncEveryMs, signal);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);

/** Waits until nothing is in any queue and no function runs; answers what is left then. */
async function settle({ stack }: StackUnderChaos, deadlineMs: number): Promise<string[]> {
  const left = () =>
    Object.entries(stack.queueDepths())
      .map(([name, { visible, inFlight, delayed }]) => ({ name, count: visible + inFlight + delayed }))
      .filter(({ count }) => count > 0)
      .map(({ name, count }) => `${count} in ${name}`);
  const idle = stack.idle().then(() => true);
  try {
    await until('nothing is left to do', async () => Promise.race([idle, sleep(100).then(() => false)]), {
      deadlineMs,
    });
    return left();
  } catch (error) {
    return [...left(), error instanceof Error ? error.message : String(error)];
  }
}

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { ConfigurationError } from '../../shared/errors.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { sendWebhooks, type Webhooks } from '../simulator/webhooks/webhooks.ts';
import { startOfDay } from './time.ts';

const historySchema = z.object({
  size: z.enum(['small', 'medium', 'large']),
  /** The day that the company's history leads up to, ISO 8601. */
  now: z.string(),
  /** Epoch milliseconds of everything that has happened since. */
  ticks: z.array(z.number()),
});
type History = z.output<typeof historySchema>;

export interface SimulatedAccount {
  readonly name: string;
  /** The text of the account's secret. */
  readonly secret: string;
  /** The text of the secret of its webhooks, and the key in it. */
  readonly webhookSecret: string;
  readonly signingKey: string;
  readonly simulator: Simulator;
  /** Sends signed webhooks for what happens from now on, a second after it. */
  sendWebhooksTo(url: string): void;
  /** Lets something happen in the simulated company, and remembers it. */
  tick(): void;
  stop(): Promise<void>;
}

const accountName = 'acme';
const seed = 1;
const signingKey = 'fake-signing-key-acme';
/** Rentvine delivers about a second after the change. */
const webhookDelayMs = 1_000;

/**
 * Starts the simulator with one company. The company is made from a seed, and what happened in it since is played again,
 * so that it is the same one at every start.
 *
 * @param historyFile where what happened is kept
 * @throws ConfigurationError when the file is about a company of another size
 */
export async function startSimulatedAccount(options: {
  readonly size: History['size'];
  readonly latencyMs: number;
  readonly historyFile: string;
  /** Rentvine's clock, epoch milliseconds; the machine's by default. */
  readonly now?: () => number;
}): Promise<SimulatedAccount> {
  const { size, latencyMs, historyFile, now = Date.now } = options;
  const history = readHistory(historyFile) ?? { size, now: startOfDay(new Date()).toISOString(), ticks: [] };
  if (history.size !== size) {
    throw new ConfigurationError(
      `There is a ${history.size} company already; add --size ${history.size} to go on with it, or --fresh.`,
    );
  }
  let replayed: number | undefined;
  const simulator = await startSimulator({
    accounts: [accountName],
    seed,
    size,
    latencyMs,
    now: new Date(history.now),
    clock: () => replayed ?? now(),
  });
  const world = simulator.world(accountName);
  for (const at of history.ticks) {
    replayed = at;
    world.tick();
  }
  replayed = undefined;
  save(historyFile, history);

  let webhooks: Webhooks | undefined;
  const { accessKey, secret } = simulator.authentication(accountName).credentials;
  return {
    name: accountName,
    secret: JSON.stringify({
      auth: { scheme: 'basic', accessKey, secret },
      baseUrl: simulator.baseUrl(accountName),
    }),
    webhookSecret: JSON.stringify({ dialects: ['body'], signingKeys: [signingKey] }),
    signingKey,
    simulator,
    sendWebhooksTo(url) {
      webhooks = sendWebhooks(world, { url, signingKey, delayMs: webhookDelayMs });
    },
    tick() {
      replayed = now();
      history.ticks.push(replayed);
      world.tick();
      replayed = undefined;
      save(historyFile, history);
    },
    async stop() {
      await webhooks?.stop();
      await simulator.stop();
    },
  };
}

function readHistory(file: string): History | undefined {
  if (!existsSync(file)) return undefined;
  const parsed = historySchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new ConfigurationError(`${file} is damaged; start again with --fresh.`);
  return parsed.data;
}

function save(file: string, history: History): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(history));
}

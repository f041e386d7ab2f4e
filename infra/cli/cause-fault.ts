import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { parseAccountSecret } from '../../shared/account/secret.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import type { Collection } from '../../shared/store/records.ts';
import { type Run, readRun } from '../../shared/store/runs.ts';
import type { AlarmFault } from '../faults/fault.ts';
import { settled } from '../faults/steps.ts';
import type { TurnableClock } from '../local/clock/turnable-clock.ts';
import type { Intercept } from '../local/intercept.ts';
import type { LocalStack } from '../local/start.ts';
import type { SimulatedAccount } from './simulated-account.ts';

/** Interceptors that come and go while the stack runs. */
export interface Interceptors {
  readonly intercept: Intercept;
  /** Answers how to take it away again. */
  add(hook: Intercept): () => void;
}

/** One interceptor for the stack that asks all of those that are there at the time, the first answer counting. */
export function interceptors(): Interceptors {
  const hooks = new Set<Intercept>();
  return {
    async intercept(request) {
      for (const hook of hooks) {
        const fault = await hook(request);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
    add(hook) {
      hooks.add(hook);
      return () => void hooks.delete(hook);
    },
  };
}

export interface FaultOptions {
  readonly stack: LocalStack;
  readonly state: Table;
  readonly plannerName: string;
  readonly clock: TurnableClock;
  readonly simulated: SimulatedAccount;
  readonly intercept: Interceptors['add'];
  readonly tell: (line: string) => void;
}

const plannedJob = z.tuple([z.object({ runId: z.string() })]);
const pollMs = 200;
const patienceMs = 120_000;

/** Makes one alarm ring through the running stack, and tells what it does and what rings then. */
export async function causeFault(fault: AlarmFault, options: FaultOptions): Promise<void> {
  const { stack, clock, simulated, intercept, tell } = options;
  const { name: account, simulator, secret } = simulated;
  const [signingKey = ''] = parseAccountSecret(account, secret).webhook?.signingKeys ?? [];
  tell(`\nCausing ${fault.name}: ${fault.summary}`);
  // What is under way when the clock is turned would have waited for as long.
  await settled(stack);
  const before = clock.now().getTime() - Date.now();
  await fault.cause({
    stack,
    clock,
    simulator,
    account,
    signingKey,
    intercept,
    sync: (resource, mode) => syncNow({ account, resource }, mode, options),
  });
  await stack.evaluateAlarms();
  const turnedMinutes = Math.round((clock.now().getTime() - Date.now() - before) / 60_000);
  if (turnedMinutes > 0) tell(`For that the clock was turned forward by ${turnedMinutes} minutes.`);
  const ringing = stack.alarms().filter(({ state }) => state === 'ALARM');
  tell(
    ringing.length === 0
      ? 'No alarm is ringing.'
      : `Ringing now: ${ringing.map(({ name }) => name).join(', ')}. The console says what to do.`,
  );
}

/**
 * Asks for a run as a schedule's tick does, and waits until it is over or put off.
 *
 * @throws Error when that takes longer than two minutes
 */
async function syncNow(collection: Collection, mode: Run['mode'], options: FaultOptions): Promise<Run> {
  const { stack, state, plannerName, clock } = options;
  const { account, resource } = collection;
  const scheduledAt = clock.now().toISOString();
  const tick = { resource, mode, scheduledAt, correlationId: crypto.randomUUID(), accounts: [account] };
  const { payload, error } = await stack.invoke(plannerName, tick);
  const job = plannedJob.safeParse(payload);
  if (!job.success) throw new Error(`The planner failed: ${error?.errorMessage ?? 'it planned no job'}`);
  let { runId } = job.data[0];
  const giveUpAt = performance.now() + patienceMs;
  while (performance.now() < giveUpAt) {
    const run = await readRun(state, collection, runId);
    if (run?.coveredBy !== undefined) runId = run.coveredBy;
    else if (run !== undefined && run.status !== 'running') return run;
    await delay(pollMs);
  }
  throw new Error(`The run of ${resource} did not end.`);
}

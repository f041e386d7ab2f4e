import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import { readGateState } from '../../shared/store/account-gate.ts';
import { type Run, readRun } from '../../shared/store/runs.ts';
import { webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { signedBodyDelivery } from '../../shared/webhook/signed-delivery.ts';
import type { FunctionName } from '../alarms/platform-names.ts';
import type { LocalStack } from '../local/start.ts';
import { FunctionFailedError } from '../platform/function-failed-error.ts';
import type { Platform } from '../platform/platform.ts';
import type { FaultContext } from './fault.ts';

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

/** Lets the watcher look, as its schedule does every minute. */
export async function watch({ platform }: Pick<FaultContext, 'platform'>): Promise<void> {
  await platform.invoke('watcher', { scheduledAt: platform.now().toISOString() });
}

/** Invokes a function so many times with an event that is none, so that it fails. */
export async function failFunction({ platform }: FaultContext, name: FunctionName, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await platform.invoke(name, {}).catch((error: unknown) => {
      if (!(error instanceof FunctionFailedError)) throw error;
    });
  }
}

/** A stack that somebody uses is never quite idle. */
const maxIdleWaitMs = 20_000;

/** Waits until the work that is under way is done, within reason. */
export async function workDone(stack: LocalStack): Promise<void> {
  await Promise.race([stack.idle(), delay(maxIdleWaitMs, undefined, { ref: false })]);
}

/** Lets the business figures be computed, as their schedule does a few times a day. */
export async function reportBusiness({ platform }: FaultContext): Promise<void> {
  await platform.invoke('business-reporter', { scheduledAt: platform.now().toISOString() });
}

const lookEveryMs = 100;
const patienceMs = 30_000;
const runPatienceMs = 120_000;
/** A message may have been put back just after a turn. */
const minTurnMs = 1_000;

/** @throws Error when it has not become true within 30 seconds */
export async function until(isTrue: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!isTrue()) {
    if (performance.now() > giveUpAt) throw new Error('What the fault waits for has not come about.');
    await delay(lookEveryMs);
  }
}

/** Turns the clock minute by minute, the watcher looking each time. */
export async function passMinutes(context: FaultContext, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    await context.clock.advance(minuteMs);
    await watch(context);
  }
}

/** Records a metric that AWS itself records, and that nothing on this machine brings about. */
export async function putAwsMetric(
  platform: Platform,
  metric: {
    readonly namespace: 'AWS/Lambda' | 'AWS/ApiGateway';
    readonly name: string;
    readonly value: number;
    readonly dimensions?: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { namespace, name, value, dimensions = {} } = metric;
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const MetricData = [{ MetricName: name, Value: value, Dimensions }];
  await platform.cloudwatch.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }));
}

/** Makes one more company an account. */
export async function addAccount({ platform, simulator }: FaultContext, name: string): Promise<void> {
  simulator.addAccount({ name });
  const { accessKey, secret } = simulator.authentication(name).credentials;
  await platform.putSecret(name, { auth: { scheme: 'basic', accessKey, secret }, baseUrl: simulator.baseUrl(name) });
}

/**
 * Asks for a run as a schedule's tick does, and waits until it is over or put off. What it waits for while the account's breaker
 * is open, the clock is turned to.
 *
 * @throws Error when that takes longer than two minutes
 */
export async function sync(
  { platform, clock, account }: FaultContext,
  resource: ResourceName,
  mode: Run['mode'],
): Promise<Run> {
  const [job] = await platform.plan({ resource, mode, accounts: [account] });
  let runId = job?.runId ?? '';
  const giveUpAt = performance.now() + runPatienceMs;
  while (performance.now() < giveUpAt) {
    const run = await readRun(platform.state, { account, resource }, runId);
    if (run?.coveredBy !== undefined) runId = run.coveredBy;
    else if (run !== undefined && run.status !== 'running') return run;
    const { openUntil } = await readGateState(platform.state, account);
    const openForMs = Math.ceil(openUntil - clock.now().getTime());
    if (openForMs > 0) clock.turn(Math.max(openForMs, minTurnMs));
    await delay(lookEveryMs);
  }
  throw new Error(`The run of ${resource} did not end.`);
}

/** A webhook about the first lease, signed with the account's key or with another; answers the status. */
export async function postWebhook(
  { platform, account, signingKey }: FaultContext,
  { key = signingKey, eventType = 'leaseUpdated' }: { readonly key?: string; readonly eventType?: string } = {},
): Promise<number> {
  const { headers, body } = signedBodyDelivery({
    signingKey: key,
    recipe: webhookRecipeSchema.parse({}),
    token: randomUUID(),
    sentAt: platform.now(),
    event: { eventType, objectID: '1' },
  });
  const response = await fetch(await platform.webhookUrl(account), { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status;
}

import type { SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import { asSubsegment } from '#tracing';
import type { Standing } from '../../shared/account/standing.ts';
import { ContractError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { readGateState } from '../../shared/store/account-gate.ts';
import { breakerState } from '../../shared/store/gate-rules.ts';
import { noteUnknownEvent } from '../../shared/store/unknown-events.ts';
import { normalizeEventType } from '../../shared/webhook/event-type.ts';
import { type WebhookHint, webhookHintSchema } from '../../shared/webhook/hint.ts';
import type { HintMeaning } from '../../shared/webhook/targets.ts';
import { beginTry, deadLetter, hasFailedForGood } from '../failed-message.ts';
import type { AccountAccess } from './access-cache.ts';
import { type BatchPlan, planBatch } from './batch-plan.ts';
import { noteFields } from './note-fields.ts';
import type { RefreshDependencies } from './refresh-dependencies.ts';
import { refreshObject } from './refresh-object.ts';
import { propertyOfLease, refreshTransactions } from './refresh-transactions.ts';
import { fail, type HintMessage, type RetryDependencies, retryOrPark } from './retry-or-park.ts';

export interface ProcessorDependencies
  extends RetryDependencies,
    Pick<RefreshDependencies, 'records' | 'settings' | 'recent'> {
  /** An account's client, whose calls may wait until `endsAt`, epoch milliseconds. */
  readonly access: (account: string, endsAt: number) => Promise<AccountAccess>;
  readonly standing: (account: string) => Promise<Standing>;
}

/**
 * Works on one batch of hints: reads each object once, and stores it.
 *
 * @param endsAt epoch milliseconds until which calls to Rentvine may wait or be repeated
 * @returns ids of the messages that failed, so that only those come back
 */
export async function processHints(
  records: readonly SQSRecord[],
  endsAt: number,
  dependencies: ProcessorDependencies,
): Promise<string[]> {
  const failed: string[] = [];
  const byAccount = new Map<string, HintMessage[]>();
  const tries = await Promise.all(records.map((record) => beginTry(record, dependencies)));
  for (const attempt of tries) {
    const { record } = attempt;
    if (hasFailedForGood(attempt)) {
      if (!(await deadLetter(attempt, dependencies))) failed.push(record.messageId);
      continue;
    }
    const hint = parseHint(record.body);
    if (hint === undefined) {
      const error = new ContractError('The message is no webhook hint.');
      const isDone = await fail(attempt, undefined, error, undefined, dependencies);
      if (!isDone) failed.push(record.messageId);
      continue;
    }
    recordQueueWait(record, hint, dependencies.now());
    byAccount.set(hint.account, [...(byAccount.get(hint.account) ?? []), { attempt, hint }]);
  }
  const accounts = [...byAccount.values()];
  const failedOfEach = await Promise.all(accounts.map((messages) => processAccount(messages, endsAt, dependencies)));
  failed.push(...failedOfEach.flat());
  return failed;
}

/** Only of hints that come for the first time: one that failed or was parked has waited on purpose. */
function recordQueueWait(record: SQSRecord, { account, receivedAt, parked }: WebhookHint, now: Date): void {
  if (parked > 0 || Number(record.attributes.ApproximateReceiveCount) > 1) return;
  metrics.record('WebhookQueueWait', Math.max(0, now.getTime() - Date.parse(receivedAt)), { account });
}

function parseHint(body: string): WebhookHint | undefined {
  try {
    return webhookHintSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** Returns the ids of the messages that failed. */
async function processAccount(
  messages: readonly HintMessage[],
  endsAt: number,
  dependencies: ProcessorDependencies,
): Promise<string[]> {
  const plan = planBatch(messages.map(({ hint }) => hint));
  const work = await workOn(messages, plan, endsAt, dependencies);
  if (work.isDropped) return [];
  const failed = messages.map(async (message, index): Promise<string[]> => {
    const { meaning, keys } = plan.hints[index] ?? { meaning: { targets: [] }, keys: [] };
    const problem = (await noteIfUnknown(message.hint, meaning, dependencies)) ?? problemOf(keys, work);
    if (problem === undefined) return [];
    const resource = meaning.targets[0]?.resource.name;
    const isDone = await retryOrPark(message, problem.error, work.wasUp, resource, dependencies);
    return isDone ? [] : [message.attempt.record.messageId];
  });
  return (await Promise.all(failed)).flat();
}

interface Problem {
  readonly error: unknown;
}

interface Work {
  /** What went wrong, by the key of the work. */
  readonly errors: ReadonlyMap<string, unknown>;
  /** What kept all of it from being done. */
  readonly failure?: Problem;
  /** Whether the account's API answered before. */
  readonly wasUp: boolean;
  /** Nothing was done, because the account is paused or removed. */
  readonly isDropped?: boolean;
}

function problemOf(keys: readonly string[], { errors, failure }: Work): Problem | undefined {
  const key = keys.find((each) => errors.has(each));
  return key === undefined ? failure : { error: errors.get(key) };
}

async function workOn(
  messages: readonly HintMessage[],
  plan: BatchPlan,
  endsAt: number,
  dependencies: ProcessorDependencies,
): Promise<Work> {
  const errors = new Map<string, unknown>();
  const [first] = messages;
  if (first === undefined) return { errors, wasUp: true };
  let wasUp = true;
  try {
    const standing = await dependencies.standing(first.hint.account);
    if (standing !== 'active') {
      const details = { account: first.hint.account, hints: messages.length, standing };
      logger.info('Webhook hints are dropped, because their account is paused or removed.', details);
      return { errors, wasUp, isDropped: true };
    }
    if (plan.objects.size + plan.leases.size === 0) return { errors, wasUp };
    const { state, settings, now } = dependencies;
    wasUp = breakerState(await readGateState(state, first.hint.account), now().getTime()) === 'closed';
    const access = await dependencies.access(first.hint.account, endsAt);
    const refresh: RefreshDependencies = { ...dependencies, ...access };
    const attempt = async (keys: readonly string[], run: () => Promise<void>) => {
      try {
        await run();
      } catch (error) {
        for (const key of keys) errors.set(key, error);
      }
    };
    const atOnce = { concurrency: settings.maxInFlight };
    const { account } = first.hint;
    await pMap(
      plan.objects,
      ([key, object]) => {
        const subject = { account, resource: object.resource.name };
        return attempt([key], () =>
          asSubsegment('refresh', subject, () => refreshObject(object, refresh), traceOf(key, messages, plan)),
        );
      },
      atOnce,
    );
    const properties = await leasesByProperty(plan, refresh);
    await pMap(
      properties,
      ([propertyId, { keys, correlationId }]) =>
        attempt(keys, () =>
          asSubsegment('refresh', { account, resource: 'transactions' }, () =>
            refreshTransactions(propertyId, correlationId, refresh),
          ),
        ),
      atOnce,
    );
    await noteFields(access, first.hint.correlationId, now);
    return { errors, wasUp };
  } catch (error) {
    return { errors, wasUp, failure: { error } };
  }
}

/** The trace of the last of the webhooks that are about this. */
function traceOf(key: string, messages: readonly HintMessage[], { hints }: BatchPlan): string | undefined {
  const last = hints.findLastIndex(({ keys }) => keys.includes(key));
  return messages[last]?.attempt.record.attributes.AWSTraceHeader;
}

async function leasesByProperty(
  { leases }: BatchPlan,
  dependencies: RefreshDependencies,
): Promise<Map<string, { keys: string[]; correlationId: string }>> {
  const properties = new Map<string, { keys: string[]; correlationId: string }>();
  for (const [key, { id, correlationId }] of leases) {
    const propertyId = await propertyOfLease(id, dependencies);
    if (propertyId === undefined) continue;
    const keys = properties.get(propertyId)?.keys ?? [];
    properties.set(propertyId, { keys: [...keys, key], correlationId });
  }
  return properties;
}

/** Keeps what cannot be understood for an operator; returns what kept it from being kept. */
async function noteIfUnknown(
  hint: WebhookHint,
  { unknown: reason }: HintMeaning,
  { state, now }: ProcessorDependencies,
): Promise<Problem | undefined> {
  if (reason === undefined) return undefined;
  const { account, eventType, correlationId, objectId, objectTypeId } = hint;
  const kind = normalizeEventType(eventType) || 'none';
  const ids = { ...(objectId !== undefined && { objectId }), ...(objectTypeId !== undefined && { objectTypeId }) };
  try {
    await noteUnknownEvent(state, { account, eventType, kind, reason, correlationId, ...ids }, now());
  } catch (error) {
    return { error };
  }
  metrics.record('WebhookEventsUnknown', 1, { account });
  logger.warn('A webhook event is kept for an operator.', { account, eventType, reason, correlationId });
  return undefined;
}

import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { BreakerOpenError, PlatformError, RateLimitedError, UnavailableError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { noteFailure } from '../../shared/store/message-failures.ts';
import type { Table } from '../../shared/store/table.ts';
import type { WebhookHint } from '../../shared/webhook/hint.ts';
import { failureReason } from '../failure-reason.ts';

export interface SettleDependencies {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly state: Table;
  readonly now: () => Date;
  readonly random: () => number;
}

/** What to do with a hint that could not be worked on: try it later as if it were new, or count a failure. */
export type Verdict = { readonly kind: 'park'; readonly waitMs: number } | { readonly kind: 'fail' };

/**
 * An outage must not make dead letters, and an object that Rentvine always fails on must: so a failed read counts as the
 * object's own only when the account's API answered before it. While the breaker is open or on trial, it does not, up to
 * a number of times that no outage of a day reaches.
 */
export function judge(error: unknown, context: { readonly wasUp: boolean; readonly parked: number }): Verdict {
  if (error instanceof BreakerOpenError || error instanceof RateLimitedError) {
    return { kind: 'park', waitMs: error.retryAfterMs };
  }
  const isOutage = error instanceof UnavailableError && !context.wasUp && context.parked < mostParkings;
  return isOutage ? { kind: 'park', waitMs: afterProbeMs } : { kind: 'fail' };
}

const mostParkings = 1_000;
/** A failed trial has just opened the breaker again; how long for is not known here, and the next try finds out. */
const afterProbeMs = 10_000;
/** SQS's longest delay of a message. */
const longestDelaySeconds = 900;
/** Parked hints of an account come back spread over this time, not all in one moment. */
const spreadSeconds = 5;

/**
 * Puts a fresh copy of the hint into the queue, to be delivered later. The message it came in is then done, so that
 * waiting uses up none of its tries.
 */
export async function park(hint: WebhookHint, waitMs: number, dependencies: SettleDependencies): Promise<void> {
  const { sqs, queueUrl, random } = dependencies;
  const delaySeconds = Math.ceil(waitMs / 1000 + random() * spreadSeconds);
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify({ ...hint, parked: hint.parked + 1 }),
      DelaySeconds: Math.min(Math.max(delaySeconds, 1), longestDelaySeconds),
    }),
  );
  metrics.record('WebhookHintsParked', 1, { account: hint.account });
}

/** Nothing will be different soon; but a person may be about to put it right. */
const hopelessRetrySeconds = 2;
const firstRetrySeconds = 5;
const longestRetrySeconds = 300;

/**
 * Writes down why a message failed, for its dead letter, and makes it visible again after a wait that grows, rather than
 * after the queue's visibility time-out. Never throws: the message comes back in any case.
 */
export async function fail(
  record: SQSRecord,
  hint: WebhookHint | undefined,
  error: unknown,
  resource: string | undefined,
  { sqs, queueUrl, state, now, random }: SettleDependencies,
): Promise<void> {
  const receives = Number(record.attributes.ApproximateReceiveCount);
  const { account, correlationId } = hint ?? {};
  logger.error('A webhook hint failed.', { account, resource, correlationId, receives, error });
  metrics.record('WebhookHintsFailed', 1, { ...(account !== undefined && { account }) });
  const isHopeless = error instanceof PlatformError && !error.retryable;
  const base = isHopeless ? hopelessRetrySeconds : firstRetrySeconds * 2 ** (receives - 1);
  const waitSeconds = Math.min(base, longestRetrySeconds) * (0.5 + random() / 2);
  const results = await Promise.allSettled([
    noteFailure(
      state,
      record.messageId,
      {
        ...failureReason('The webhook processor', error),
        ...(account !== undefined && { account }),
        ...(resource !== undefined && { resource }),
        ...(correlationId !== undefined && { correlationId }),
      },
      now(),
    ),
    sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: record.receiptHandle,
        VisibilityTimeout: Math.ceil(waitSeconds),
      }),
    ),
  ]);
  for (const result of results) {
    if (result.status === 'rejected') logger.warn('A failure could not be written down.', { error: result.reason });
  }
}

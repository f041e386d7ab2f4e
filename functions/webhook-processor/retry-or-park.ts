import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { maxReceiveCounts } from '../../shared/dead-letters/receive-counts.ts';
import { BreakerOpenError, isOutage, PlatformError, RateLimitedError, UnavailableError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import type { WebhookHint } from '../../shared/webhook/hint.ts';
import { giveBack, type QueueDependencies } from '../failed-message.ts';

export interface RetryDependencies extends QueueDependencies {
  readonly random: () => number;
}

/** A hint and the message that it came in. */
export interface HintMessage {
  readonly record: SQSRecord;
  readonly hint: WebhookHint;
}

/**
 * Has a hint that could not be worked on tried again: as a copy of it later, or by the same message, as one failure more.
 *
 * @param wasUp whether the account's breaker was closed before
 * @param resource what the hint is about, for its dead letter
 * @returns whether the message is done with; if not, it has failed
 */
export async function retryOrPark(
  { record, hint }: HintMessage,
  error: unknown,
  wasUp: boolean,
  resource: string | undefined,
  dependencies: RetryDependencies,
): Promise<boolean> {
  const receives = Number(record.attributes.ApproximateReceiveCount);
  const verdict = judge(error, { hint, receives, wasUp, now: dependencies.now() });
  let failure = verdict.kind === 'fail' ? verdict.error : undefined;
  if (verdict.kind === 'park') {
    try {
      await park(verdict.copy, verdict.waitMs, dependencies);
      return true;
    } catch (parking) {
      failure = parking;
    }
  }
  await fail(record, hint, failure, resource, dependencies);
  return false;
}

/** What to do with a hint that could not be worked on: try this copy of it later, or count a failure for this reason. */
export type Verdict =
  | { readonly kind: 'park'; readonly waitMs: number; readonly copy: WebhookHint }
  | { readonly kind: 'fail'; readonly error: unknown };

export interface Trial {
  readonly hint: WebhookHint;
  /** Times that its message was received, this one included. All before ended in failure. */
  readonly receives: number;
  /** Whether the account's breaker was closed before. */
  readonly wasUp: boolean;
  readonly now: Date;
}

/**
 * Decides between parking a hint and counting a failure. An outage must make no dead letters; an object that Rentvine always
 * fails on must become one, although its failures open the breaker too. So a failed read counts against the hint only if the
 * account's API answered before it. A hint that waits for its account uses up no tries, but it waits three days at most.
 */
export function judge(error: unknown, { hint, receives, wasUp, now }: Trial): Verdict {
  const isLimited = error instanceof RateLimitedError;
  const isShut = error instanceof BreakerOpenError;
  if (!isLimited && !isShut && (wasUp || !(error instanceof UnavailableError))) return { kind: 'fail', error };
  const failures = hint.failures + receives - 1 + (wasUp && isShut && error.afterOwnFailure ? 1 : 0);
  if (!isLimited && failures >= maxFailures) {
    const reason = `Reading it failed ${maxFailures} times although its account answered otherwise; at last: ${error.message}`;
    return { kind: 'fail', error: new UnavailableError(reason) };
  }
  const parkedSince = hint.parkedSince ?? now.toISOString();
  if (now.getTime() - Date.parse(parkedSince) > maxParkingMs) {
    const reason = `Its account has not let it be read since ${parkedSince}; at last: ${error.message}`;
    return { kind: 'fail', error: new UnavailableError(reason) };
  }
  return {
    kind: 'park',
    waitMs: (isLimited || isShut ? error.retryAfterMs : afterProbeMs) + failures * suspectMs,
    copy: { ...hint, parked: hint.parked + 1, parkedSince, failures },
  };
}

/** As often as the queue delivers a message that always fails. */
const maxFailures = maxReceiveCounts.webhookEvents;
/** Beyond any outage that ends by itself. */
const maxParkingMs = 3 * 86_400_000;
/** The wait after a failed probe: it has just opened the breaker again, and only the next try learns for how long. */
const afterProbeMs = 10_000;
/** Added for each failure of a hint, so that the half-open breaker's next probe is likely another object. */
const suspectMs = 5_000;
/** SQS's longest delay of a message. */
const maxDelaySeconds = 900;
/** Parked hints of an account come back spread over this time, not all in one moment. */
const spreadSeconds = 5;

/** Puts a copy of a hint into the queue, to be delivered later. The message it came in is then done. */
async function park(copy: WebhookHint, waitMs: number, dependencies: RetryDependencies): Promise<void> {
  const { sqs, queueUrl, random } = dependencies;
  const delaySeconds = Math.ceil(waitMs / 1000 + random() * spreadSeconds);
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(copy),
      MessageGroupId: copy.account,
      DelaySeconds: Math.min(Math.max(delaySeconds, 1), maxDelaySeconds),
    }),
  );
  metrics.record('WebhookHintsParked', 1, { account: copy.account });
}

/** Where only a person can help, waiting longer between tries does not. */
const hopelessRetrySeconds = 2;
const retrySeconds = { first: 5, max: 300 };
/** An error that is not a PlatformError comes from AWS or from a bug, and both take longer to pass. */
const foreignRetrySeconds = { first: 30, max: 900 };

/** @param receives times that the message was received */
export function retryAfterSeconds(error: unknown, receives: number): number {
  if (error instanceof PlatformError && !error.retryable) return hopelessRetrySeconds;
  const { first, max } = error instanceof PlatformError ? retrySeconds : foreignRetrySeconds;
  return Math.min(first * 2 ** (receives - 1), max);
}

/** First failures in an outage are the breaker's to report; such a message counts as failed only on its last receive. */
const countsAsFailed = (error: unknown, receives: number): boolean =>
  receives >= maxFailures || !(error instanceof PlatformError && isOutage(error.code));

/** Counts a failed hint, and gives its message back to the queue after a wait that grows. Never throws. */
export async function fail(
  record: SQSRecord,
  hint: WebhookHint | undefined,
  error: unknown,
  resource: string | undefined,
  dependencies: RetryDependencies,
): Promise<void> {
  const receives = Number(record.attributes.ApproximateReceiveCount);
  const { account, correlationId } = hint ?? {};
  const subject = { account, resource, correlationId };
  logger.error('A webhook hint failed.', { ...subject, receives, error });
  if (countsAsFailed(error, receives)) {
    metrics.record('WebhookHintsFailed', 1, { ...(account !== undefined && { account }) });
  }
  const waitSeconds = retryAfterSeconds(error, receives) * (0.5 + dependencies.random() / 2);
  await giveBack(record, 'The webhook processor', error, subject, waitSeconds, dependencies);
}

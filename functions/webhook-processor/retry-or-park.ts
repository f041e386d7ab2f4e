import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { maxFailures } from '../../shared/dead-letters/receive-counts.ts';
import { BreakerOpenError, isOutage, PlatformError, RateLimitedError, UnavailableError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import type { WebhookHint } from '../../shared/webhook/hint.ts';
import { failTry, type QueueDependencies, type Try } from '../failed-message.ts';

export interface RetryDependencies extends QueueDependencies {
  readonly random: () => number;
}

/** A hint and the message that it came in. */
export interface HintMessage {
  readonly attempt: Try;
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
  { attempt, hint }: HintMessage,
  error: unknown,
  wasUp: boolean,
  resource: string | undefined,
  dependencies: RetryDependencies,
): Promise<boolean> {
  const verdict = judge(error, { hint, failures: attempt.failures, wasUp, now: dependencies.now() });
  let failure = verdict.kind === 'fail' ? verdict.error : undefined;
  if (verdict.kind === 'park') {
    try {
      await park(verdict.copy, verdict.waitMs, dependencies);
      return true;
    } catch (parking) {
      failure = parking;
    }
  }
  return fail(attempt, hint, failure, resource, dependencies);
}

/** What to do with a hint that could not be worked on: try this copy of it later, or count a failure for this reason. */
export type Verdict =
  | { readonly kind: 'park'; readonly waitMs: number; readonly copy: WebhookHint }
  | { readonly kind: 'fail'; readonly error: unknown };

export interface Trial {
  readonly hint: WebhookHint;
  /** How often its message failed before. */
  readonly failures: number;
  /** Whether the account's breaker was closed before. */
  readonly wasUp: boolean;
  readonly now: Date;
}

/**
 * Decides between parking a hint and counting a failure. An outage must make no dead letters; an object that Rentvine always
 * fails on must become one, although its failures open the breaker too. So a failed read counts against the hint only if the
 * account's API answered before it. A hint that waits for its account uses up no tries, but it waits three days at most.
 */
export function judge(error: unknown, { hint, failures: before, wasUp, now }: Trial): Verdict {
  const isLimited = error instanceof RateLimitedError;
  const isShut = error instanceof BreakerOpenError;
  if (!isLimited && !isShut && (wasUp || !(error instanceof UnavailableError))) return { kind: 'fail', error };
  const failures = hint.failures + before + (wasUp && isShut && error.afterOwnFailure ? 1 : 0);
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

/** @param failures how often it has failed, this time included */
export function retryAfterSeconds(error: unknown, failures: number): number {
  if (error instanceof PlatformError && !error.retryable) return hopelessRetrySeconds;
  const { first, max } = error instanceof PlatformError ? retrySeconds : foreignRetrySeconds;
  return Math.min(first * 2 ** (failures - 1), max);
}

/** First failures in an outage are the breaker's to report; such a message counts as failed only when it is a dead letter. */
const countsAsFailed = (error: unknown, failures: number): boolean =>
  failures >= maxFailures || !(error instanceof PlatformError && isOutage(error.code));

/**
 * Counts a failed hint, and gives its message back to the queue after a wait that grows, or makes it a dead letter. Never throws.
 *
 * @returns whether the message is done with
 */
export async function fail(
  attempt: Try,
  hint: WebhookHint | undefined,
  error: unknown,
  resource: string | undefined,
  dependencies: RetryDependencies,
): Promise<boolean> {
  const { account, correlationId } = hint ?? {};
  // What its copies failed before they were parked counts too.
  const failures = (hint?.failures ?? 0) + attempt.failures + 1;
  const subject = { account, resource, correlationId };
  logger.error('A webhook hint failed.', { ...subject, failures, error });
  if (countsAsFailed(error, failures)) {
    metrics.record('WebhookHintsFailed', 1, { ...(account !== undefined && { account }) });
  }
  const waitSeconds = retryAfterSeconds(error, failures) * (0.5 + dependencies.random() / 2);
  return failTry(
    attempt,
    'The webhook processor',
    error,
    subject,
    { isLast: failures >= maxFailures, waitSeconds },
    dependencies,
  );
}

import { BreakerOpenError, type PlatformError } from '../errors.ts';

/** One attempt's end: a value, or the error that it amounts to with the wait that Rentvine asked for. */
export type AttemptResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: PlatformError; readonly retryAfterMs?: number };

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly maxAttempts: number;
  /** Upper bound of the first wait, in milliseconds; it doubles from wait to wait. */
  readonly baseMs: number;
  /** Upper bound of every wait that Rentvine did not ask for, in milliseconds. */
  readonly capMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { maxAttempts: 5, baseMs: 500, capMs: 20_000 };

export interface RetryOptions {
  readonly policy: RetryPolicy;
  /** Epoch milliseconds until which it makes sense to wait. */
  readonly deadline: () => number;
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/**
 * The wait before the attempt after `attempt` (from 1): exponential with full jitter, so that callers that failed together do
 * not come back together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function backoffMs(attempt: number, policy: RetryPolicy, random: () => number): number {
  return random() * Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1));
}

/**
 * Tries until an attempt succeeds, its error is not retryable, the attempts are used up, or the wait would end beyond the
 * deadline: then the error is thrown at once, not after the wait. A wait that Rentvine asked for is never shortened.
 *
 * What an attempt *throws* passes through untried: the gate's own refusals already took the deadline into account. When this
 * call's own failures opened the breaker, the refusal says what they were.
 */
export async function withRetries<T>(
  attempt: (attempt: number) => Promise<AttemptResult<T>>,
  options: RetryOptions,
): Promise<T> {
  const { policy, now, deadline } = options;
  let failure: PlatformError | undefined;
  for (let number = 1; ; number++) {
    const result = await attempt(number).catch((error: unknown) => {
      if (!(error instanceof BreakerOpenError) || failure === undefined) throw error;
      throw new BreakerOpenError(`${failure.message}; ${error.message}`, error.retryAfterMs, failure.countsAsOutage);
    });
    if (result.ok) return result.value;
    failure = result.error;
    if (!result.error.retryable || number >= policy.maxAttempts) throw result.error;
    const waitMs = Math.max(backoffMs(number, policy, options.random), result.retryAfterMs ?? 0);
    if (now() + waitMs > deadline()) throw result.error;
    await options.sleep(waitMs);
  }
}

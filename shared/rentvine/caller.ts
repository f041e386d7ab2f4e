import ky from 'ky';
import type { AccountGate, CallOutcome } from '../account/gate.ts';
import { type PlatformError, RateLimitedError, UnavailableError } from '../errors.ts';
import { type Answer, readAnswer } from './answer.ts';
import { parseHttpDate } from './http-date.ts';
import { type AttemptResult, type RetryPolicy, withRetries } from './retry.ts';

/** One request, before authentication is anybody's concern. */
export interface Call {
  /** Its name, or `token`. */
  readonly resource: string;
  /** The thing that is read, for messages: `the list of leases`. */
  readonly what: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly json?: unknown;
}

/** A readable answer: its JSON and headers, and when it was asked for and came, by our clock, and by the server's where it says. */
export interface Exchange {
  readonly body: unknown;
  readonly headers: Headers;
  readonly requestedAt: Date;
  readonly answeredAt: Date;
  readonly serverDate?: Date;
}

/** One attempt, for logs and metrics; no ids, no addresses. */
export interface RequestEvent {
  /** Its name, or `token`. */
  readonly resource: string;
  /** Absent when no answer came. */
  readonly status?: number;
  /** From the gate's permit to the end of the body, in milliseconds. */
  readonly durationMs: number;
  /** From 1. */
  readonly attempt: number;
  /** `OK`, or the code of the error that the attempt amounts to. */
  readonly outcome: string;
}

/** Makes an attempt visible to whoever follows a trace: sends it, and answers what came back. */
export type TraceCall = (
  resource: Call['resource'],
  send: () => Promise<Answer | UnavailableError>,
) => Promise<Answer | UnavailableError>;

export interface CallerOptions {
  readonly gate: AccountGate;
  readonly deadline: () => number;
  readonly requestTimeoutMs: number;
  readonly retry: RetryPolicy;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly fetch?: typeof fetch;
  readonly onRequest?: (event: RequestEvent) => void;
  readonly trace?: TraceCall;
}

/** An answer as it came, whatever its status, with the same times. */
export interface UnreadExchange extends Omit<Exchange, 'body' | 'headers'> {
  readonly answer: Answer;
}

export interface Caller {
  /** Sends a request, again where that can help, and answers its JSON. Rejects with a `PlatformError` or the gate's error. */
  send(call: Call): Promise<Exchange>;
  /**
   * Sends a request once and answers whatever comes. A 5xx says nothing to the breaker: whether it is about the thing asked
   * for or about the server is for the caller to find out, and an ordinary `send` tells.
   *
   * @throws AuthenticationError for a 401, RateLimitedError for a 429, UnavailableError when no answer came
   */
  ask(call: Call): Promise<UnreadExchange>;
  /** The server's clock, epoch milliseconds, as far as its last answer told; else ours. */
  serverNow(): number;
}

/**
 * The one place that talks to Rentvine. Every attempt passes the gate, and reports to it what became of it.
 */
export function createCaller(options: CallerOptions): Caller {
  const { gate, deadline, now, trace = (_, send) => send() } = options;
  let serverAheadMs = 0;

  /** One attempt: `read` says what the answer amounts to, and what the gate is to make of it. */
  async function attempt<T>(
    call: Call,
    number: number,
    read: (
      answer: Answer,
      times: Omit<UnreadExchange, 'answer'>,
    ) => AttemptResult<T> & { readonly outcome: CallOutcome },
  ): Promise<AttemptResult<T>> {
    const permit = await gate.enter(deadline());
    const startedAt = now();
    let outcome: CallOutcome = { kind: 'abandoned' };
    let event: Pick<RequestEvent, 'outcome' | 'status'> = { outcome: 'ABANDONED' };
    try {
      const answer = await trace(call.resource, () => exchange(call, options));
      const answeredAt = now();
      if (answer instanceof UnavailableError) {
        outcome = { kind: 'failed' };
        event = { outcome: answer.code };
        return { ok: false, error: answer };
      }
      const serverDate = parseHttpDate(answer.headers.get('date'));
      if (serverDate !== undefined) serverAheadMs = serverDate.getTime() - answeredAt;
      const result = read(answer, {
        requestedAt: new Date(startedAt),
        answeredAt: new Date(answeredAt),
        ...(serverDate !== undefined && { serverDate }),
      });
      outcome = result.outcome;
      event = { outcome: result.ok ? 'OK' : result.error.code, status: answer.status };
      return result;
    } finally {
      const durationMs = now() - startedAt;
      await permit.leave(outcome);
      options.onRequest?.({ resource: call.resource, attempt: number, durationMs, ...event });
    }
  }

  const sendOnce = (call: Call, number: number) =>
    attempt<Exchange>(call, number, (answer, times) => {
      const reading = readAnswer(answer, call.what, times.answeredAt.getTime());
      if (!reading.ok) return { ...reading, outcome: outcomeOf(reading.error) };
      return {
        ok: true,
        value: { body: reading.body, headers: answer.headers, ...times },
        outcome: { kind: 'answered' },
      };
    });

  return {
    send: (call) => withRetries((number) => sendOnce(call, number), { ...options, policy: options.retry }),
    async ask(call) {
      const result = await attempt<UnreadExchange>(call, 1, (answer, times) => {
        if (answer.status === 401 || answer.status === 429) {
          const reading = readAnswer(answer, call.what, times.answeredAt.getTime());
          if (!reading.ok) return { ...reading, outcome: outcomeOf(reading.error) };
        }
        const outcome: CallOutcome = { kind: answer.status < 500 ? 'answered' : 'abandoned' };
        return { ok: true, value: { answer, ...times }, outcome };
      });
      if (!result.ok) throw result.error;
      return result.value;
    },
    serverNow: () => now() + serverAheadMs,
  };
}

function outcomeOf(error: PlatformError): CallOutcome {
  if (error instanceof RateLimitedError) return { kind: 'limited', retryAfterMs: error.retryAfterMs };
  return { kind: error.countsAsOutage ? 'failed' : 'answered' };
}

/**
 * Sends one request and reads the answer to its end, both within one time-out.
 *
 * Ky's own retry and time-out are off. Its retries do not pass the gate, know no deadline, compare dates with our clock
 * only, and see nothing of a body that breaks off; its time-out starts anew for the body. Its errors hold the request
 * with the `Authorization` header, so none of them is kept as a cause.
 */
async function exchange(call: Call, options: CallerOptions): Promise<Answer | UnavailableError> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<UnavailableError>((resolve) => {
    timer = setTimeout(() => {
      resolve(new UnavailableError(`Rentvine did not finish ${call.what} within ${options.requestTimeoutMs} ms`));
      abort.abort();
    }, options.requestTimeoutMs);
  });
  const answered = async (): Promise<Answer | UnavailableError> => {
    try {
      const response = await ky(call.url, {
        ...(call.json === undefined ? { method: 'get' } : { method: 'post', json: call.json }),
        headers: { ...call.headers },
        redirect: 'manual',
        retry: 0,
        timeout: false,
        throwHttpErrors: false,
        signal: abort.signal,
        ...(options.fetch !== undefined && { fetch: options.fetch }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      return new UnavailableError(`Rentvine could not be reached for ${call.what} (${networkCode(error)})`);
    }
  };
  try {
    return await Promise.race([answered(), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

/** The system's name for what went wrong (`ECONNRESET`, `CERT_HAS_EXPIRED`), the only part of the error that is kept. */
function networkCode(error: unknown): string {
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string' && /^[A-Z][A-Z0-9_]{2,50}$/.test(current.code)) {
      return current.code;
    }
    current = current.cause;
  }
  return 'network error';
}

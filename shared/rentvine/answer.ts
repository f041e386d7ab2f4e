import {
  AuthenticationError,
  ContractError,
  NotFoundError,
  type PlatformError,
  RateLimitedError,
  UnavailableError,
} from '../errors.ts';
import { retryAfterMs } from './http-date.ts';
import { describeKeys, isObject } from './keys.ts';

/** An answer whose body has been read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What an answer means: its JSON, or the error to throw and the wait that Rentvine asked for with it. */
export type Reading =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly error: PlatformError; readonly retryAfterMs?: number };

/** The wait after a 429 that does not say how long. */
const defaultRateLimitMs = 1000;

/**
 * Statuses below 500 that nevertheless mean "not now": the server gave up waiting for the request (RFC 9110 §15.5.9) or
 * will not risk an early one (RFC 8470 §5.2). Both are sent by front ends, not by the application.
 */
const transientStatuses = new Set([408, 425]);

/**
 * Decides what an answer means, by its status and by what its body really is: the content type is not to be trusted, as
 * front ends send HTML under any. Messages hold neither bodies nor values.
 *
 * @param what the thing that was read, for the message: `the list of leases`
 * @param now our clock, epoch milliseconds
 */
export function readAnswer(answer: Answer, what: string, now: number): Reading {
  const { status } = answer;
  const content = contentOf(answer.text);
  const waitMs = retryAfterMs(answer.headers, now);
  const refuse = (error: PlatformError): Reading => ({
    ok: false,
    error,
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  });

  if (status === 401) return refuse(new AuthenticationError(`Rentvine refused the credentials for ${what} (401)`, 401));
  if (status === 403) {
    return refuse(new AuthenticationError(`Rentvine does not let the credentials' role read ${what} (403)`, 403));
  }
  if (status === 404 || status === 410) {
    // Only Rentvine itself can say that an object is gone. It speaks JSON; a page or a line of text is a front end's.
    const asHtml = content.kind === 'html' || content.kind === 'text';
    const by = asHtml ? ', by a page that is not the API' : '';
    return refuse(new NotFoundError(`Rentvine does not know ${what} (${status})${by}`, asHtml));
  }
  if (status === 429) {
    const error = new RateLimitedError(`Rentvine asked to slow down at ${what} (429)`, waitMs ?? defaultRateLimitMs);
    return { ok: false, error, retryAfterMs: error.retryAfterMs };
  }
  if (status >= 500 || transientStatuses.has(status)) {
    return refuse(new UnavailableError(`Rentvine answered ${status} to ${what}`));
  }
  if (status >= 300 && status < 400) {
    // Never followed: the new address would be sent our headers, and may have lost `page` from the query.
    return refuse(new UnavailableError(`Rentvine redirected ${what} to another address (${status})`));
  }
  if (content.kind === 'html') {
    return refuse(new UnavailableError(`Rentvine answered ${what} with an HTML page (${status})`));
  }
  if (status >= 400) {
    const keys = content.kind === 'json' && isObject(content.value) ? `, naming ${describeKeys(content.value)}` : '';
    return refuse(new ContractError(`Rentvine refused the request for ${what} (${status})${keys}`, { status }));
  }
  if (status === 204 || status === 205) {
    return refuse(new ContractError(`Rentvine answered ${what} with no content (${status})`, { status }));
  }
  // Empty under a status that promises content is a body cut off before its first byte.
  if (content.kind !== 'json') {
    const kind = content.kind === 'empty' ? 'an empty body' : 'something that is not whole JSON';
    return refuse(new UnavailableError(`Rentvine answered ${what} with ${kind} (${status})`));
  }
  return { ok: true, body: content.value };
}

export type Content = { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'html' | 'text' | 'empty' };

/** What a body is, whatever its content type says. */
export function contentOf(text: string): Content {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  if (trimmed.startsWith('<')) return { kind: 'html' };
  try {
    return { kind: 'json', value: JSON.parse(trimmed) };
  } catch {
    // The parser's own message quotes the body, so it must not become a cause.
    return { kind: 'text' };
  }
}

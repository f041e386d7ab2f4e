/**
 * The platform's error hierarchy. Handlers decide by class, never by message text.
 *
 * Every error carries a stable `code` (it goes into logs, metrics, dead letters and run records), whether trying
 * again can help, and its `cause`. Messages are one sentence for a person and never hold credentials, request or
 * response bodies, or field values.
 */
export abstract class PlatformError extends Error {
  abstract readonly code: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  abstract readonly retryable: boolean;
  /** Whether the failure means that the account's API is not answering, and so feeds its circuit breaker. */
  readonly countsAsOutage: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A setting, secret or option is missing or wrong; the message names the key and says what to do. */
export class ConfigurationError extends PlatformError {
  readonly code = 'CONFIGURATION';
  readonly retryable = false;
}

/** Rentvine refused the credentials (401) or what their role may read (403). Never retried, never an outage. */
export class AuthenticationError extends PlatformError {
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN';
  readonly retryable = false;
  readonly status: 401 | 403;

  constructor(message: string, status: 401 | 403, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = status === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN';
  }
}

/** Rentvine (429) or the account's own limiter asks to wait `retryAfterMs` milliseconds. */
export class RateLimitedError extends PlatformError {
  readonly code = 'RATE_LIMITED';
  readonly retryable = true;
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** 5xx, network failure, time-out, HTML or truncated JSON where JSON should be. Retryable; feeds the breaker. */
export class UnavailableError extends PlatformError {
  readonly code: string = 'UNAVAILABLE';
  readonly retryable = true;
  override readonly countsAsOutage: boolean = true;
}

/** The account's breaker is open: no call was made. `retryAfterMs` says when the next probe is due. */
export class BreakerOpenError extends UnavailableError {
  override readonly code = 'BREAKER_OPEN';
  override readonly countsAsOutage = false;
  readonly retryAfterMs: number;
  /** Whether the caller's own earlier attempts are among the failures that opened it. */
  readonly afterOwnFailure: boolean;

  constructor(message: string, retryAfterMs: number, afterOwnFailure = false) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    this.afterOwnFailure = afterOwnFailure;
  }
}

/** Rentvine answered something whose shape is not known. Trying again will not help; a person must look. */
export class ContractError extends PlatformError {
  readonly code = 'CONTRACT';
  readonly retryable = false;
  /** Of the answer, where Rentvine refused the request. */
  readonly status?: number;

  constructor(message: string, options: ErrorOptions & { readonly status?: number } = {}) {
    super(message, options);
    if (options.status !== undefined) this.status = options.status;
  }
}

/** Rentvine answered that the object or path does not exist. `asHtml` marks a front-end page, which proves nothing. */
export class NotFoundError extends PlatformError {
  readonly code = 'NOT_FOUND';
  readonly retryable = false;
  readonly asHtml: boolean;

  constructor(message: string, asHtml: boolean, options?: ErrorOptions) {
    super(message, options);
    this.asHtml = asHtml;
  }
}

/** Something else changed the same thing at the same time; read again and decide anew. */
export class ConflictError extends PlatformError {
  readonly code = 'CONFLICT';
  readonly retryable = true;
}

/** Codes of the errors that end by themselves once Rentvine answers again, or has room. */
const outageCodes: ReadonlySet<string> = new Set(['UNAVAILABLE', 'BREAKER_OPEN', 'RATE_LIMITED']);

/**
 * Whether what failed with this code failed because its account's API does not answer. For that the breaker rings, once and
 * not for everything that waits behind it.
 */
export const isOutage = (code: string | undefined): boolean => code !== undefined && outageCodes.has(code);

/** What became of one call that a permit was given for. */
export type CallOutcome =
  /** Rentvine answered, whatever the status below 500: it is up. Ends a row of failures. */
  | { readonly kind: 'answered' }
  /** 5xx, network failure, time-out or unreadable answer: one more consecutive failure. */
  | { readonly kind: 'failed' }
  /** 429: nobody may call this account for `retryAfterMs` milliseconds. Neither success nor failure. */
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** The call was not made or says nothing about Rentvine. */
  | { readonly kind: 'abandoned' };

export interface Permit {
  /** Gives the slot back and reports the outcome. Safe to call once only; never throws. */
  leave(outcome: CallOutcome): Promise<void>;
}

/**
 * The door in front of one account's API, shared by everything that calls it: in-flight cap, rate limit and circuit
 * breaker. The Rentvine client goes through it for every attempt; it does not know where its state is kept.
 */
export interface AccountGate {
  /**
   * Waits until a call may be made.
   *
   * @param deadline epoch milliseconds after which waiting is of no use to the caller
   * @throws BreakerOpenError at once, when the breaker is open beyond the deadline
   * @throws RateLimitedError when the account's limit leaves no room before the deadline
   */
  enter(deadline: number): Promise<Permit>;
}

/** Lets everything through: for tools that make a handful of calls, and for tests. */
export const openGate: AccountGate = {
  async enter() {
    return { async leave() {} };
  },
};

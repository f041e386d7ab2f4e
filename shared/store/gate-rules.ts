/**
 * The rules of an account's gate, without I/O: a token bucket (as a virtual scheduling algorithm, ITU-T I.371 GCRA), an
 * in-flight cap with slots that expire, and a circuit breaker. All times are epoch milliseconds.
 */

export interface GateSettings {
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly maxInFlight: number;
  /** How long a slot is held at most: longer than any call takes, so that a crashed caller's slot comes back. */
  readonly slotMs: number;
}

export interface GateState {
  /** Counts up by one with every admission, for optimistic locking. */
  readonly version: number;
  /** GCRA's theoretical arrival time. */
  readonly arrivalAt: number;
  /** Nobody calls before this time because Rentvine said so (429). */
  readonly blockedUntil: number;
  /** Slots in use, and when each falls back. */
  readonly slots: Readonly<Record<string, number>>;
  readonly consecutiveFailures: number;
  /** Times in a row that the breaker opened without an answer in between. */
  readonly openings: number;
  readonly openUntil: number;
  /** While a probe is under way, until when it may take. */
  readonly probeUntil: number;
  /** Since when the breaker is open, half-open times included; absent while it is closed. */
  readonly openedAt?: number | undefined;
  /** When an answer last closed the breaker, or was the account's first; absent while the breaker is open. */
  readonly closedAt?: number | undefined;
}

export const closedGate: GateState = {
  version: 0,
  arrivalAt: 0,
  blockedUntil: 0,
  slots: {},
  consecutiveFailures: 0,
  openings: 0,
  openUntil: 0,
  probeUntil: 0,
};

/** Promise 7: three consecutive failures stop the calls. */
export const failuresToOpen = 3;
const firstOpenMs = 5_000;
const maxOpenMs = 300_000;

/** How long the breaker stays open the n-th time in a row (from 0): 5 s doubling up to 5 min, less up to a fifth of jitter. */
export const openForMs = (openings: number, random: () => number): number =>
  Math.min(firstOpenMs * 2 ** Math.min(openings, 10), maxOpenMs) * (1 - random() / 5);

/**
 * Whether three failures are counted but the breaker is not open. Counting and opening are two writes, and a caller may have
 * crashed in between. Whoever sees this opens the breaker, or the next call would be let through as a probe.
 */
export const isOpeningDue = (state: GateState): boolean =>
  state.consecutiveFailures >= failuresToOpen && state.openings === 0;

export type Admission =
  /** This many calls may be made now. `probe`: it is the half-open breaker's one trial. */
  | { readonly kind: 'admit'; readonly calls: number; readonly arrivalAt: number; readonly probe: boolean }
  /** Ask again in this time. */
  | { readonly kind: 'wait'; readonly reason: 'rate' | 'slots' | 'blocked' | 'breaker'; readonly waitMs: number };

const slotPollMs = 40;
const probePollMs = 500;

/** Decides about up to `wanted` calls at once. */
export function admit(state: GateState, settings: GateSettings, now: number, wanted: number): Admission {
  if (state.openUntil > now) return { kind: 'wait', reason: 'breaker', waitMs: state.openUntil - now };
  if (state.blockedUntil > now) return { kind: 'wait', reason: 'blocked', waitMs: state.blockedUntil - now };
  const halfOpen = state.consecutiveFailures >= failuresToOpen;
  if (halfOpen && state.probeUntil > now) return { kind: 'wait', reason: 'breaker', waitMs: probePollMs };

  const inUse = Object.values(state.slots).filter((until) => until > now).length;
  const free = settings.maxInFlight - inUse;
  if (free <= 0) return { kind: 'wait', reason: 'slots', waitMs: slotPollMs };

  const intervalMs = 1000 / settings.requestsPerSecond;
  const from = Math.max(state.arrivalAt, now);
  const room = Math.floor((now + settings.burst * intervalMs - from) / intervalMs + 1e-6);
  if (room < 1) {
    return { kind: 'wait', reason: 'rate', waitMs: Math.ceil(from + intervalMs - settings.burst * intervalMs - now) };
  }
  const calls = halfOpen ? 1 : Math.min(wanted, free, room);
  return { kind: 'admit', calls, arrivalAt: from + calls * intervalMs, probe: halfOpen };
}

/** What a person calls the breaker's state. */
export function breakerState(state: GateState, now: number): 'closed' | 'open' | 'half-open' {
  if (state.consecutiveFailures < failuresToOpen) return 'closed';
  return state.openUntil > now ? 'open' : 'half-open';
}

import type { AccountHealth } from '../../shared/health/account-health.ts';
import type { DeadLetterHealth } from '../../shared/health/dead-letter-health.ts';

/** What one look at the accounts says about the platform; what does not apply to any of them is absent. */
export interface AccountGauges {
  /** Seconds, by resource: of the account that is furthest behind, among those that were ever read. */
  readonly freshness: ReadonlyMap<string, number>;
  /** Intervals, the worst of all. */
  readonly lag?: number;
  readonly breakersOpen: number;
  /** Those whose outage began within the last half hour. */
  readonly outagesBegun: number;
  /** Resources of accounts whose deletions wait for an operator. */
  readonly deletionHolds: number;
  /** Seconds since the oldest secret was given its value. */
  readonly secretAge?: number;
}

/** Seconds. When Rentvine as a whole goes down, the accounts' breakers open within this time of each other. */
const lately = 30 * 60;

/** Resources whose schedules are off say nothing about freshness: nobody expects them to be fresh. */
export function accountGauges(accounts: readonly AccountHealth[], now: Date): AccountGauges {
  const freshness = new Map<string, number>();
  const lags: number[] = [];
  const secretAges: number[] = [];
  let deletionHolds = 0;
  for (const { resources, secretChangedAt } of accounts) {
    if (secretChangedAt !== undefined) secretAges.push(secondsSince(secretChangedAt, now));
    for (const { resource, isScheduled, freshnessSeconds, lag, heldDeletions } of resources) {
      if (isScheduled && freshnessSeconds !== undefined) {
        freshness.set(resource, Math.max(freshnessSeconds, freshness.get(resource) ?? 0));
      }
      if (lag !== undefined) lags.push(lag);
      if (heldDeletions > 0) deletionHolds += 1;
    }
  }
  return {
    freshness,
    ...(lags.length > 0 && { lag: Math.max(...lags) }),
    breakersOpen: accounts.filter(({ breaker }) => breaker !== 'closed').length,
    outagesBegun: accounts.filter(({ openSince }) => openSince !== undefined && secondsSince(openSince, now) < lately)
      .length,
    deletionHolds,
    ...(secretAges.length > 0 && { secretAge: Math.max(...secretAges) }),
  };
}

/** Seconds since the oldest dead letter that waits for an operator was kept; undefined when none does. */
export function deadLetterAge(letters: readonly DeadLetterHealth[], now: Date): number | undefined {
  return letters.length === 0
    ? undefined
    : Math.max(...letters.map(({ oldestKeptAt }) => secondsSince(oldestKeptAt, now)));
}

const secondsSince = (time: string, now: Date): number =>
  Math.max(0, Math.round((now.getTime() - Date.parse(time)) / 1000));

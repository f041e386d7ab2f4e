import { hasHeldDeletions, isGivenUpOn, isStale } from '../../../shared/health/account-health.ts';
import type { AccountsSummary, NamedAccount } from '../../../shared/health/health-summary.ts';
import { type AccountReport, type HealthReport, worst } from './health-report.ts';
import type { PlatformSnapshot } from './run-checks.ts';

/**
 * What is told about the platform's health.
 *
 * @param withDetails whether the caller may know accounts, and how much there is of everything
 * @param now epoch milliseconds
 */
export function reportHealth(seen: PlatformSnapshot, now: number, withDetails: boolean): HealthReport {
  const { takenAt, summary } = seen;
  const ageSeconds = (measuredAt = takenAt) => Math.max(0, Math.round((now - measuredAt) / 100) / 10);
  return {
    status: worst(seen.checks.map(({ status }) => status)),
    checkedAt: new Date(takenAt).toISOString(),
    ...(summary !== undefined && { watchedAt: summary.measuredAt }),
    checks: seen.checks.map(({ name, status, durationMs, message, measuredAt }) => ({
      name,
      status,
      ageSeconds: ageSeconds(measuredAt),
      durationMs,
      ...(message !== undefined && { message }),
    })),
    ...(withDetails && {
      ...(summary?.accounts && {
        accountCounts: countsOf(summary.accounts),
        accounts: summary.accounts.named.map(reportAccount),
      }),
      queues: seen.queues.map(({ queue, visible, inFlight, delayed }) => ({ queue, visible, inFlight, delayed })),
      ...(summary?.deadLetters && { deadLetters: summary.deadLetters }),
    }),
  };
}

const countsOf = ({ total, unread, givenUpOn, stale, withHeldDeletions }: AccountsSummary) => ({
  total,
  unread,
  givenUpOn,
  stale,
  withHeldDeletions,
});

function reportAccount(account: NamedAccount): AccountReport {
  const { breaker, consecutiveFailures, openSince, resources } = account;
  const isWell = !isGivenUpOn(account) && !resources.some((each) => isStale(each) || hasHeldDeletions(each));
  return {
    account: account.account,
    status: isWell ? 'healthy' : 'degraded',
    breaker,
    consecutiveFailures,
    ...(openSince !== undefined && { openSince }),
    resources: resources.map(({ lag, lastRun, ...resource }) => ({
      resource: resource.resource,
      isScheduled: resource.isScheduled,
      intervalMinutes: resource.intervalMinutes,
      ...(resource.lastSuccessAt !== undefined && { lastSuccessAt: resource.lastSuccessAt }),
      ...(resource.freshnessSeconds !== undefined && { freshnessSeconds: resource.freshnessSeconds }),
      ...(lag !== undefined && { lagIntervals: Math.round(lag * 100) / 100 }),
      heldDeletions: resource.heldDeletions,
      ...(lastRun !== undefined && {
        lastRun: {
          mode: lastRun.mode,
          status: lastRun.status,
          startedAt: lastRun.startedAt,
          ...(lastRun.endedAt !== undefined && { endedAt: lastRun.endedAt }),
          ...(lastRun.errorCode !== undefined && { errorCode: lastRun.errorCode }),
        },
      }),
    })),
  };
}

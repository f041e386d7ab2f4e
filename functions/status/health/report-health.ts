import type { AccountHealth } from '../../../shared/health/account-health.ts';
import { type AccountReport, type HealthReport, worst } from './health-report.ts';
import { hasHeldDeletions, isGivenUpOn, isStale, type PlatformSnapshot } from './run-checks.ts';

/**
 * What is told about the platform's health.
 *
 * @param withDetails whether the caller may know accounts, and how much there is of everything
 * @param now epoch milliseconds
 */
export function reportHealth(seen: PlatformSnapshot, now: number, withDetails: boolean): HealthReport {
  const ageSeconds = Math.max(0, Math.round((now - seen.takenAt) / 100) / 10);
  return {
    status: worst(seen.checks.map(({ status }) => status)),
    checkedAt: new Date(seen.takenAt).toISOString(),
    checks: seen.checks.map(({ name, status, durationMs, message }) => ({
      name,
      status,
      ageSeconds,
      durationMs,
      ...(message !== undefined && { message }),
    })),
    ...(withDetails && {
      accounts: seen.accounts?.map(reportAccount),
      queues: seen.queues.map(({ queue, visible, inFlight, delayed }) => ({ queue, visible, inFlight, delayed })),
      deadLetters: seen.deadLetters?.map(({ source, count, oldestKeptAt }) => ({ source, count, oldestKeptAt })),
    }),
  };
}

function reportAccount(account: AccountHealth): AccountReport {
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

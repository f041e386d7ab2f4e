import { logger } from '../shared/observability/logger.ts';
import { metrics } from '../shared/observability/metrics.ts';
import type { RequestEvent } from '../shared/rentvine/client.ts';

/** Records one attempt at calling Rentvine. */
export function observeRequest(account: string, event: RequestEvent): void {
  const { status, durationMs, attempt } = event;
  logger.debug('Rentvine was asked.', { account, ...event });
  metrics.record('ApiRequests', 1, { account, statusClass: statusClass(status) });
  metrics.record('ApiLatency', durationMs, { account });
  if (attempt > 1) metrics.record('ApiRetries', 1, { account });
}

function statusClass(status: number | undefined) {
  if (status === undefined) return 'network';
  if (status === 429) return '429';
  if (status >= 500) return '5xx';
  if (status >= 400) return '4xx';
  return status >= 300 ? '3xx' : '2xx';
}

/** Records how long calls wait for the account's rate limit or in-flight cap. */
export const observeWait = (account: string) => (waitedMs: number) =>
  metrics.record('RateLimitWait', waitedMs, { account });

/** Tells when the account's breaker opens or closes. */
export const breakerObserver = (account: string) => (change: 'opened' | 'closed') => {
  metrics.record(change === 'opened' ? 'BreakerOpened' : 'BreakerClosed', 1, { account });
  if (change === 'opened') logger.error('The API of an account is not answering; its breaker opened.', { account });
  else logger.info('The API of an account answers again; its breaker closed.', { account });
};

import { isOutage } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import type { Collection } from '../../shared/store/collection.ts';
import type { SliceEnd } from '../../shared/sync/slice.ts';

/** Records how a slice ended, and its run if that is over. */
export function observeSlice({ account, resource }: Collection, { kind, run }: SliceEnd, now: Date): void {
  const { mode, counts, status, runId, error, correlationId } = run;
  const context = { account, resource };
  metrics.record('Slices', 1, { ...context, mode });
  if (kind === 'outOfTime') metrics.record('Continuations', 1, { ...context, mode });
  if (kind === 'postponed') {
    logger.warn('A sync run was put off.', { ...context, runId, correlationId, error, resumesAt: run.resumesAt });
  }
  if (kind !== 'finished') return;

  metrics.record('SyncRuns', 1, { ...context, mode, outcome: status === 'failed' ? 'failed' : 'succeeded' });
  if (status === 'failed' && !isOutage(error?.code)) metrics.record('SyncRunsFailed', 1, { account });
  if (status === 'failed' && error?.code === 'CONTRACT') metrics.record('ContractViolations', 1, { account });
  metrics.record('SyncDuration', now.getTime() - Date.parse(run.startedAt), { ...context, mode });
  metrics.record('PagesRead', counts.pages, { ...context, mode });
  metrics.record('RecordsCreated', counts.created, context);
  metrics.record('RecordsUpdated', counts.updated, context);
  metrics.record('RecordsUnchanged', counts.unchanged, context);
  metrics.record('RecordsDeleted', counts.deleted, context);
  metrics.record('RecordsQuarantined', counts.quarantined, context);
  metrics.record('RowsRead', counts.fetched, { account });
  metrics.record('RowsQuarantined', counts.quarantined, { account });
  if (status === 'held') metrics.record('DeletionsHeld', 1, context);
  const line = { ...context, mode, runId, status, correlationId, ...counts, ...(error && { error }) };
  if (status === 'failed') logger.error('A sync run failed.', line);
  else if (status === 'held') logger.warn('A sync run holds deletions back until an operator decides.', line);
  else logger.info('A sync run succeeded.', line);
}

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { metrics } from '../../shared/observability/metrics.ts';
import { newRun, type Run } from '../../shared/store/runs.ts';
import type { SliceEnd } from '../../shared/sync/slice.ts';
import { observeSlice } from './observe-slice.ts';

const now = new Date('2026-03-01T12:00:00Z');
const run: Run = newRun({ runId: 'r', mode: 'incremental', activeOnly: false, pageSize: 250, correlationId: 'c' }, now);
const record = vi.spyOn(metrics, 'record');

beforeEach(() => {
  record.mockClear();
});

/** The metrics that a slice's end leaves behind. */
function observed(kind: SliceEnd['kind'], patch: Partial<Run>): Record<string, number> {
  const changed = { ...run, ...patch };
  const end: SliceEnd = kind === 'postponed' ? { kind, run: changed, resumeAt: now } : { kind, run: changed };
  observeSlice({ account: 'acme', resource: 'leases' }, end, now);
  return Object.fromEntries(record.mock.calls.map(([name, value]) => [name, value]));
}
const failed = (code: string) => observed('finished', { status: 'failed', error: { code, message: 'm' } });

describe('a run that failed', () => {
  it.each(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFIGURATION', 'INTERNAL'])(
    'with %s is a failed workflow',
    (code) => {
      const left = failed(code);
      expect(left).toMatchObject({ SyncRuns: 1, SyncRunsFailed: 1 });
      expect(left).not.toHaveProperty('ContractViolations');
    },
  );

  it('for an answer of unknown shape is a failed workflow and a violated contract', () => {
    expect(failed('CONTRACT')).toMatchObject({ SyncRunsFailed: 1, ContractViolations: 1 });
  });

  it.each(['UNAVAILABLE', 'BREAKER_OPEN', 'RATE_LIMITED'])(
    'with %s is part of an outage, which rings itself',
    (code) => {
      const left = failed(code);
      expect(left).toMatchObject({ SyncRuns: 1 });
      expect(left).not.toHaveProperty('SyncRunsFailed');
      expect(left).not.toHaveProperty('ContractViolations');
    },
  );
});

it('a run that is put off, held or goes on is no failed workflow', () => {
  const error = { code: 'CONTRACT', message: 'm' };
  for (const ended of [
    observed('postponed', { status: 'waiting', error }),
    observed('outOfTime', { status: 'waiting' }),
    observed('finished', { status: 'held', error }),
    observed('finished', { status: 'succeeded' }),
  ]) {
    expect(ended).not.toHaveProperty('SyncRunsFailed');
    expect(ended).not.toHaveProperty('ContractViolations');
  }
});

it('a finished run tells how many rows it read, and how many did not fit', () => {
  const counts = { ...run.counts, fetched: 250, quarantined: 3 };
  expect(observed('finished', { status: 'succeeded', counts })).toMatchObject({ RowsRead: 250, RowsQuarantined: 3 });
  record.mockClear();
  expect(observed('outOfTime', { counts })).not.toHaveProperty('RowsRead');
});

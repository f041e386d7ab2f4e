import type { RunCounts } from '../../shared/store/runs.ts';
import type { FollowedRun } from './follow-runs.ts';
import { formatTable } from './text-table.ts';
import { formatDuration } from './time.ts';

/** One resource in the report of `npm start`, as `--json` prints it. */
export interface ResourceReport extends Readonly<RunCounts> {
  readonly resource: string;
  readonly mode: string;
  readonly status: string;
  readonly durationMs: number;
  readonly error?: { readonly code: string; readonly message: string };
  /** What an operator should know of a run that ended well. */
  readonly remark?: string;
}

const lost = {
  code: 'LOST',
  message: "No worker finished this job; it is kept as a dead letter, and the worker's log says why.",
};

/** What became of one run; a run that never ended well is told as failed, or as waiting with its reason. */
export function reportOf({ resource, run }: FollowedRun, mode: string): ResourceReport {
  if (run === undefined) {
    const nothing = {
      requests: 0,
      pages: 0,
      fetched: 0,
      created: 0,
      updated: 0,
      unchanged: 0,
      deleted: 0,
      quarantined: 0,
    };
    return { resource, mode, status: 'failed', ...nothing, durationMs: 0, error: lost };
  }
  const status = run.status === 'covered' ? 'succeeded' : run.status === 'running' ? 'failed' : run.status;
  const error = run.error ?? (run.status === 'running' ? lost : undefined);
  return {
    resource,
    mode: run.mode,
    status,
    ...run.counts,
    durationMs: run.workedMs,
    ...(error && { error }),
    ...(run.remark !== undefined && { remark: run.remark }),
  };
}

/** The summary that a person reads: a table, and a sentence for each resource that did not succeed or has a remark. */
export function formatReport(reports: readonly ResourceReport[]): string {
  const sentences = reports.flatMap(({ resource, status, error, remark }) => [
    ...(error === undefined || status === 'succeeded' ? [] : [`${resource}: ${error.message} (${error.code})`]),
    ...(remark === undefined ? [] : [`${resource}: ${remark}.`]),
  ]);
  const rows = reports.map(({ durationMs, error: _error, remark: _remark, ...row }) => ({
    ...row,
    time: formatDuration(durationMs),
  }));
  return [formatTable(rows), ...(sentences.length > 0 ? ['', ...sentences] : [])].join('\n');
}

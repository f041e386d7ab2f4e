import { resourceByName } from '../../shared/rentvine/resources/catalogue.ts';
import { isFinished, newRun, type Run } from '../../shared/store/runs.ts';
import type { SyncState } from '../../shared/store/sync-state.ts';
import type { SyncJob } from '../../shared/sync/job.ts';
import type { SyncSettings } from '../../shared/sync/settings.ts';

/** All that is known when a job is about to be worked on. */
export interface Situation {
  readonly job: SyncJob;
  /** Of the job's resource. */
  readonly state: SyncState;
  /** The job's own run, where an earlier message of the job has begun it. */
  readonly own?: Run | undefined;
  /** The run that the state names as active, where that is another one. */
  readonly active?: Run | undefined;
  /** The active run as it ended when this very message worked on it. */
  readonly resumed?: Run | undefined;
}

/**
 * What to do for a job.
 * - `skip`: its own run is over.
 * - `resume`: another run was interrupted; finish that first, and choose again.
 * - `covered`: another run did the job's work, or failed as it would; its own run is only reported.
 * - `start`: work on its own run, which becomes the active one unless that stays another.
 */
export type RunChoice =
  | { readonly kind: 'skip' }
  | { readonly kind: 'resume'; readonly run: Run }
  | { readonly kind: 'covered'; readonly run: Run }
  | { readonly kind: 'start'; readonly run: Run; readonly becomesActive: boolean };

/** An interrupted run is resumed for six hours; the pages that it read earlier may have drifted too far to build on. */
const maxResumableMs = 6 * 3_600_000;

/**
 * Chooses the run to work on. An interrupted run of the same resource comes first: what a crash, an outage or a refused key
 * has left behind is finished by whichever job comes next. Pure.
 */
export function chooseRun(situation: Situation, settings: SyncSettings, now: Date): RunChoice {
  const { job, state, own, active, resumed } = situation;
  if (own !== undefined && isFinished(own)) return { kind: 'skip' };
  if (resumed === undefined && active !== undefined && !job.activeOnly && isResumable(active, now)) {
    return { kind: 'resume', run: active };
  }
  const run = own ?? planRun(job, state, settings, now);
  if (resumed !== undefined && speaksFor(resumed, job, state)) return { kind: 'covered', run: reportOf(run, resumed) };
  if (own === undefined && isCovered(job, state)) {
    return { kind: 'covered', run: { ...run, status: 'covered', finishedAt: now.toISOString() } };
  }
  // An interrupted full run stays the one to resume, beside the incremental ones that do not wait for it.
  const staysInterrupted = resumed?.mode === 'full' && state.activeRunId === resumed.runId;
  return { kind: 'start', run, becomesActive: !job.activeOnly && !staysInterrupted };
}

function isResumable(run: Run, now: Date): boolean {
  if (now.getTime() - Date.parse(run.startedAt) > maxResumableMs) return false;
  // A CONTRACT failure comes from the pages that were read; a run that builds on them would fail again.
  if (run.status === 'failed') return run.error?.code !== 'CONTRACT';
  // A worker that crashed between a run's report and its last step leaves a finished run as the active one.
  return !isFinished(run);
}

/** Whether the job has nothing left to do because a resumed run did its work, or failed as its own would. */
function speaksFor(resumed: Run, job: SyncJob, { fullStartedAt }: SyncState): boolean {
  if (resumed.mode === job.mode) return true;
  if (job.mode === 'full') return resumed.status === 'failed';
  // A full run that cannot be finished is no reason not to look for what changed, once there is a copy.
  return resumed.status !== 'failed' || fullStartedAt === undefined;
}

const reportOf = (run: Run, { runId, status, error, finishedAt, updatedAt }: Run): Run => ({
  ...run,
  status: status === 'failed' ? 'failed' : 'covered',
  finishedAt: finishedAt ?? updatedAt,
  coveredBy: runId,
  ...(status === 'failed' && error && { error }),
});

/** Whether a run that started after this job was due has done what it asks for. */
function isCovered(job: SyncJob, state: SyncState): boolean {
  const startedAt = job.mode === 'full' ? state.fullStartedAt : state.anyStartedAt;
  return !job.activeOnly && startedAt !== undefined && Date.parse(startedAt) >= Date.parse(job.scheduledAt);
}

/** What is listed for each parent alone takes a request for each parent of a page; a page has to fit into a slice. */
const maxParentsPerPage = 25;

/** A resource that was never read in full is read in full, whatever was asked for. */
function planRun(job: SyncJob, state: SyncState, settings: SyncSettings, now: Date): Run {
  const { runId, activeOnly, correlationId } = job;
  const { overlapMinutes } = settings;
  const hasParent = resourceByName(job.resource).parent !== undefined;
  const pageSize = hasParent ? Math.min(settings.pageSize, maxParentsPerPage) : settings.pageSize;
  const mode = state.fullStartedAt === undefined ? 'full' : job.mode;
  const since = mode === 'incremental' ? changedSince(job, state, overlapMinutes, now) : undefined;
  return newRun(
    { runId, mode, activeOnly, pageSize, correlationId, ...(since && { since: since.toISOString() }) },
    now,
  );
}

/** From when on an incremental read asks for changes; undefined where it reads the whole list. */
function changedSince({ resource }: SyncJob, { cursor }: SyncState, overlapMinutes: number, now: Date) {
  const { changeFilter } = resourceByName(resource);
  if (changeFilter?.by === 'datePosted') return new Date(now.getTime() - changeFilter.windowDays * 86_400_000);
  if (changeFilter === undefined || cursor === undefined) return undefined;
  return new Date(Date.parse(cursor) - overlapMinutes * 60_000);
}

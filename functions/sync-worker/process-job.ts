import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Account, SyncSettings } from '../../shared/config.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { resourceByName } from '../../shared/rentvine/resources/table.ts';
import type { Collection } from '../../shared/store/records.ts';
import { isFinished, newRun, type Run, readRun, saveRun } from '../../shared/store/runs.ts';
import { readSyncState, type SyncState, updateSyncState } from '../../shared/store/sync-state.ts';
import type { Table } from '../../shared/store/table.ts';
import type { SyncJob } from '../../shared/sync/job.ts';
import { sendJob } from '../../shared/sync/job-queue.ts';
import { workOnRun } from '../../shared/sync/run-sync.ts';
import type { SliceEnd, SyncSlice } from '../../shared/sync/slice.ts';
import { rentvineAccess } from '../rentvine-access.ts';
import { observeSlice } from './observe.ts';

export interface WorkerDependencies {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly records: Table;
  readonly state: Table;
  readonly settings: SyncSettings;
  /** The account's settings and credentials. */
  readonly readAccount: (name: string) => Promise<Account>;
  readonly now: () => Date;
}

/** A page that was begun within the slice may still be called for, so that every slice gets further. */
const lateCallMs = 5_000;
/** An interrupted run is gone on with for this long; then what it has read is too old to build on. */
const resumableForMs = 6 * 3_600_000;

/**
 * Works on a job for one slice and queues what is left of it. An interrupted run of the same resource comes first: what
 * a crash, an outage or a refused key has left behind is finished by whichever job comes next.
 *
 * @param endsAt epoch milliseconds at which the slice ends
 */
export async function processJob(job: SyncJob, endsAt: number, dependencies: WorkerDependencies): Promise<void> {
  const { state: table, now } = dependencies;
  const collection: Collection = { account: job.account, resource: job.resource };
  const own = await readRun(table, collection, job.runId);
  if (own !== undefined && isFinished(own)) return;

  const before = await readSyncState(table, collection);
  const work = (run: Run) => workSlice(job, run, collection, endsAt, dependencies);
  const interrupted = job.activeOnly ? undefined : await interruptedRun(job, before, collection, dependencies);
  if (interrupted !== undefined) {
    const end = await work(interrupted);
    if (end.kind !== 'finished') return continueLater(job, end, dependencies);
    const settled = settledBy(end.run, job, before);
    if (settled !== undefined) {
      return saveRun(table, collection, { ...planRun(job, before, dependencies), ...settled }, now());
    }
  }

  const state = await readSyncState(table, collection);
  const planned = own ?? planRun(job, state, dependencies);
  if (own === undefined && isCovered(job, state)) {
    return saveRun(table, collection, { ...planned, status: 'covered', finishedAt: now().toISOString() }, now());
  }
  await saveRun(table, collection, planned, now());
  // An interrupted full run stays the one to go on with, beside the incremental ones that do not wait for it.
  const keepsInterrupted = interrupted?.mode === 'full' && state.activeRunId === interrupted.runId;
  if (!job.activeOnly && !keepsInterrupted) await updateSyncState(table, collection, { activeRunId: planned.runId });
  const end = await work(planned);
  if (end.kind !== 'finished') await continueLater(job, end, dependencies);
}

/** Puts a run's report right when its job is about to become a dead letter. */
export async function reportFailure(job: SyncJob, error: unknown, { state, now }: WorkerDependencies): Promise<void> {
  const collection: Collection = { account: job.account, resource: job.resource };
  const run = await readRun(state, collection, job.runId);
  if (run === undefined || isFinished(run)) return;
  const message = `The worker failed: ${error instanceof Error ? error.name : 'unknown error'}; its log has the details.`;
  const finishedAt = now().toISOString();
  await saveRun(
    state,
    collection,
    { ...run, status: 'failed', finishedAt, error: { code: 'INTERNAL', message } },
    now(),
  );
}

async function interruptedRun(
  job: SyncJob,
  { activeRunId }: SyncState,
  collection: Collection,
  { state, now }: WorkerDependencies,
): Promise<Run | undefined> {
  if (activeRunId === undefined || activeRunId === job.runId) return undefined;
  const run = await readRun(state, collection, activeRunId);
  if (run === undefined || now().getTime() - Date.parse(run.startedAt) > resumableForMs) return undefined;
  // A worker that crashed between a run's report and its last step leaves its name behind.
  if (isFinished(run) && run.status !== 'failed') return undefined;
  // What it read is what failed to make sense, or to prove anything: built upon, it would fail again.
  return run.status === 'failed' && run.error?.code === 'CONTRACT' ? undefined : run;
}

/** How a job's own run ends because an interrupted one did its work, or failed as it would. */
function settledBy(done: Run, job: SyncJob, { fullStartedAt }: SyncState): Partial<Run> | undefined {
  const finishedAt = done.finishedAt ?? done.updatedAt;
  const isBehind = done.mode === 'full' && job.mode === 'incremental' && fullStartedAt !== undefined;
  // A full run that cannot be finished is no reason not to look for what changed.
  if (done.status === 'failed' && isBehind) return undefined;
  if (done.status === 'failed')
    return { status: 'failed', finishedAt, coveredBy: done.runId, ...(done.error && { error: done.error }) };
  if (done.mode === 'incremental' && job.mode === 'full') return undefined;
  return { status: 'covered', finishedAt, coveredBy: done.runId };
}

/** Whether a run that started after this job was due has done what it asks for. */
function isCovered(job: SyncJob, state: SyncState): boolean {
  const startedAt = job.mode === 'full' ? state.fullStartedAt : state.anyStartedAt;
  return !job.activeOnly && startedAt !== undefined && Date.parse(startedAt) >= Date.parse(job.scheduledAt);
}

/** A resource that was never read in full is read in full, whatever was asked for. */
function planRun(job: SyncJob, state: SyncState, { settings, now }: WorkerDependencies): Run {
  const { changeFilter } = resourceByName(job.resource);
  const mode = state.fullStartedAt === undefined ? 'full' : job.mode;
  const sinceMs =
    changeFilter?.by === 'datePosted'
      ? now().getTime() - changeFilter.windowDays * 86_400_000
      : changeFilter?.by === 'dateTimeModified' && state.cursor !== undefined
        ? Date.parse(state.cursor) - settings.overlapMinutes * 60_000
        : undefined;
  const { runId, activeOnly, correlationId } = job;
  const { pageSize } = settings;
  const since = mode === 'incremental' && sinceMs !== undefined ? new Date(sinceMs).toISOString() : undefined;
  return newRun({ runId, mode, activeOnly, pageSize, correlationId, ...(since !== undefined && { since }) }, now());
}

async function workSlice(
  job: SyncJob,
  run: Run,
  collection: Collection,
  endsAt: number,
  dependencies: WorkerDependencies,
): Promise<SliceEnd> {
  try {
    return await workWithAccount(job, run, collection, endsAt, dependencies);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // A person has to correct the account's secret; trying again before that cannot help.
    const { state, now } = dependencies;
    const report = { code: error.code, message: error.message };
    const failed: Run = { ...run, status: 'failed', finishedAt: now().toISOString(), error: report };
    await saveRun(state, collection, failed, now());
    const end: SliceEnd = { kind: 'finished', run: failed };
    observeSlice(collection, end, now());
    return end;
  }
}

async function workWithAccount(
  job: SyncJob,
  run: Run,
  collection: Collection,
  endsAt: number,
  dependencies: WorkerDependencies,
): Promise<SliceEnd> {
  const { settings, state, records, now } = dependencies;
  const account = await dependencies.readAccount(job.account);
  const resource = resourceByName(job.resource);
  let requests = 0;
  const client = rentvineAccess({
    account,
    state,
    settings,
    deadline: () => endsAt + lateCallMs,
    onRequest: () => {
      requests += 1;
    },
  });
  const slice: SyncSlice = {
    account,
    resource,
    client,
    records,
    state,
    guard: settings.deletionGuard,
    maxInFlight: settings.maxInFlight,
    now,
    endsAt,
    requests: () => requests,
  };
  logger.info('Working on a sync run.', { ...collection, mode: run.mode, runId: run.runId, slice: run.slices + 1 });
  const end = await workOnRun(slice, run);
  observeSlice(collection, end, now());
  return end;
}

async function continueLater(
  job: SyncJob,
  end: SliceEnd,
  { sqs, queueUrl, state, now }: WorkerDependencies,
): Promise<void> {
  if (end.kind === 'outOfTime') {
    const { account, resource } = job;
    await updateSyncState(state, { account, resource }, { progressAt: now().toISOString() });
  }
  const { notBefore: _notBefore, ...rest } = job;
  const notBefore = end.kind === 'postponed' ? end.resumeAt.toISOString() : undefined;
  const continued: SyncJob = { ...rest, ...(notBefore !== undefined && { notBefore }) };
  await sendJob(sqs, queueUrl, continued, `${end.run.runId}:${end.run.slices}`);
}

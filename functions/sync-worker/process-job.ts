import type { Standing } from '../../shared/account/standing.ts';
import { isFinished, type Run, readRun, saveRun } from '../../shared/store/runs.ts';
import { readSyncState, updateSyncState } from '../../shared/store/sync-state.ts';
import type { SyncJob } from '../../shared/sync/job.ts';
import { sendJob } from '../../shared/sync/job-queue.ts';
import type { SliceEnd } from '../../shared/sync/slice.ts';
import type { QueueDependencies } from '../failed-message.ts';
import { chooseRun, type Situation } from './choose-run.ts';
import { type SliceDependencies, workOnSlice } from './work-on-slice.ts';

export interface WorkerDependencies extends SliceDependencies, QueueDependencies {
  readonly standing: (account: string) => Promise<Standing>;
}

/**
 * Works on a job for one slice and queues what is left of it: first on an interrupted run of its resource, then on its own.
 *
 * @param endsAt epoch milliseconds at which the slice ends
 */
export async function processJob(job: SyncJob, endsAt: number, dependencies: WorkerDependencies): Promise<void> {
  const { state: table, settings, now } = dependencies;
  const collection = collectionOf(job);
  let resumed: Run | undefined;
  for (;;) {
    const situation = await readSituation(job, dependencies);
    const choice = chooseRun({ ...situation, resumed }, settings, now());
    if (choice.kind === 'skip') return;
    if (choice.kind !== 'resume') await saveRun(table, collection, choice.run, now());
    if (choice.kind === 'covered') return;
    if (choice.kind === 'start' && choice.becomesActive) {
      await updateSyncState(table, collection, { activeRunId: choice.run.runId });
    }
    const end = await workOnSlice(choice.run, collection, endsAt, dependencies);
    if (end.kind !== 'finished') return queueContinuation(job, end, dependencies);
    if (choice.kind === 'start') return;
    resumed = end.run;
  }
}

/** Reports a job's run as failed, when the job is about to become a dead letter. */
export async function reportFailure(
  job: SyncJob,
  error: NonNullable<Run['error']>,
  { state, now }: WorkerDependencies,
): Promise<void> {
  const run = await readRun(state, collectionOf(job), job.runId);
  if (run === undefined || isFinished(run)) return;
  const failed: Run = { ...run, status: 'failed', finishedAt: now().toISOString(), error };
  await saveRun(state, collectionOf(job), failed, now());
}

const collectionOf = ({ account, resource }: SyncJob) => ({ account, resource });

async function readSituation(job: SyncJob, { state: table }: WorkerDependencies): Promise<Situation> {
  const collection = collectionOf(job);
  const [own, state] = await Promise.all([readRun(table, collection, job.runId), readSyncState(table, collection)]);
  const { activeRunId } = state;
  const isOwn = activeRunId === undefined || activeRunId === job.runId;
  return { job, state, own, active: isOwn ? undefined : await readRun(table, collection, activeRunId) };
}

async function queueContinuation(
  job: SyncJob,
  end: SliceEnd,
  { sqs, queueUrl, state, now }: WorkerDependencies,
): Promise<void> {
  if (end.kind === 'outOfTime') {
    await updateSyncState(state, collectionOf(job), { progressAt: now().toISOString() });
  }
  const { notBefore: _notBefore, ...rest } = job;
  const continued: SyncJob = end.kind === 'postponed' ? { ...rest, notBefore: end.resumeAt.toISOString() } : rest;
  await sendJob(sqs, queueUrl, continued, `${end.run.runId}:${end.run.slices}`);
}

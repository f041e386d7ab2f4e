import type { Context, SQSRecord } from 'aws-lambda';
import { annotateTrace } from '#tracing';
import type { Standing } from '../../shared/account/standing.ts';
import { parseConfiguration, parsedJson } from '../../shared/configuration.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { type SyncJob, syncJobSchema } from '../../shared/sync/job.ts';
import { beginTry, deadLetter, failTry, failureReason, hasFailedForGood, reappearIn } from '../failed-message.ts';
import { processJob, reportFailure, type WorkerDependencies } from './process-job.ts';

/** Kept free at a slice's end for the request under way and for saving. */
const savingMs = 10_000;

const firstRetrySeconds = 30;
const who = 'The sync worker';
const diedEachTime = {
  code: 'UNKNOWN',
  message: `${who} was killed, or ran out of time or memory, each time that it worked on the job.`,
};

/**
 * Handles one message of the sync-jobs queue. A message that is early, or whose job failed in an unforeseen way, becomes
 * visible again when it should, without waiting for the queue's long visibility time-out.
 *
 * @returns whether the message is done with
 */
export async function receiveJob(
  record: SQSRecord,
  context: Context,
  dependencies: WorkerDependencies,
): Promise<boolean> {
  const { settings, now } = dependencies;
  let job: SyncJob;
  try {
    job = parseConfiguration('The sync job', parsedJson(syncJobSchema), record.body);
  } catch (error) {
    logger.error('A message of the sync-jobs queue is no sync job.', { error });
    const refused = await beginTry(record, dependencies);
    const isLast = hasFailedForGood({ failures: refused.failures + 1 });
    return failTry(refused, who, error, {}, { isLast, waitSeconds: firstRetrySeconds }, dependencies);
  }
  logger.appendKeys({ account: job.account, resource: job.resource, correlationId: job.correlationId });
  annotateTrace(job);

  let standing: Standing;
  try {
    standing = await dependencies.standing(job.account);
  } catch (error) {
    logger.warn('It could not be read how the account stands; the job comes again.', { error });
    await reappearIn(record, firstRetrySeconds, dependencies);
    return false;
  }
  if (standing !== 'active') {
    logger.info('A job is dropped, because its account is paused or removed.', { runId: job.runId, standing });
    return true;
  }
  const earlyMs = job.notBefore === undefined ? 0 : Date.parse(job.notBefore) - now().getTime();
  if (earlyMs > 0) {
    await reappearIn(record, earlyMs / 1000, dependencies);
    return false;
  }
  const attempt = await beginTry(record, dependencies);
  if (hasFailedForGood(attempt)) {
    await reportFailure(job, diedEachTime, dependencies);
    return deadLetter(attempt, dependencies);
  }
  const reserveMs = settings.requestTimeoutSeconds * 1000 + savingMs;
  const sliceMs = Math.min(settings.sliceSeconds * 1000, context.getRemainingTimeInMillis() - reserveMs);
  try {
    await processJob(job, now().getTime() + sliceMs, dependencies);
    return true;
  } catch (error) {
    const failures = attempt.failures + 1;
    logger.error('A sync job failed.', { runId: job.runId, failures, error });
    const isLast = hasFailedForGood({ failures });
    metrics.record('JobsFailed', 1, { account: job.account });
    const waitSeconds = firstRetrySeconds * 2 ** attempt.failures * (0.5 + Math.random() / 2);
    const isDone = await failTry(attempt, who, error, job, { isLast, waitSeconds }, dependencies);
    if (isLast) await reportFailure(job, failureReason(who, error), dependencies);
    return isDone;
  }
}

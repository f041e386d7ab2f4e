import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSRecord } from 'aws-lambda';
import { parseConfiguration } from '../../shared/configuration.ts';
import { maxReceiveCounts } from '../../shared/dead-letters/receive-counts.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { annotateTrace } from '../../shared/observability/tracer.ts';
import { noteFailure } from '../../shared/store/message-failures.ts';
import { type SyncJob, syncJobSchema } from '../../shared/sync/job.ts';
import { failureReason } from '../failure-reason.ts';
import { processJob, reportFailure, type WorkerDependencies } from './process-job.ts';

/** SQS hides a message for 12 hours at most, counted from when it was received, which was a few minutes ago. */
const maxInvisibleSeconds = 42_000;
/** Kept free at a slice's end for the request under way and for saving. */
const savingMs = 10_000;

const firstRetrySeconds = 30;

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
    job = parseJob(record.body);
  } catch (error) {
    logger.error('A message of the sync-jobs queue is no sync job.', { error });
    await noteJobFailure(record, error, {}, dependencies);
    await reappearIn(record, firstRetrySeconds, dependencies);
    return false;
  }
  logger.appendKeys({ account: job.account, resource: job.resource, correlationId: job.correlationId });
  annotateTrace(job);

  const earlyMs = job.notBefore === undefined ? 0 : Date.parse(job.notBefore) - now().getTime();
  if (earlyMs > 0) {
    await reappearIn(record, earlyMs / 1000, dependencies);
    return false;
  }
  const reserveMs = settings.requestTimeoutSeconds * 1000 + savingMs;
  const sliceMs = Math.min(settings.sliceSeconds * 1000, context.getRemainingTimeInMillis() - reserveMs);
  try {
    await processJob(job, now().getTime() + sliceMs, dependencies);
    return true;
  } catch (error) {
    const receives = Number(record.attributes.ApproximateReceiveCount);
    logger.error('A sync job failed.', { runId: job.runId, receives, error });
    metrics.record('JobsFailed', 1, { account: job.account });
    await noteJobFailure(record, error, job, dependencies);
    if (receives >= maxReceiveCounts.syncJobs) await reportFailure(job, error, dependencies);
    await reappearIn(record, firstRetrySeconds * 2 ** (receives - 1) * (0.5 + Math.random() / 2), dependencies);
    return false;
  }
}

/** For the dead letter that the message may become. */
async function noteJobFailure(
  { messageId }: SQSRecord,
  error: unknown,
  { account, resource, correlationId }: Partial<SyncJob>,
  { state, now }: WorkerDependencies,
): Promise<void> {
  const subject = account && resource && correlationId ? { account, resource, correlationId } : {};
  const reason = failureReason('The sync worker', error);
  await noteFailure(state, messageId, { ...reason, ...subject }, now()).catch((noting: unknown) =>
    logger.warn('A failure could not be written down.', { error: noting }),
  );
}

function parseJob(body: string): SyncJob {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    content = undefined;
  }
  return parseConfiguration('The sync job', syncJobSchema, content);
}

async function reappearIn(record: SQSRecord, seconds: number, { sqs, queueUrl }: WorkerDependencies): Promise<void> {
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: Math.min(Math.ceil(seconds), maxInvisibleSeconds),
    }),
  );
}

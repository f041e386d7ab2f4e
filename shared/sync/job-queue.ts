import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { deduplicationIdOf, messageGroupOf, type SyncJob } from './job.ts';

/**
 * Queues a job in its resource's message group.
 *
 * @param part what this message is of the run: `start`, or a name for the continuation that stays the same when the same
 *   slice is worked on twice
 */
export async function sendJob(sqs: SQSClient, queueUrl: string, job: SyncJob, part: string): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(job),
      MessageGroupId: messageGroupOf(job),
      MessageDeduplicationId: deduplicationIdOf(job, part),
    }),
  );
}

import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { deadMessageIdAttribute } from '../shared/dead-letters/dead-message-id.ts';
import { maxFailures } from '../shared/dead-letters/receive-counts.ts';
import { PlatformError } from '../shared/errors.ts';
import { logger, redactText } from '../shared/observability/logger.ts';
import type { Table } from '../shared/store/dynamo-table.ts';
import { countTry, noteFailure } from '../shared/store/message-failures.ts';

/** What giving a message back to its queue needs. */
export interface QueueDependencies {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly state: Table;
  readonly now: () => Date;
}

/** SQS hides a message for 12 hours at most, counted from when it was received, which was a few minutes ago. */
const maxInvisibleSeconds = 42_000;

/** Makes a message visible again after so many seconds, rather than after its queue's visibility time-out. */
export async function reappearIn(
  { receiptHandle }: SQSRecord,
  seconds: number,
  { sqs, queueUrl }: QueueDependencies,
): Promise<void> {
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: Math.min(Math.ceil(seconds), maxInvisibleSeconds),
    }),
  );
}

/** What a message was about, as far as it could be read. */
export interface MessageSubject {
  readonly account?: string | undefined;
  readonly resource?: string | undefined;
  readonly correlationId?: string | undefined;
}

/** One try to work on a message. */
export interface Try {
  readonly record: SQSRecord;
  /** How often the message failed before. Receives that no function saw, as of one that was throttled, are none. */
  readonly failures: number;
}

/**
 * To be called before a message is worked on. A message that comes for the first time has not failed and costs nothing; of
 * any other, this try counts as failed until it is done, so that one that kills its function is no dead letter too late.
 */
export async function beginTry(record: SQSRecord, { state, now }: QueueDependencies): Promise<Try> {
  if (Number(record.attributes.ApproximateReceiveCount) <= 1) return { record, failures: 0 };
  try {
    return { record, failures: await countTry(state, record.messageId, now()) };
  } catch (error) {
    logger.warn('It could not be read how often a message failed.', { error });
    return { record, failures: 0 };
  }
}

/** Whether a message has failed as often as it may, so that it is not to be worked on again. */
export const hasFailedForGood = ({ failures }: Pick<Try, 'failures'>): boolean => failures >= maxFailures;

/**
 * Puts a message on its dead-letter queue. SQS would do so only once it was received far more often.
 *
 * @returns whether the message is done with
 */
export async function deadLetter({ record }: Try, dependencies: QueueDependencies): Promise<boolean> {
  const { messageId, body, attributes } = record;
  const { sqs, deadLetterQueueUrl } = dependencies;
  try {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MessageBody: body,
        MessageAttributes: { [deadMessageIdAttribute]: { DataType: 'String', StringValue: messageId } },
        ...(attributes.MessageGroupId !== undefined && { MessageGroupId: attributes.MessageGroupId }),
        ...(deadLetterQueueUrl.endsWith('.fifo') && { MessageDeduplicationId: messageId }),
      }),
    );
    return true;
  } catch (error) {
    logger.warn('A message could not be put on its dead-letter queue; it comes again.', { messageId, error });
    return false;
  }
}

/**
 * Writes down why a message failed, and makes it visible again after a wait, or a dead letter if this was the last failure
 * that it may have. Never throws: the message comes back in any case, if later.
 *
 * @param who the function, as a sentence's subject: `The sync worker`
 * @param isLast whether it may not fail again
 * @returns whether the message is done with, as a dead letter
 */
export async function failTry(
  attempt: Try,
  who: string,
  error: unknown,
  { account, resource, correlationId }: MessageSubject,
  { isLast, waitSeconds }: { readonly isLast: boolean; readonly waitSeconds: number },
  dependencies: QueueDependencies,
): Promise<boolean> {
  const { record, failures } = attempt;
  const reason = { ...failureReason(who, error), account, resource, correlationId };
  const noted = noteFailure(dependencies.state, record.messageId, reason, failures + 1, dependencies.now());
  await quietly(noted);
  if (isLast && (await deadLetter(attempt, dependencies))) return true;
  await quietly(reappearIn(record, waitSeconds, dependencies));
  return false;
}

async function quietly(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => logger.warn('A failure could not be written down.', { error }));
}

/**
 * Why something failed, in words that may be kept: only our own errors are known to hold no field values.
 *
 * @param who the function, as a sentence's subject: `The sync worker`
 */
export const failureReason = (who: string, error: unknown): { code: string; message: string } =>
  error instanceof PlatformError
    ? { code: error.code, message: redactText(error.message) }
    : {
        code: 'INTERNAL',
        message: `${who} failed: ${error instanceof Error ? error.name : 'unknown error'}; its log has the details.`,
      };

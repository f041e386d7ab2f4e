import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { PlatformError } from '../shared/errors.ts';
import { logger, redactText } from '../shared/observability/logger.ts';
import type { Table } from '../shared/store/dynamo-table.ts';
import { noteFailure } from '../shared/store/message-failures.ts';

/** What giving a message back to its queue needs. */
export interface QueueDependencies {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
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

/**
 * Writes down why a message failed, for the dead letter that it may become, and makes it visible again after a wait. Never
 * throws: the message comes back in any case, if later.
 *
 * @param who the function, as a sentence's subject: `The sync worker`
 */
export async function giveBack(
  record: SQSRecord,
  who: string,
  error: unknown,
  { account, resource, correlationId }: MessageSubject,
  waitSeconds: number,
  dependencies: QueueDependencies,
): Promise<void> {
  const failure = { ...failureReason(who, error), account, resource, correlationId };
  const results = await Promise.allSettled([
    noteFailure(dependencies.state, record.messageId, failure, dependencies.now()),
    reappearIn(record, waitSeconds, dependencies),
  ]);
  for (const result of results) {
    if (result.status === 'rejected') logger.warn('A failure could not be written down.', { error: result.reason });
  }
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

import type { SQSRecord } from 'aws-lambda';
import { logger } from '../shared/observability/logger.ts';

/** What Lambda wants to hear about a batch. */
export interface PartialBatchResponse {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/**
 * Tells Lambda which items of a batch are to be delivered again; all others are done. For a stream the first is enough, as
 * everything after it comes again too.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export const partialBatch = (failed: readonly string[]): PartialBatchResponse => ({
  batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })),
});

/**
 * Works on messages one after another. One that fails keeps none of the others from being worked on.
 *
 * @param work returns whether the message is done with
 * @returns ids of the messages that are not
 */
export async function eachMessage(
  records: readonly SQSRecord[],
  work: (record: SQSRecord) => Promise<boolean>,
): Promise<string[]> {
  const failed: string[] = [];
  for (const record of records) {
    const isDone = await work(record).catch((error: unknown) => {
      logger.error('A message could not be handled; it comes again.', { messageId: record.messageId, error });
      return false;
    });
    if (!isDone) failed.push(record.messageId);
  }
  return failed;
}

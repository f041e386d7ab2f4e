import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { WebhookHint } from '../../shared/webhook/hint.ts';

/**
 * Queues hints, with the trace of the request that they came with. Each is in its account's message group: in a standard queue
 * that changes no order, but an account that sends many does not keep the others' hints waiting.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 */
export const hintQueue =
  (sqs: SQSClient, queueUrl: string) =>
  async (hint: WebhookHint): Promise<void> => {
    const trace = process.env._X_AMZN_TRACE_ID;
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(hint),
        MessageGroupId: hint.account,
        ...(trace && {
          MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
        }),
      }),
    );
  };

import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { WebhookHint } from '../../shared/webhook/hint.ts';

/** Queues hints, with the trace of the request that they came with. */
export const hintQueue =
  (sqs: SQSClient, queueUrl: string) =>
  async (hint: WebhookHint): Promise<void> => {
    const trace = process.env._X_AMZN_TRACE_ID;
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(hint),
        ...(trace && {
          MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
        }),
      }),
    );
  };

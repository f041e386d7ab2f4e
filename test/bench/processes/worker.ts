/**
 * Entry of the process that is one warm environment of the sync worker: its bundle, its queue's messages one at a time, and
 * nothing else in the process, so that the process's memory is the function's.
 */
import { pathToFileURL } from 'node:url';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type Worked, workerOptions } from './protocol.ts';
import { serve } from './remote.ts';

const QueueUrl = z.url().parse(process.env.SYNC_JOBS_QUEUE_URL);
const sqs = new SQSClient();
const handled = z.object({ batchItemFailures: z.array(z.unknown()).length(0) });
let invoke = (_event: object): Promise<unknown> => Promise.reject(new Error('No bundle has been loaded.'));

serve({
  async load(argument) {
    const { module, functionName, timeoutMs } = workerOptions.parse(argument);
    const bundle: Record<string, unknown> = await import(pathToFileURL(module).href);
    const { handler } = bundle;
    if (typeof handler !== 'function') throw new Error(`${module} exports no handler.`);
    invoke = async (event) => {
      const endsAt = Date.now() + timeoutMs;
      const getRemainingTimeInMillis = () => endsAt - Date.now();
      return handler(event, { functionName, awsRequestId: crypto.randomUUID(), getRemainingTimeInMillis });
    };
  },
  /** Queues a job, and works until the queue is empty: continuations included. */
  async work(job): Promise<Worked> {
    const startedAt = performance.now();
    let [invocations, longestMs] = [0, 0];
    const MessageGroupId = 'bench';
    const MessageDeduplicationId = crypto.randomUUID();
    await sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(job), MessageGroupId, MessageDeduplicationId }),
    );
    for (let message = await nextMessage(); message !== undefined; message = await nextMessage()) {
      const invokedAt = performance.now();
      handled.parse(await invoke({ Records: [recordOf(message)] }));
      invocations += 1;
      longestMs = Math.max(longestMs, performance.now() - invokedAt);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
    // Kilobytes, whatever the platform.
    const mostMb = process.resourceUsage().maxRSS / 1024;
    return { durationMs: performance.now() - startedAt, invocations, longestMs, mostMb };
  },
});

async function nextMessage(): Promise<Message | undefined> {
  const { Messages: [message] = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1, MessageSystemAttributeNames: ['All'] }),
  );
  return message;
}

const recordOf = ({ MessageId, ReceiptHandle, Body, Attributes }: Message) => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attributes: Attributes,
  messageAttributes: {},
  eventSource: 'aws:sqs',
});

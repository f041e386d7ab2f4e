/**
 * Entry of the process that is one warm environment of the sync worker: its bundle, its queue's messages one at a time, and
 * nothing else in the process, so that the process's memory is the function's.
 */
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { type Worked, workerOptions } from './protocol.ts';
import { serve } from './remote.ts';

const QueueUrl = z.url().parse(process.env.SYNC_JOBS_QUEUE_URL);
const endpoint = z.url().parse(process.env.AWS_ENDPOINT_URL);
const handled = z.object({ batchItemFailures: z.array(z.unknown()).length(0) });
const messageSchema = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  Attributes: z.record(z.string(), z.string()),
});
type Message = z.infer<typeof messageSchema>;
const received = z.object({ Messages: z.array(messageSchema).default([]) });
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
    let [invocations, maxMs] = [0, 0];
    const MessageGroupId = 'bench';
    const MessageDeduplicationId = crypto.randomUUID();
    await queue('SendMessage', { MessageBody: JSON.stringify(job), MessageGroupId, MessageDeduplicationId });
    for (let message = await nextMessage(); message !== undefined; message = await nextMessage()) {
      const invokedAt = performance.now();
      handled.parse(await invoke({ Records: [recordOf(message)] }));
      invocations += 1;
      maxMs = Math.max(maxMs, performance.now() - invokedAt);
      await queue('DeleteMessage', { ReceiptHandle: message.ReceiptHandle });
    }
    const maxMb = maxKb() / 1024;
    return { durationMs: performance.now() - startedAt, invocations, maxMs, maxMb };
  },
});

/**
 * Linux keeps the parent's peak in a new process's `maxRSS` (getrusage(2) outlives exec), and the parent is larger; the
 * peak of this process's own memory is in its status file.
 */
function maxKb(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}

/** Asks the queue itself: an SDK of the bench's own would count towards the function's memory. */
async function queue(operation: string, request: object): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${process.env.AWS_ACCESS_KEY_ID}/20260101/eu-west-1/sqs/aws4_request`,
    },
    body: JSON.stringify({ QueueUrl, ...request }),
  });
  if (!response.ok) throw new Error(`The queue answered ${response.status} to ${operation}.`);
  return response.json().catch(() => undefined);
}

async function nextMessage(): Promise<Message | undefined> {
  const answer = await queue('ReceiveMessage', { MaxNumberOfMessages: 1, MessageSystemAttributeNames: ['All'] });
  return received.parse(answer).Messages[0];
}

const recordOf = ({ MessageId, ReceiptHandle, Body, Attributes }: Message) => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attributes: Attributes,
  messageAttributes: {},
  eventSource: 'aws:sqs',
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LocalQueue, type LocalQueues, startQueues } from './queues.ts';

const url = 'http://127.0.0.1/000000000000/work';
let queues: LocalQueues;
let queue: LocalQueue;

beforeEach(() => {
  queues = startQueues({ dataDir: undefined, urlBase: 'http://127.0.0.1/000000000000', region: 'us-east-1' });
  queue = queues.createQueue('work', 'arn:aws:sqs:us-east-1:000000000000:work', url, { VisibilityTimeout: '60' });
});
afterEach(() => queues.close());

const send = (body: Record<string, unknown>) =>
  queues.sqs({ 'x-amz-target': 'AmazonSQS.SendMessage' }, { QueueUrl: url, MessageBody: 'one', ...body });

it('gives out a delayed message when its time has passed, and not before', async () => {
  await send({ DelaySeconds: 600 });
  queue.passTime(599_000);
  expect(queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
  queue.passTime(1_000);
  expect(queue.receive(1)).toHaveLength(1);
});

it('gives out a message again when the time has passed for which it is invisible, but not while it is worked on', async () => {
  await send({});
  const [received] = queue.receive(1);
  queue.passTime(61_000);
  expect(queue.depth().inFlight).toBe(1);
  queue.leave(received?.receiptHandle ?? '');
  queue.passTime(59_000);
  expect(queue.receive(1)).toEqual([]);
  queue.passTime(1_000);
  expect(queue.receive(1)[0]?.message.approximateReceiveCount).toBe(2);
});

it('hands over at once what comes due while somebody waits for it', async () => {
  await send({ DelaySeconds: 600 });
  const available = queue.available(new AbortController().signal);
  queue.passTime(600_000);
  await available;
  expect(queue.receive(1)).toHaveLength(1);
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { turnableClock } from '../clock/turnable-clock.ts';
import { modelOf } from '../fixtures/model.ts';
import { localIdentity } from '../identity.ts';
import type { LocalQueue } from './queue.ts';
import { type LocalSqs, startSqs } from './sqs.ts';

const { resources } = modelOf({
  Work: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work', VisibilityTimeout: 60 } },
});
const arn = 'arn:aws:sqs:us-east-1:000000000000:work';
const clock = turnableClock();
let sqs: LocalSqs;
let queue: LocalQueue;

beforeEach(async () => {
  sqs = startSqs({ ...localIdentity, endpoint: 'http://aws', clock, intercept: undefined, path: () => undefined });
  await sqs.provision(resources);
  const created = sqs.byArn(arn);
  if (!created) throw new Error('The queue was not made.');
  queue = created;
});
afterEach(() => sqs.close());

const send = (body: Record<string, unknown>) =>
  sqs.execute('SendMessage', { QueueUrl: queue.url, MessageBody: 'one', ...body });

it('gives out a delayed message when its time has passed, and not before', async () => {
  await send({ DelaySeconds: 600 });
  await clock.advance(599_000);
  expect(queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
  await clock.advance(1_000);
  expect(queue.receive(1)).toHaveLength(1);
});

it('gives out a message again when the time has passed for which it is invisible, but not while it is worked on', async () => {
  await send({});
  const [received] = queue.receive(1);
  await clock.advance(61_000);
  expect(queue.depth().inFlight).toBe(1);
  queue.leave(received?.receiptHandle ?? '');
  await clock.advance(59_000);
  expect(queue.receive(1)).toEqual([]);
  await clock.advance(1_000);
  expect(queue.receive(1)[0]?.message.approximateReceiveCount).toBe(2);
});

it('hands over at once what comes due while somebody waits for it', async () => {
  await send({ DelaySeconds: 600 });
  const available = queue.available(new AbortController().signal);
  await clock.advance(600_000);
  await available;
  expect(queue.receive(1)).toHaveLength(1);
});

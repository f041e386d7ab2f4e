import { Duration, Validations } from 'aws-cdk-lib';
import { type DeadLetterQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { QueueName } from '../alarms/platform-names.ts';
import type { Settings } from '../settings.ts';

/** A queue and its name without the stage's prefix. */
export interface NamedQueue {
  readonly name: QueueName;
  readonly queue: Queue;
}

export interface QueueOptions {
  readonly settings: Settings;
  readonly name: QueueName;
}

export interface WorkQueueOptions extends QueueOptions {
  /** How long a message that a function took and lost stays invisible. */
  readonly visibilityTimeout: Duration;
  readonly deadLetterQueue: DeadLetterQueue;
}

/** A queue that a function works off; a name ending in `.fifo` makes it FIFO. What is in it is kept for as long as SQS allows. */
export const workQueue = (
  scope: Construct,
  id: string,
  { settings, name, ...props }: WorkQueueOptions,
): NamedQueue => ({
  name,
  queue: makeQueue(scope, id, settings, name, props),
});

/** A queue for what failed, kept for as long as SQS allows. */
export function deadLetterQueue(scope: Construct, id: string, { settings, name }: QueueOptions): NamedQueue {
  const queue = makeQueue(scope, id, settings, name);
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'This queue is itself a dead-letter queue.',
  });
  return { name, queue };
}

const makeQueue = (
  scope: Construct,
  id: string,
  { prefix }: Settings,
  name: QueueName,
  props: Partial<Pick<WorkQueueOptions, 'visibilityTimeout' | 'deadLetterQueue'>> = {},
): Queue =>
  new Queue(scope, id, {
    queueName: `${prefix}-${name}`,
    ...(name.endsWith('.fifo') && { fifo: true }),
    retentionPeriod: Duration.days(14),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    ...props,
  });

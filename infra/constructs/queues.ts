import { Duration, Validations } from 'aws-cdk-lib';
import { type DeadLetterQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
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
  /** Of the function that works it off. */
  readonly consumerTimeout: Duration;
  readonly deadLetterQueue: DeadLetterQueue;
}

/**
 * A queue that a function works off; a name ending in `.fifo` makes it FIFO. What is in it is kept for as long as SQS allows.
 * A message that a function took stays invisible for six times what the function may take, so that Lambda can try again
 * where the function is throttled.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function workQueue(scope: Construct, id: string, options: WorkQueueOptions): NamedQueue {
  const { settings, name, consumerTimeout, deadLetterQueue } = options;
  const visibilityTimeout = Duration.seconds(6 * consumerTimeout.toSeconds());
  return { name, queue: makeQueue(scope, id, settings, name, { visibilityTimeout, deadLetterQueue }) };
}

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
  props: Pick<QueueProps, 'visibilityTimeout' | 'deadLetterQueue'> = {},
): Queue =>
  new Queue(scope, id, {
    queueName: `${prefix}-${name}`,
    ...(name.endsWith('.fifo') && { fifo: true }),
    retentionPeriod: Duration.days(14),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    ...props,
  });

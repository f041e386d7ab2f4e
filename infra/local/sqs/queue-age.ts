import type { SqsMessage, SqsQueue } from './fauxqs.ts';

/** SQS tells the age of the oldest message that a standard queue has not handed out more often than this. */
const mostReceives = 3;

/**
 * When the message was sent that ApproximateAgeOfOldestMessage is about: the oldest that is not deleted, in flight or not.
 * On a dead-letter queue it counts from when the message was moved there.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function oldestSentAt(queue: SqsQueue): Date | undefined {
  const inFlight = [...queue.inflightMessages.values()].map(({ message }) => message);
  const groups = [...queue.fifoMessages.values(), ...queue.fifoDelayed.values()];
  let oldest: number | undefined;
  const look = (message: SqsMessage): void => {
    if (!queue.isFifo() && !message.buriedAt && message.approximateReceiveCount > mostReceives) return;
    const since = message.buriedAt ?? message.sentTimestamp;
    if (oldest === undefined || since < oldest) oldest = since;
  };
  for (const messages of [queue.messages, queue.delayedMessages, inFlight, ...groups]) messages.forEach(look);
  return oldest === undefined ? undefined : new Date(oldest);
}

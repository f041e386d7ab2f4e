import type { SqsMessage, SqsQueue, SqsStore } from './fauxqs.ts';

/** How long one wait for messages takes at most; the next follows. */
const waitSeconds = 20;

/** SQS tells the age of the oldest message that a standard queue has not handed out more often than this. */
const maxToldReceiveCount = 3;

export interface ReceivedMessage {
  readonly receiptHandle: string;
  readonly message: SqsMessage;
}

export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** A queue as the other services use it, without going through the API. */
export interface LocalQueue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  depth(): QueueDepth;
  /**
   * When the message was sent that ApproximateAgeOfOldestMessage is about: the oldest that is not deleted, in flight or
   * not. On a dead-letter queue it counts from when the message was moved there. Undefined in an empty queue.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
   */
  oldestSentAt(): Date | undefined;
  /** Receives at most `max` messages; messages beyond their last try go to the dead-letter queue instead. */
  receive(max: number): ReceivedMessage[];
  delete(receiptHandle: string): void;
  /** Says that a received message is not worked on any more; it comes back after its visibility time-out. */
  leave(receiptHandle: string): void;
  /** Brings what is delayed or invisible so much nearer, except what is being worked on. */
  passTime(ms: number): void;
  /** Resolves once a message may be there to receive, or when `signal` aborts. */
  available(signal: AbortSignal): Promise<void>;
}

const lengthOf = (groups: ReadonlyMap<string, readonly SqsMessage[]>): number =>
  [...groups.values()].reduce((sum, messages) => sum + messages.length, 0);

/** @param movedAt when messages came to a dead-letter queue, of all queues together */
export function localQueue(queue: SqsQueue, store: SqsStore, movedAt: WeakMap<SqsMessage, number>): LocalQueue {
  /** The dead-letter queue, as it takes what this queue gives up. */
  function deadLetterQueue(arn: string): SqsQueue | undefined {
    const target = store.getQueueByArn(arn);
    if (!target) return undefined;
    const view: SqsQueue = Object.create(target);
    view.enqueue = (message) => {
      // fauxqs counts the receive that moved the message; SQS counts receives by consumers only.
      message.approximateReceiveCount -= 1;
      movedAt.set(message, Date.now());
      target.enqueue(message);
    };
    return view;
  }
  const beingWorkedOn = new Set<string>();
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (max, visibilityTimeout) => dequeue(max, visibilityTimeout, deadLetterQueue);

  return {
    name: queue.name,
    arn: queue.arn,
    url: queue.url,
    depth: () => ({
      visible: queue.messages.length + lengthOf(queue.fifoMessages),
      inFlight: queue.inflightMessages.size,
      delayed: queue.delayedMessages.length + lengthOf(queue.fifoDelayed),
    }),
    oldestSentAt() {
      const { ready, delayed, inflight } = queue.inspectMessages();
      let oldest = Infinity;
      for (const message of [...ready, ...delayed, ...inflight.map((entry) => entry.message)]) {
        const moved = movedAt.get(message);
        if (!queue.isFifo() && !moved && message.approximateReceiveCount > maxToldReceiveCount) continue;
        oldest = Math.min(oldest, moved ?? message.sentTimestamp);
      }
      return oldest === Infinity ? undefined : new Date(oldest);
    },
    receive(max) {
      const received: ReceivedMessage[] = [];
      while (received.length < max) {
        const batch = queue.dequeue(max - received.length);
        for (const { ReceiptHandle: receiptHandle } of batch) {
          const message = queue.inflightMessages.get(receiptHandle)?.message;
          if (!message) continue;
          beingWorkedOn.add(receiptHandle);
          received.push({ receiptHandle, message });
        }
        // A message that went to the dead-letter queue leaves a short batch with more behind it.
        if (batch.length === 0 && (queue.isFifo() || queue.messages.length === 0)) break;
      }
      return received;
    },
    delete(receiptHandle) {
      beingWorkedOn.delete(receiptHandle);
      queue.deleteMessage(receiptHandle);
    },
    leave: (receiptHandle) => void beingWorkedOn.delete(receiptHandle),
    passTime(ms) {
      for (const [receiptHandle, entry] of queue.inflightMessages) {
        if (!beingWorkedOn.has(receiptHandle)) entry.visibilityDeadline -= ms;
      }
      for (const message of queue.inspectMessages().delayed) {
        if (message.delayUntil !== undefined) message.delayUntil -= ms;
      }
      queue.processTimers();
    },
    async available(signal) {
      if (signal.aborted || queue.messages.length > 0) return;
      const abandon = (): void => queue.cancelWaiters();
      signal.addEventListener('abort', abandon, { once: true });
      const waiting = queue.waitForMessages(waitSeconds);
      queue.processTimers();
      await waiting;
      signal.removeEventListener('abort', abandon);
    },
  };
}

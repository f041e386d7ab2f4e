import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import { openFauxqs, openPersistence, type Persistence, type SqsMessage, type SqsQueue } from './fauxqs.ts';
import { oldestSentAt } from './queue-age.ts';

/** How often a queue with messages in flight or delayed looks whether one is due. Others need no looking. */
const dueCheckMs = 25;

export interface ReceivedMessage {
  readonly receiptHandle: string;
  readonly message: SqsMessage;
}

export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** A queue as the rest of the runner uses it, without going through the API. */
export interface LocalQueue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  depth(): QueueDepth;
  /** When the message that CloudWatch would tell the age of was sent; undefined in an empty queue. */
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

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LocalQueues {
  /** Answers one request of the SQS API as it goes over the wire. */
  sqs(headers: Record<string, string | undefined>, body: unknown): Promise<RawReply>;
  /** Answers one request of the SNS API (query protocol). */
  sns(headers: Record<string, string | undefined>, body: unknown): Promise<RawReply>;
  /** @throws AwsError as SendMessage would */
  send(
    queueUrl: string,
    body: string,
    options?: { groupId?: string; attributes?: Record<string, string> },
  ): Promise<void>;
  publish(topicArn: string, message: string, subject?: string): Promise<void>;
  /** Creates the queue, or gives an earlier run's queue these attributes. */
  createQueue(name: string, arn: string, url: string, attributes: Record<string, string>): LocalQueue;
  createTopic(name: string, region: string): void;
  subscribe(topicArn: string, queueArn: string, attributes: Record<string, string>): void;
  byArn(arn: string): LocalQueue | undefined;
  all(): readonly LocalQueue[];
  close(): void;
}

const sqsFailure = z.looseObject({ __type: z.string(), message: z.string().default('') });

function openStorage(dataDir: string, urlBase: string): Persistence {
  const persistence = openPersistence(dataDir);
  const { db } = persistence;
  // The write-ahead log survives the death of the process without a sync to disk at every message.
  db.exec('PRAGMA synchronous = NORMAL');
  db.exec('CREATE TABLE IF NOT EXISTS dead_letter_sources (message_id TEXT PRIMARY KEY, source_arn TEXT NOT NULL)');
  db.exec('DELETE FROM dead_letter_sources WHERE message_id NOT IN (SELECT message_id FROM sqs_messages)');
  // Whoever had received these messages is gone.
  db.exec('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL');
  db.prepare("UPDATE sqs_queues SET url = ? || '/' || name").run(urlBase);
  // fauxqs would also clear the receive count, which its own schema forbids.
  const makeReady = db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => {
    makeReady.run(messageId);
  };
  return persistence;
}

/**
 * SQS and SNS on one machine. With `dataDir`, queues and messages survive the process, and whatever was in flight
 * when it ended is visible again at the next start, with the receive count it had.
 *
 * @param urlBase what precedes a queue's name in its URL
 */
export function startQueues(options: { dataDir: string | undefined; urlBase: string; region: string }): LocalQueues {
  const { sqs, sns, sqsRouter, snsRouter } = openFauxqs();
  sqs.host = '';
  sqs.region = options.region;
  sns.region = options.region;
  const queues = new Map<string, LocalQueue>();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
  const persistence = options.dataDir ? openStorage(options.dataDir, options.urlBase) : undefined;
  const rememberSource = persistence?.db.prepare('INSERT OR REPLACE INTO dead_letter_sources VALUES (?, ?)');

  function fifoCount(groups: Map<string, SqsMessage[]>): number {
    let count = 0;
    for (const messages of groups.values()) count += messages.length;
    return count;
  }

  function wrap(queue: SqsQueue): LocalQueue {
    let timer: NodeJS.Timeout | undefined;
    const watchDue = (): void => {
      const waiting = queue.inflightMessages.size > 0 || queue.delayedMessages.length > 0 || queue.fifoDelayed.size > 0;
      if (timer || !waiting || queue.pollWaiters.length === 0) return;
      timer = setTimeout(() => {
        if (timer) timers.delete(timer);
        timer = undefined;
        queue.processTimers();
        watchDue();
      }, dueCheckMs);
      timers.add(timer);
    };

    const dequeue = queue.dequeue.bind(queue);
    queue.dequeue = (max, visibilityTimeout, _resolver) => {
      const received = dequeue(max, visibilityTimeout, (arn) => {
        const target = sqs.getQueueByArn(arn);
        return target && { enqueue: (message) => bury(message, queue.arn, target) };
      });
      watchDue();
      return received;
    };
    for (const change of ['enqueue', 'changeVisibility'] as const) {
      const original: (...parameters: never[]) => void = queue[change].bind(queue);
      queue[change] = (...parameters: never[]) => {
        original(...parameters);
        watchDue();
      };
    }

    const beingWorkedOn = new Set<string>();
    const hasMessages = (): boolean => queue.messages.length > 0 || queue.fifoMessages.size > 0;
    return {
      name: queue.name,
      arn: queue.arn,
      url: queue.url,
      depth: () => ({
        visible: queue.messages.length + fifoCount(queue.fifoMessages),
        inFlight: queue.inflightMessages.size,
        delayed: queue.delayedMessages.length + fifoCount(queue.fifoDelayed),
      }),
      oldestSentAt: () => oldestSentAt(queue),
      receive(max) {
        const received: ReceivedMessage[] = [];
        while (received.length < max) {
          const batch = queue.dequeue(Math.min(10, max - received.length), undefined, () => undefined);
          for (const { ReceiptHandle: receiptHandle } of batch) {
            const message = queue.inflightMessages.get(receiptHandle)?.message;
            if (!message) continue;
            beingWorkedOn.add(receiptHandle);
            received.push({ receiptHandle, message });
          }
          // A message that went to the dead-letter queue leaves a short batch with more behind it.
          if (batch.length === 0 && (queue.isFifo() || !hasMessages())) break;
        }
        return received;
      },
      delete(receiptHandle) {
        beingWorkedOn.delete(receiptHandle);
        if (!closed) queue.deleteMessage(receiptHandle);
      },
      leave: (receiptHandle) => void beingWorkedOn.delete(receiptHandle),
      passTime(ms) {
        for (const [receiptHandle, entry] of queue.inflightMessages) {
          if (!beingWorkedOn.has(receiptHandle)) entry.visibilityDeadline -= ms;
        }
        for (const message of [...queue.delayedMessages, ...[...queue.fifoDelayed.values()].flat()]) {
          if (message.delayUntil !== undefined) message.delayUntil -= ms;
        }
        queue.processTimers();
      },
      available(signal) {
        if (signal.aborted || queue.messages.length > 0) return Promise.resolve();
        return new Promise((resolve) => {
          const waiter = {
            timer: undefined,
            resolve: () => {
              signal.removeEventListener('abort', abandon);
              resolve();
            },
          };
          const abandon = (): void => {
            const at = queue.pollWaiters.indexOf(waiter);
            if (at >= 0) queue.pollWaiters.splice(at, 1);
            resolve();
          };
          signal.addEventListener('abort', abandon, { once: true });
          queue.pollWaiters.push(waiter);
          queue.processTimers();
          watchDue();
        });
      },
    };
  }

  function bury(message: SqsMessage, sourceArn: string, target: SqsQueue): void {
    // fauxqs counts the receive that moved the message; SQS counts receives by consumers only.
    message.approximateReceiveCount -= 1;
    message.deadLetterSourceArn = sourceArn;
    message.buriedAt = Date.now();
    rememberSource?.run(message.messageId, sourceArn);
    target.enqueue(message);
  }

  if (persistence) {
    persistence.loadSqsAndSns(sqs, sns);
    sqs.persistence = persistence;
    sns.persistence = persistence;
    const sources = new Map(
      persistence.db
        .prepare('SELECT message_id, source_arn FROM dead_letter_sources')
        .all()
        .map((row) => [String(row.message_id), String(row.source_arn)]),
    );
    for (const queue of sqs.allQueues()) {
      queue.persistence = persistence;
      for (const message of [...queue.messages, ...[...queue.fifoMessages.values()].flat()]) {
        const source = sources.get(message.messageId);
        if (source) message.deadLetterSourceArn = source;
        const recent = message.sentTimestamp > Date.now() - 300_000;
        if (message.messageDeduplicationId && recent && !source) {
          queue.recordDeduplication(message.messageDeduplicationId, message.messageId, message.sequenceNumber);
        }
      }
      queues.set(queue.arn, wrap(queue));
    }
  }

  async function answer(
    router: typeof sqsRouter,
    headers: Record<string, string | undefined>,
    body: unknown,
  ): Promise<RawReply> {
    let status = 200;
    const replyHeaders: Record<string, string> = {};
    const reply = {
      status: (code: number) => {
        status = code;
      },
      header: (name: string, value: string) => {
        replyHeaders[name] = value;
      },
    };
    const result = await router.handle({ headers, body }, reply);
    return { status, headers: replyHeaders, body: typeof result === 'string' ? result : JSON.stringify(result) };
  }

  return {
    async sqs(headers, body) {
      const reply = await answer(sqsRouter, headers, body);
      for (const queue of sqs.allQueues()) if (!queues.has(queue.arn)) queues.set(queue.arn, wrap(queue));
      return reply;
    },
    sns: (headers, body) => answer(snsRouter, headers, body),
    async send(queueUrl, body, { groupId, attributes = {} } = {}) {
      const messageAttributes = Object.entries(attributes).map(
        ([name, value]) => [name, { DataType: 'String', StringValue: value }] as const,
      );
      const request = {
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(messageAttributes),
        ...(groupId ? { MessageGroupId: groupId, MessageDeduplicationId: randomUUID() } : {}),
      };
      const reply = await answer(sqsRouter, { 'x-amz-target': 'AmazonSQS.SendMessage' }, request);
      if (reply.status >= 400) {
        const failure = sqsFailure.parse(JSON.parse(reply.body));
        throw new AwsError(failure.__type, failure.message, reply.status);
      }
    },
    async publish(topicArn, message, subject) {
      const request = { Action: 'Publish', TopicArn: topicArn, Message: message };
      const reply = await answer(snsRouter, {}, subject === undefined ? request : { ...request, Subject: subject });
      if (reply.status >= 400) throw new AwsError('NotFoundException', `SNS refused to publish to ${topicArn}`);
    },
    createQueue(name, arn, url, attributes) {
      const existing = sqs.getQueueByArn(arn);
      if (existing) {
        existing.setAttributes(attributes);
      } else {
        sqs.createQueue(name, url, arn, attributes);
      }
      const created = sqs.getQueueByArn(arn);
      const queue = queues.get(arn) ?? (created && wrap(created));
      if (!queue) throw new AwsError('InternalError', `Queue ${name} could not be created`, 500);
      queues.set(arn, queue);
      return queue;
    },
    createTopic(name, region) {
      if (!sns.getTopic(`arn:aws:sns:${region}:000000000000:${name}`)) sns.createTopic(name, {}, {}, region);
    },
    subscribe(topicArn, queueArn, attributes) {
      const { subscriptions } = sns.listSubscriptionsByTopic(topicArn);
      if (subscriptions.some(({ protocol, endpoint }) => protocol === 'sqs' && endpoint === queueArn)) return;
      sns.subscribe(topicArn, 'sqs', queueArn, attributes);
    },
    byArn: (arn) => queues.get(arn),
    all: () => [...queues.values()],
    close() {
      closed = true;
      sqs.shutdown();
      for (const timer of timers) clearTimeout(timer);
      persistence?.close();
    },
  };
}

import { createRequire, findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

export interface SqsMessage {
  messageId: string;
  body: string;
  md5OfBody: string;
  messageAttributes: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>;
  sentTimestamp: number;
  delayUntil?: number;
  approximateReceiveCount: number;
  approximateFirstReceiveTimestamp?: number;
  messageGroupId?: string;
  messageDeduplicationId?: string;
  sequenceNumber?: string;
  /** Ours: the queue that gave up on the message, once it is on a dead-letter queue. */
  deadLetterSourceArn?: string;
  /** Ours: epoch milliseconds at which it was moved to the dead-letter queue. */
  buriedAt?: number;
}

interface DeadLetterTarget {
  enqueue(message: SqsMessage): void;
}

export interface SqsQueue extends DeadLetterTarget {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  attributes: Record<string, string>;
  messages: SqsMessage[];
  delayedMessages: SqsMessage[];
  inflightMessages: Map<string, { message: SqsMessage; receiptHandle: string; visibilityDeadline: number }>;
  fifoMessages: Map<string, SqsMessage[]>;
  fifoDelayed: Map<string, SqsMessage[]>;
  pollWaiters: { resolve: () => void; timer: NodeJS.Timeout | undefined }[];
  persistence?: Persistence;
  isFifo(): boolean;
  dequeue(
    maxCount: number,
    visibilityTimeout: number | undefined,
    deadLetterQueue: (arn: string) => DeadLetterTarget | undefined,
  ): { MessageId: string; ReceiptHandle: string }[];
  deleteMessage(receiptHandle: string): boolean;
  changeVisibility(receiptHandle: string, timeoutSeconds: number): void;
  processTimers(): void;
  recordDeduplication(id: string, messageId: string, sequenceNumber?: string): void;
  setAttributes(attributes: Record<string, string>): void;
}

export interface SqsStore {
  host: string;
  region?: string;
  persistence?: Persistence;
  createQueue(name: string, url: string, arn: string, attributes: Record<string, string>): SqsQueue;
  allQueues(): Iterable<SqsQueue>;
  getQueueByArn(arn: string): SqsQueue | undefined;
  shutdown(): void;
}

export interface SnsStore {
  region?: string;
  persistence?: Persistence;
  createTopic(
    name: string,
    attributes: Record<string, string>,
    tags: Record<string, string>,
    region: string,
  ): { arn: string };
  getTopic(arn: string): { arn: string } | undefined;
  listSubscriptionsByTopic(arn: string): { subscriptions: { protocol: string; endpoint: string }[] };
  subscribe(arn: string, protocol: string, endpoint: string, attributes: Record<string, string>): unknown;
}

export interface Persistence {
  db: DatabaseSync;
  loadSqsAndSns(sqs: SqsStore, sns: SnsStore): void;
  updateMessageReady(messageId: string): void;
  close(): void;
}

interface Request {
  headers: Record<string, string | undefined>;
  body: unknown;
}

interface Reply {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

export interface Router {
  register(action: string, handler: unknown): void;
  handle(request: Request, reply: Reply): Promise<unknown>;
}

// fauxqs exports only its server, which listens on a port of its own. Its stores and request handlers are used
// directly, so that a message crosses one server only and event source mappings can wait on a queue without polling.
const require = createRequire(import.meta.url);
const root = join(dirname(findPackageJSON('fauxqs', import.meta.url) ?? ''), 'dist');

const stores: { SqsStore: new () => SqsStore } = require(join(root, 'sqs/sqsStore.js'));
const snsStores: { SnsStore: new () => SnsStore } = require(join(root, 'sns/snsStore.js'));
const sqsRouters: { SqsRouter: new (store: SqsStore) => Router } = require(join(root, 'sqs/sqsRouter.js'));
const snsRouters: { SnsRouter: new (sns: SnsStore, sqs: SqsStore) => Router } = require(join(root, 'sns/snsRouter.js'));
const persistences: { PersistenceManager: new (dataDir: string) => Persistence } = require(
  join(root, 'persistence.js'),
);

const sqsActions = [
  'CreateQueue',
  'DeleteQueue',
  'GetQueueUrl',
  'ListQueues',
  'GetQueueAttributes',
  'SetQueueAttributes',
  'PurgeQueue',
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'SendMessageBatch',
  'DeleteMessageBatch',
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'TagQueue',
  'UntagQueue',
  'ListQueueTags',
];
/** SNS actions by the file that holds them. */
const snsActions: Readonly<Record<string, readonly string[]>> = {
  createTopic: ['CreateTopic'],
  listTopics: ['ListTopics'],
  getTopicAttributes: ['GetTopicAttributes'],
  subscribe: ['Subscribe'],
  unsubscribe: ['Unsubscribe'],
  listSubscriptions: ['ListSubscriptions', 'ListSubscriptionsByTopic'],
  publish: ['Publish', 'PublishBatch'],
};

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export interface Fauxqs {
  readonly sqs: SqsStore;
  readonly sns: SnsStore;
  readonly sqsRouter: Router;
  readonly snsRouter: Router;
}

export function openFauxqs(): Fauxqs {
  const sqs = new stores.SqsStore();
  const sns = new snsStores.SnsStore();
  const sqsRouter = new sqsRouters.SqsRouter(sqs);
  for (const action of sqsActions) {
    const file: Record<string, unknown> = require(join(root, 'sqs/actions', `${lowerFirst(action)}.js`));
    sqsRouter.register(action, file[lowerFirst(action)]);
  }
  const snsRouter = new snsRouters.SnsRouter(sns, sqs);
  for (const [name, actions] of Object.entries(snsActions)) {
    const file: Record<string, unknown> = require(join(root, 'sns/actions', `${name}.js`));
    for (const action of actions) snsRouter.register(action, file[lowerFirst(action)]);
  }
  return { sqs, sns, sqsRouter, snsRouter };
}

export function openPersistence(dataDir: string): Persistence {
  return new persistences.PersistenceManager(dataDir);
}

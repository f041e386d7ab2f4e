import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, unsupportedOperation } from '../aws-error.ts';
import { ofType } from '../cloudformation/template-resource.ts';
import { refuse } from '../intercept.ts';
import type { LocalService, LocalWorld } from '../local-service.ts';
import { persist, SqsError, type SqsMessage, SqsStore, sqsActions } from './fauxqs.ts';
import { type LocalQueue, localQueue } from './queue.ts';

/** Attributes that come as text over the wire. */
const attribute = z.union([z.number(), z.boolean(), z.string()]).transform(String).optional();

const queueSchema = z.strictObject({
  QueueName: z.string().optional(),
  FifoQueue: attribute,
  ContentBasedDeduplication: attribute,
  DelaySeconds: attribute,
  MessageRetentionPeriod: attribute,
  VisibilityTimeout: attribute,
  RedrivePolicy: z
    .strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int() })
    .optional(),
});
const inertProperties = ['SqsManagedSseEnabled', 'Tags'];

/** FIFO queues take the same message once within this time. */
const deduplicationMs = 5 * 60_000;

export interface LocalSqs extends LocalService {
  execute(operation: string, body: Record<string, unknown>): Promise<unknown>;
  /** @throws AwsError as SendMessage would */
  send(queueUrl: string, body: string, options?: { attributes?: Record<string, string> }): Promise<void>;
  /** What delivers to a queue as another service would, through fault injection; undefined when there is no such queue. */
  target(arn: string, groupId?: string): ((payload: string) => Promise<void>) | undefined;
  byArn(arn: string): LocalQueue | undefined;
  all(): readonly LocalQueue[];
}

/**
 * SQS on one machine. With a data directory queues and messages survive the process, and whatever was in flight when it
 * ended is visible again at the next start, with the receive count it had.
 */
export function startSqs(world: LocalWorld): LocalSqs {
  const store = new SqsStore();
  store.region = world.region;
  const dataDir = world.path('queues');
  const persistence = dataDir ? persist(store, dataDir, `${world.endpoint}/${world.accountId}`) : undefined;
  const queues = new Map<string, LocalQueue>();
  const movedAt = new WeakMap<SqsMessage, number>();

  for (const queue of store.allQueues()) {
    for (const message of queue.inspectMessages().ready) {
      const { messageDeduplicationId: id, messageId, sequenceNumber, sentTimestamp } = message;
      if (id && sentTimestamp > Date.now() - deduplicationMs) queue.recordDeduplication(id, messageId, sequenceNumber);
    }
  }

  // Queues stamp with the machine's clock: what they hold back comes back by the clock that is turned.
  const leaveClock = world.clock.onTurn?.({
    turned(ms) {
      for (const queue of queues.values()) queue.passTime(ms);
    },
  });

  async function execute(operation: string, body: Record<string, unknown>): Promise<unknown> {
    const run = sqsActions.get(operation);
    if (!run) throw unsupportedOperation('SQS', operation);
    try {
      return await run(body, store, { headers: {} });
    } catch (error) {
      if (error instanceof SqsError) throw new AwsError(error.code, error.message, error.statusCode);
      throw error;
    }
  }

  async function send(QueueUrl: string, MessageBody: string, more: object): Promise<void> {
    await execute('SendMessage', { QueueUrl, MessageBody, ...more });
  }

  return {
    provision(resources) {
      for (const resource of ofType(resources, 'AWS::SQS::Queue')) {
        const { QueueName: _name, RedrivePolicy, ...properties } = resource.properties(queueSchema, inertProperties);
        const attributes = {
          ...Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)),
          RedrivePolicy: RedrivePolicy ? JSON.stringify(RedrivePolicy) : '',
        };
        const arn = resource.attribute('Arn');
        const existing = store.getQueueByArn(arn);
        existing?.setAttributes(attributes);
        const queue =
          existing ?? store.createQueue(resource.attribute('QueueName'), resource.physicalId, arn, attributes);
        queues.set(arn, localQueue(queue, store, movedAt));
      }
    },
    execute,
    send(queueUrl, body, { attributes = {} } = {}) {
      const named = Object.entries(attributes).map(
        ([name, value]) => [name, { DataType: 'String', StringValue: value }] as const,
      );
      return send(queueUrl, body, { MessageAttributes: Object.fromEntries(named) });
    },
    target(arn, MessageGroupId) {
      const queue = queues.get(arn);
      if (!queue) return undefined;
      const fifo = MessageGroupId === undefined ? {} : { MessageGroupId, MessageDeduplicationId: randomUUID() };
      return async (payload) => {
        const body = { QueueUrl: queue.url, MessageBody: payload };
        await refuse(world.intercept, { service: 'sqs', operation: 'SendMessage', body });
        await send(queue.url, payload, fifo);
      };
    },
    byArn: (arn) => queues.get(arn),
    all: () => [...queues.values()],
    close() {
      leaveClock?.();
      store.shutdown();
      persistence?.close();
    },
  };
}

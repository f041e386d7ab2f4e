import * as z from 'zod';
import { matchesPattern } from '../eventbridge/event-pattern.ts';
import type { LocalQueue, ReceivedMessage } from '../sqs/queues.ts';
import type { FunctionPool, InvocationOutcome } from './function-pool.ts';

/** Something that feeds a function from a queue or a stream until it is stopped. */
export interface EventSource {
  /** Whether there is nothing to do: no work waiting, in flight or being processed. */
  idle(): boolean;
  /** Stops taking new work at once; resolves when what was running has ended and is accounted for. */
  stop(): Promise<void>;
}

const partialResponse = z.looseObject({
  batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string().nullish() })).nullish(),
});

/**
 * Which items of a batch failed, by what the function answered.
 *
 * @returns identifiers of the failed items, or 'all'
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function batchFailures(
  outcome: InvocationOutcome,
  reportsFailures: boolean,
  ids: ReadonlySet<string>,
): Set<string> | 'all' {
  if (!outcome.ok) return 'all';
  if (!reportsFailures) return new Set();
  const answer: unknown = JSON.parse(outcome.payload);
  if (answer === null || answer === '') return new Set();
  const parsed = partialResponse.safeParse(answer);
  if (!parsed.success) return 'all';
  const failed = (parsed.data.batchItemFailures ?? []).map((failure) => failure.itemIdentifier ?? '');
  return failed.every((id) => ids.has(id)) ? new Set(failed) : 'all';
}

function lambdaRecord(
  { receiptHandle, message }: ReceivedMessage,
  queue: LocalQueue,
  region: string,
): Record<string, unknown> {
  const attributes = {
    ApproximateReceiveCount: String(message.approximateReceiveCount),
    SentTimestamp: String(message.sentTimestamp),
    SenderId: '000000000000',
    ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp ?? Date.now()),
    SequenceNumber: message.sequenceNumber,
    MessageGroupId: message.messageGroupId,
    MessageDeduplicationId: message.messageDeduplicationId,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  };
  const messageAttributes = Object.entries(message.messageAttributes).map(([name, value]) => [
    name,
    {
      ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
      ...(value.BinaryValue === undefined ? {} : { binaryValue: value.BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: value.DataType,
    },
  ]);
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes,
    messageAttributes: Object.fromEntries(messageAttributes),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: region,
  };
}

function bodyAsJson(record: Record<string, unknown>): unknown {
  try {
    return { ...record, body: JSON.parse(String(record.body)) };
  } catch {
    return record;
  }
}

/**
 * Feeds a function from a queue as Lambda's pollers do: batches, at most `concurrency` at a time; what was processed
 * is deleted, what failed is left to the queue's visibility time-out.
 */
export function startQueueMapping(options: {
  queue: LocalQueue;
  pool: FunctionPool;
  region: string;
  batchSize: number;
  batchingWindowMs: number;
  concurrency: number;
  reportsFailures: boolean;
  filters: readonly Record<string, unknown>[];
}): EventSource {
  const { queue, pool, filters } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let slotFreed: (() => void) | undefined;

  async function process(batch: readonly ReceivedMessage[]): Promise<void> {
    const accepted = batch
      .map((received) => ({ received, record: lambdaRecord(received, queue, options.region) }))
      .filter(({ received, record }) => {
        const wanted = filters.length === 0 || filters.some((filter) => matchesPattern(filter, bodyAsJson(record)));
        // Lambda deletes what the filter turns away.
        if (!wanted) queue.delete(received.receiptHandle);
        return wanted;
      });
    if (accepted.length === 0) return;
    const outcome = await pool.invoke(JSON.stringify({ Records: accepted.map(({ record }) => record) }));
    const ids = new Set(accepted.map(({ received }) => received.message.messageId));
    const failed = batchFailures(outcome, options.reportsFailures, ids);
    for (const { received } of accepted) {
      if (failed === 'all' || failed.has(received.message.messageId)) queue.leave(received.receiptHandle);
      else queue.delete(received.receiptHandle);
    }
  }

  async function collect(): Promise<ReceivedMessage[]> {
    const batch = queue.receive(options.batchSize);
    if (batch.length === 0 || options.batchingWindowMs === 0) return batch;
    const window = AbortSignal.any([stopping.signal, AbortSignal.timeout(options.batchingWindowMs)]);
    while (batch.length < options.batchSize && !window.aborted) {
      await queue.available(window);
      batch.push(...queue.receive(options.batchSize - batch.length));
    }
    return batch;
  }

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (running.size >= options.concurrency) {
        await new Promise<void>((resolve) => {
          slotFreed = resolve;
        });
        continue;
      }
      await queue.available(stopping.signal);
      if (stopping.signal.aborted) return;
      const batch = await collect();
      if (batch.length === 0) continue;
      const work = process(batch).finally(() => {
        running.delete(work);
        slotFreed?.();
      });
      running.add(work);
    }
  }
  const polling = poll();

  return {
    idle: () => {
      const depth = queue.depth();
      return running.size === 0 && depth.visible + depth.inFlight + depth.delayed === 0;
    },
    async stop() {
      stopping.abort();
      slotFreed?.();
      await polling;
      await Promise.all(running);
    },
  };
}

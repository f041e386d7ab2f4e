import type { LocalQueue, ReceivedMessage } from '../sqs/queue.ts';
import { batchFailures, type EventSource } from './event-source.ts';
import type { FunctionPool } from './function-pool.ts';

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

/**
 * Feeds a function from a queue as Lambda's pollers do: batches, at most `concurrency` at a time; what was processed
 * is deleted, what failed is left to the queue's visibility time-out.
 */
export function startQueueMapping(options: {
  queue: LocalQueue;
  pool: FunctionPool;
  region: string;
  batchSize: number;
  concurrency: number;
  reportsFailures: boolean;
}): EventSource {
  const { queue, pool, region } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let slotFreed: (() => void) | undefined;

  async function process(batch: readonly ReceivedMessage[]): Promise<void> {
    const Records = batch.map((received) => lambdaRecord(received, queue, region));
    const outcome = await pool.invoke(JSON.stringify({ Records }));
    const ids = new Set(batch.map(({ message }) => message.messageId));
    const failed = batchFailures(outcome, options.reportsFailures, ids);
    for (const { receiptHandle, message } of batch) {
      if (failed === 'all' || failed.has(message.messageId)) queue.leave(receiptHandle);
      else queue.delete(receiptHandle);
    }
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
      const batch = queue.receive(options.batchSize);
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

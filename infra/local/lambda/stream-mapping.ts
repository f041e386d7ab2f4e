import { setTimeout as delay } from 'node:timers/promises';
import type { StreamLog, StreamRecord } from '../dynamodb/stream-log.ts';
import { batchFailures, type EventSource } from './event-source.ts';
import type { FunctionPool } from './function-pool.ts';

const firstRetryMs = 100;
const maxRetryMs = 5000;

/**
 * Feeds a function from a table's stream as Lambda does: in order, one batch at a time, again and again until the function
 * succeeds. The checkpoint moves only past records that were processed, so that a restart loses none.
 *
 * @param options.onBatch told of each batch that the function is given, and when its newest record was written
 */
export function startStreamMapping(options: {
  readonly id: string;
  readonly stream: StreamLog;
  readonly pool: FunctionPool;
  readonly region: string;
  readonly batchSize: number;
  readonly reportsFailures: boolean;
  onBatch(newest: Date): void;
}): EventSource {
  const { stream, pool, id } = options;
  stream.register(id);
  const stopping = new AbortController();
  let running = true;

  /** Number of records at the start of the batch that were processed. */
  async function processed(batch: readonly StreamRecord[]): Promise<number> {
    const Records = batch.map((record) => ({
      ...record,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: options.region,
      eventSourceARN: stream.arn,
    }));
    const newest = batch.at(-1);
    if (newest) options.onBatch(stream.writtenAt(newest));
    const outcome = await pool.invoke(JSON.stringify({ Records }));
    const numbers = batch.map((record) => record.dynamodb.SequenceNumber);
    const failed = batchFailures(outcome, options.reportsFailures, new Set(numbers));
    if (failed === 'all') return 0;
    const first = numbers.findIndex((number) => failed.has(number));
    return first < 0 ? batch.length : first;
  }

  /** Works through one batch; resolves when each record was processed, or at the stop. */
  async function work(batch: readonly StreamRecord[]): Promise<void> {
    let waitMs = firstRetryMs;
    for (let rest = batch; rest.length > 0 && !stopping.signal.aborted; ) {
      const done = await processed(rest);
      const last = rest[done - 1];
      if (last) {
        stream.checkpoint(id, last.dynamodb.SequenceNumber);
        waitMs = firstRetryMs;
      }
      rest = rest.slice(done);
      if (rest.length === 0) return;
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      waitMs = Math.min(maxRetryMs, waitMs * 2);
    }
  }

  let written = 0;
  let wake: (() => void) | undefined;
  const notice = (): void => {
    written += 1;
    wake?.();
  };
  stream.events.on('record', notice);
  stopping.signal.addEventListener('abort', notice);

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      const seen = written;
      const batch = stream.read(id, options.batchSize);
      if (batch.length > 0) {
        await work(batch);
        continue;
      }
      if (written !== seen) continue;
      running = false;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      running = true;
    }
    running = false;
    stream.events.off('record', notice);
  }
  const polling = poll();

  return {
    idle: () => !running && stream.caughtUp(id),
    stop() {
      stopping.abort();
      return polling;
    },
  };
}

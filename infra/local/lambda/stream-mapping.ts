import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { StreamLog, StreamRecord } from '../dynamodb/stream-log.ts';
import { matchesPattern } from '../eventbridge/event-pattern.ts';
import type { FunctionPool, InvocationOutcome } from './function-pool.ts';
import { batchFailures, type EventSource } from './queue-mapping.ts';

const firstRetryMs = 100;
const longestRetryMs = 5000;

export interface StreamMappingOptions {
  readonly id: string;
  readonly stream: StreamLog;
  readonly pool: FunctionPool;
  readonly region: string;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly startAt: 'TRIM_HORIZON' | 'LATEST';
  readonly reportsFailures: boolean;
  readonly bisects: boolean;
  /** -1: for ever. */
  readonly maximumRetryAttempts: number;
  /** -1: any age. */
  readonly maximumRecordAgeSeconds: number;
  readonly filters: readonly Record<string, unknown>[];
  /** Sends what was given up to the failure destination, if there is one. */
  readonly onFailure?: (body: string) => Promise<void>;
  /** Told of each batch that the function is given, and when its newest record was written. */
  readonly onBatch?: (newest: Date) => void;
}

/** What Lambda sends to a stream's failure destination: where the records were, not what they said. */
function failureRecord(
  options: StreamMappingOptions,
  batch: readonly StreamRecord[],
  condition: string,
  attempts: number,
): string {
  const time = (record: StreamRecord | undefined): string =>
    new Date((record?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString();
  return JSON.stringify({
    requestContext: {
      requestId: randomUUID(),
      functionArn: options.pool.definition.arn,
      condition,
      approximateInvokeCount: attempts,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000000000000000000-local',
      startSequenceNumber: batch[0]?.dynamodb.SequenceNumber,
      endSequenceNumber: batch.at(-1)?.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: time(batch[0]),
      approximateArrivalOfLastRecord: time(batch.at(-1)),
      batchSize: batch.length,
      streamArn: options.stream.arn,
    },
  });
}

/**
 * Feeds a function from a table's stream as Lambda does: in order, one batch at a time, again and again until the
 * function succeeds, the retries are used up or the records are too old. The checkpoint moves only past records that
 * were processed or given up, so that a restart loses none.
 */
export async function startStreamMapping(options: StreamMappingOptions): Promise<EventSource> {
  const { stream, pool, id } = options;
  await stream.register(id, options.startAt);
  const stopping = new AbortController();
  let running = true;

  const sequences = (batch: readonly StreamRecord[]): string[] => batch.map((record) => record.dynamodb.SequenceNumber);
  const wanted = (record: StreamRecord): boolean =>
    options.filters.length === 0 || options.filters.some((filter) => matchesPattern(filter, record));
  const tooOld = (record: StreamRecord): boolean =>
    options.maximumRecordAgeSeconds >= 0 &&
    record.dynamodb.ApproximateCreationDateTime + options.maximumRecordAgeSeconds < Date.now() / 1000;

  function invoke(batch: readonly StreamRecord[]): Promise<InvocationOutcome> {
    const records = batch.map((record) => ({
      ...record,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: options.region,
      eventSourceARN: stream.arn,
    }));
    const newest = batch.at(-1);
    if (newest) options.onBatch?.(stream.writtenAt(newest));
    return pool.invoke(JSON.stringify({ Records: records }));
  }

  /** Number of records at the start of the batch that were processed. */
  async function processed(batch: readonly StreamRecord[]): Promise<number> {
    const outcome = await invoke(batch);
    const failed = batchFailures(outcome, options.reportsFailures, new Set(sequences(batch)));
    if (failed === 'all') return 0;
    const first = batch.findIndex((record) => failed.has(record.dynamodb.SequenceNumber));
    return first < 0 ? batch.length : first;
  }

  async function giveUp(batch: readonly StreamRecord[], condition: string, attempts: number): Promise<void> {
    await options.onFailure?.(failureRecord(options, batch, condition, attempts));
  }

  /** Works through one batch; resolves when each record was processed or given up, or at the stop. */
  async function work(all: readonly StreamRecord[]): Promise<void> {
    // Parts of the batch still to do, in order; a bisected part counts its tries anew, as Lambda does.
    const parts: { batch: readonly StreamRecord[]; attempts: number }[] = [{ batch: all.filter(wanted), attempts: 0 }];
    let waitMs = firstRetryMs;
    let reached: StreamRecord | undefined;
    for (let part = parts.shift(); part && !stopping.signal.aborted; part = parts.shift()) {
      if (part.batch.length === 0) continue;
      if (part.batch.every(tooOld)) {
        await giveUp(part.batch, 'RecordAgeExceeded', part.attempts);
        continue;
      }
      const done = await processed(part.batch);
      const rest = part.batch.slice(done);
      const last = part.batch[done - 1];
      if (last) {
        await stream.checkpoint(id, last.dynamodb.SequenceNumber);
        reached = last;
        waitMs = firstRetryMs;
      }
      if (rest.length === 0) continue;
      // An invocation that the stop cut short is no failed try.
      if (stopping.signal.aborted) return;
      const attempts = done > 0 ? 1 : part.attempts + 1;
      if (options.bisects && rest.length > 1) {
        const middle = Math.ceil(rest.length / 2);
        parts.unshift({ batch: rest.slice(0, middle), attempts: 0 }, { batch: rest.slice(middle), attempts: 0 });
      } else if (options.maximumRetryAttempts >= 0 && attempts > options.maximumRetryAttempts) {
        await giveUp(rest, 'RetryAttemptsExhausted', attempts);
        await stream.checkpoint(id, rest.at(-1)?.dynamodb.SequenceNumber ?? '');
        continue;
      } else {
        parts.unshift({ batch: rest, attempts });
      }
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      waitMs = Math.min(longestRetryMs, waitMs * 2);
    }
    const last = all.at(-1);
    if (last && last !== reached && !stopping.signal.aborted) await stream.checkpoint(id, last.dynamodb.SequenceNumber);
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
      let batch = await stream.read(id, options.batchSize);
      if (batch.length === 0) {
        if (written !== seen) continue;
        running = false;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        running = true;
        continue;
      }
      if (options.batchingWindowMs > 0 && batch.length < options.batchSize) {
        await delay(options.batchingWindowMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        batch = await stream.read(id, options.batchSize);
      }
      await work(batch);
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

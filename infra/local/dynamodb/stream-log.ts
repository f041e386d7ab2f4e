import { EventEmitter } from 'node:events';
import * as z from 'zod';
import type { AttributeMap, BatchOperation, DynaliteStore, KeySchemaElement } from './dynalite.ts';
import { sameValue } from './same-value.ts';

/** One change of an item, as a stream's consumer receives it (less what names the consumer). */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' };
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: AttributeMap;
    readonly NewImage?: AttributeMap;
    readonly OldImage?: AttributeMap;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: 'NEW_AND_OLD_IMAGES';
  };
}

const storedRecord = z.custom<StreamRecord>(
  (value) => typeof value === 'object' && value !== null && 'dynamodb' in value,
);

/** Sequence numbers are as long as DynamoDB's and all of one length, so that text order is their order. */
const firstSequence = 100_000_000_000_000_000_000n;

export interface StreamLog {
  readonly arn: string;
  /** Tells of new records. */
  readonly events: EventEmitter<{ record: [] }>;
  /**
   * Reserves the place of one write in the stream. What it returns commits in the same batch as the write itself, so
   * that neither can exist without the other; `done` must be called when that batch ended, well or not.
   *
   * @returns undefined when nothing changed or nobody reads the stream: DynamoDB records no write without an effect
   */
  record(
    before: AttributeMap | undefined,
    after: AttributeMap | undefined,
    byTtl: boolean,
  ): { operation: BatchOperation; done(): void } | undefined;
  /** Makes `consumer`, which begins with the oldest record, one of those whose checkpoints keep records in the log. */
  register(consumer: string): Promise<void>;
  /** The next records after the consumer's checkpoint, in order. */
  read(consumer: string, limit: number): Promise<StreamRecord[]>;
  /** Moves the consumer's checkpoint; records that every consumer is past are removed. */
  checkpoint(consumer: string, sequenceNumber: string): Promise<void>;
  /** When a record was written: to the millisecond, while its own time is in seconds, unless an earlier process wrote it. */
  writtenAt(record: StreamRecord): Date;
  /** Whether `consumer` has processed every committed record. */
  caughtUp(consumer: string): boolean;
}

/** Opens the stream of one table inside the database that holds the table, where it survives whatever the table does. */
export async function openStreamLog(options: {
  store: DynaliteStore;
  tableName: string;
  arn: string;
  keySchema: readonly KeySchemaElement[];
}): Promise<StreamLog> {
  const { tableName, arn } = options;
  const { db } = options.store;
  const recordPrefix = `stream-${tableName}~`;
  const checkpointPrefix = `checkpoint-${tableName}~`;
  const keyNames = options.keySchema.map((element) => element.AttributeName);
  const checkpoints = new Map<string, string>();
  const uncommitted = new Set<string>();
  /** Epoch milliseconds by sequence number, in order, of the records that this process wrote and that are still kept. */
  const writeTimes = new Map<string, number>();
  const events = new EventEmitter<{ record: [] }>();

  let last = String(firstSequence);
  const newest = await db.iterator({ gt: recordPrefix, lt: `${recordPrefix}~`, reverse: true, limit: 1 }).all();
  for (const [key] of newest) last = key.slice(recordPrefix.length);
  for (const [key, value] of await db.iterator({ gt: checkpointPrefix, lt: `${checkpointPrefix}\xff` }).all()) {
    const sequence = z.string().parse(value);
    checkpoints.set(key.slice(checkpointPrefix.length), sequence);
    if (sequence > last) last = sequence;
  }
  let lastCommitted = last;
  const registered = new Set<string>();
  const positionOf = (consumer: string): string => checkpoints.get(consumer) ?? String(firstSequence);
  const pick = (item: AttributeMap): AttributeMap =>
    Object.fromEntries(keyNames.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
  // Batches commit in any order: what follows an uncommitted record is not read before it, or it would be skipped.
  const readableBefore = (): string => uncommitted.values().next().value ?? `${last}~`;

  return {
    arn,
    events,
    record(before, after, byTtl) {
      if (registered.size === 0 && checkpoints.size === 0) return undefined;
      const item = after ?? before;
      if (!item || (before && after && sameValue(before, after))) return undefined;
      last = String(BigInt(last) + 1n);
      const sequence = last;
      const images = { ...(after ? { NewImage: after } : {}), ...(before ? { OldImage: before } : {}) };
      const record: StreamRecord = {
        eventID: `${BigInt(sequence).toString(16).padStart(32, '0')}`,
        eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
        ...(byTtl ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
        dynamodb: {
          ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
          Keys: pick(item),
          ...images,
          SequenceNumber: sequence,
          SizeBytes: JSON.stringify(images).length,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      };
      uncommitted.add(sequence);
      writeTimes.set(sequence, Date.now());
      return {
        operation: { type: 'put', key: `${recordPrefix}${sequence}`, value: record },
        done: () => {
          uncommitted.delete(sequence);
          if (sequence > lastCommitted) lastCommitted = sequence;
          events.emit('record');
        },
      };
    },
    async register(consumer) {
      registered.add(consumer);
      if (checkpoints.has(consumer)) return;
      checkpoints.set(consumer, positionOf(consumer));
      await db.put(`${checkpointPrefix}${consumer}`, positionOf(consumer));
    },
    async read(consumer, limit) {
      const from = `${recordPrefix}${positionOf(consumer)}`;
      const rows = await db.iterator({ gt: from, lt: `${recordPrefix}${readableBefore()}`, limit }).all();
      return rows.map(([, value]) => storedRecord.parse(value));
    },
    async checkpoint(consumer, sequenceNumber) {
      checkpoints.set(consumer, sequenceNumber);
      await db.put(`${checkpointPrefix}${consumer}`, sequenceNumber);
      const processed = [...registered].map(positionOf).sort()[0];
      if (!processed) return;
      for (const sequence of writeTimes.keys()) {
        if (sequence > processed) break;
        writeTimes.delete(sequence);
      }
      await db.clear({ gt: recordPrefix, lte: `${recordPrefix}${processed}` });
    },
    writtenAt({ dynamodb: { SequenceNumber, ApproximateCreationDateTime } }) {
      return new Date(writeTimes.get(SequenceNumber) ?? ApproximateCreationDateTime * 1000);
    },
    caughtUp: (consumer) => uncommitted.size === 0 && positionOf(consumer) >= lastCommitted,
  };
}

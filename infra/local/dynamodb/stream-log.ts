import { EventEmitter } from 'node:events';
import * as z from 'zod';
import { type AttributeMap, itemSize, sameValue } from './attribute-value.ts';
import type { Database } from './database.ts';
import { type KeyNames, keyAttributes } from './table.ts';

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

/** Sequence numbers are as long as DynamoDB's and all of one length, so that text order is their order. */
const firstSequence = 100_000_000_000_000_000_000n;
const nameOf = (sequence: number): string => String(firstSequence + BigInt(sequence));
const sequenceOf = (name: string): number => Number(BigInt(name) - firstSequence);

export interface StreamLog {
  readonly arn: string;
  /** Tells of new records, once they are committed. */
  readonly events: EventEmitter<{ record: [] }>;
  /**
   * Takes down one write, as part of it: neither is ever there without the other. Nothing is taken down where nothing
   * changed, as DynamoDB does, or where nobody reads the stream.
   */
  record(before: AttributeMap | undefined, after: AttributeMap | undefined, byTtl: boolean): void;
  /** Makes `consumer`, which begins with the oldest record, one of those whose checkpoints keep records in the log. */
  register(consumer: string): void;
  /** The next records after the consumer's checkpoint, in order. */
  read(consumer: string, limit: number): StreamRecord[];
  /** Moves the consumer's checkpoint; records that every consumer is past are removed. */
  checkpoint(consumer: string, sequenceNumber: string): void;
  /** When a record was written: to the millisecond, while its own time is in seconds. */
  writtenAt(record: StreamRecord): Date;
  /** Whether `consumer` has processed every record. */
  caughtUp(consumer: string): boolean;
}

/** Opens the stream of one table inside the database that holds the table. */
export function openStreamLog(database: Database, arn: string, keys: KeyNames): StreamLog {
  const events = new EventEmitter<{ record: [] }>();
  const checkpoints = new Map<string, number>();
  const registered = new Set<string>();
  for (const row of database.each('SELECT consumer, sequence FROM checkpoints WHERE arn = ?', arn)) {
    checkpoints.set(z.string().parse(row.consumer), z.number().parse(row.sequence));
  }
  const newest = database.first('SELECT max(sequence) AS sequence FROM stream WHERE arn = ?', arn);
  let last = Math.max(0, Number(newest?.sequence ?? 0), ...checkpoints.values());
  const positionOf = (consumer: string): number => checkpoints.get(consumer) ?? 0;
  const move = (consumer: string, sequence: number): void => {
    checkpoints.set(consumer, sequence);
    database.run('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)', arn, consumer, sequence);
  };

  return {
    arn,
    events,
    record(before, after, byTtl) {
      const item = after ?? before;
      if (checkpoints.size === 0 || !item || (before && after && sameValue(before, after))) return;
      last += 1;
      const now = Date.now();
      const record: StreamRecord = {
        eventID: last.toString(16).padStart(32, '0'),
        eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
        ...(byTtl && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
        dynamodb: {
          ApproximateCreationDateTime: Math.floor(now / 1000),
          Keys: keyAttributes(item, keys),
          ...(after && { NewImage: after }),
          ...(before && { OldImage: before }),
          SequenceNumber: nameOf(last),
          SizeBytes: itemSize(before ?? {}) + itemSize(after ?? {}),
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      };
      database.run('INSERT INTO stream VALUES (?, ?, ?, ?)', arn, last, now, JSON.stringify(record));
      setImmediate(() => events.emit('record'));
    },
    register(consumer) {
      registered.add(consumer);
      if (!checkpoints.has(consumer)) move(consumer, 0);
    },
    read(consumer, limit) {
      const sql = 'SELECT record FROM stream WHERE arn = ? AND sequence > ? ORDER BY sequence LIMIT ?';
      return [...database.each(sql, arn, positionOf(consumer), limit)].map((row) =>
        JSON.parse(z.string().parse(row.record)),
      );
    },
    checkpoint(consumer, sequenceNumber) {
      move(consumer, sequenceOf(sequenceNumber));
      const processed = Math.min(...[...registered].map(positionOf));
      database.run('DELETE FROM stream WHERE arn = ? AND sequence <= ?', arn, processed);
    },
    writtenAt({ dynamodb: { SequenceNumber } }) {
      const sql = 'SELECT writtenAt FROM stream WHERE arn = ? AND sequence = ?';
      return new Date(z.number().parse(database.first(sql, arn, sequenceOf(SequenceNumber))?.writtenAt));
    },
    caughtUp: (consumer) => positionOf(consumer) >= last,
  };
}

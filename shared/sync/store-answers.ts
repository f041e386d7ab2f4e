import pMap from 'p-map';
import { ConflictError } from '../errors.ts';
import type { ParsedRow, RejectedRow } from '../rentvine/row.ts';
import type { Table } from '../store/dynamo-table.ts';
import { hashOf } from '../store/hash.ts';
import { readHashes } from '../store/record-hashes.ts';
import {
  type Change,
  type Collection,
  readRecord,
  type Version,
  type WriteOutcome,
  writeVersion,
} from '../store/records.ts';

/** Where records go, and on whose behalf. */
export interface Store {
  readonly records: Table;
  readonly collection: Collection;
  readonly now: () => Date;
  readonly correlationId: string;
}

interface Times {
  readonly requestedAt: Date;
  readonly answeredAt: Date;
}

/** Why a row is quarantined that fits its schema. */
export const refusedReason = 'the row cannot be stored: it is larger than 400 KB, or holds what DynamoDB does not take';

/** Writes in flight at once per page: DynamoDB takes one conditional write a call. */
const writesAtOnce = 16;

const changeOf = (store: Store): Change => ({ now: store.now(), correlationId: store.correlationId });

const versionOf = (row: ParsedRow, { requestedAt, answeredAt }: Times): Version => ({
  id: row.id,
  data: row.data,
  requestedAt,
  answeredAt,
  sourceModifiedAt: row.sourceModifiedAt,
  propertyId: row.propertyId,
});

/**
 * Stores the rows of one page: writes what differs from what is stored and is newer, and nothing else.
 *
 * @returns how many records were created and updated, and the rows that DynamoDB cannot hold
 */
export async function storePage(
  store: Store,
  rows: readonly ParsedRow[],
  times: Times,
): Promise<{ created: number; updated: number; rejected: RejectedRow[] }> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const stored = await readHashes(store.records, store.collection, [...byId.keys()]);
  const changed = [...byId.values()].filter((row) => stored.get(row.id) !== hashOf(row.data));
  const outcomes = await pMap(
    changed,
    (row) => writeVersion(store.records, store.collection, versionOf(row, times), changeOf(store)),
    { concurrency: writesAtOnce },
  );
  const refused = changed.filter((_, index) => outcomes[index] === 'refused');
  return { ...tally(outcomes), rejected: refused.map(({ id }) => ({ id, reason: refusedReason })) };
}

const conflictAttempts = 5;

/**
 * Stores the answer of a single read. Parts that a list has beside the object and a single answer lacks (a lease's
 * balances) stay as they are stored, rather than vanish until the next list is read.
 *
 * @throws ConflictError when the record kept changing meanwhile
 */
export async function storeOne(store: Store, answer: ParsedRow & Times): Promise<WriteOutcome> {
  if (answer.absentSiblings.length === 0) {
    return writeVersion(store.records, store.collection, versionOf(answer, answer), changeOf(store));
  }
  for (let attempt = 0; attempt < conflictAttempts; attempt++) {
    const stored = await readRecord(store.records, store.collection, answer.id);
    const kept = answer.absentSiblings.filter((name) => stored?.data[name] !== undefined);
    const data = { ...answer.data, ...Object.fromEntries(kept.map((name) => [name, stored?.data[name]])) };
    const propertyId = typeof data.propertyId === 'string' ? data.propertyId : undefined;
    const version = { ...versionOf(answer, answer), data, propertyId };
    const revision = stored?.revision ?? 0;
    const outcome = await writeVersion(store.records, store.collection, version, changeOf(store), revision);
    if (outcome !== 'stale') return outcome;
    const now = await readRecord(store.records, store.collection, answer.id);
    if (now?.revision === stored?.revision) return outcome;
  }
  throw new ConflictError(`A record of ${store.collection.resource} kept changing while it was being stored.`);
}

const tally = (outcomes: readonly WriteOutcome[]): { created: number; updated: number } => ({
  created: outcomes.filter((outcome) => outcome === 'created').length,
  updated: outcomes.filter((outcome) => outcome === 'updated').length,
});

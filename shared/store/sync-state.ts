import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Collection } from './collection.ts';
import { assign, type Item, type ItemReader, type Key, readItem, type Table } from './dynamo-table.ts';

/** What is remembered of a resource between its sync runs. */
export interface SyncState {
  /** The server's clock at the start of the last successful run, ISO 8601: the next incremental read starts there. */
  readonly cursor?: string;
  /** When, by our clock, the last completed runs of each mode started: they cover every job scheduled before. */
  readonly fullStartedAt?: string;
  readonly anyStartedAt?: string;
  /** When a run last ended well: what freshness is measured by. */
  readonly freshAt?: string;
  /** When a slice of a long run last came to its end with more to do: the run is on its way. */
  readonly progressAt?: string;
  /** The most rows that one page has held for the page size asked for: what the server is known to be able to answer. */
  readonly pageCapacity?: number;
  /** Rows that the list had, filters apart, when it was last read to its end: how far ahead a pass may safely read. */
  readonly listedRows?: number;
  /** How the server answers for an object that does not exist, and when that was learnt. */
  readonly goneKind?: string;
  readonly goneLearntAt?: string;
  /** When the list's claimed total was found to be wrong by repeated reads: it gives no reason for doubt for a while. */
  readonly totalDisprovedAt?: string;
  /** The path at which Rentvine answers that there is no such list, and when it last said so. */
  readonly absentPath?: string;
  readonly absentAskedAt?: string;
  /** When many of its records were last found to be gone at once. */
  readonly vanishedAt?: string;
  /** The run under way or interrupted; whoever gets a job for this resource finishes it first. */
  readonly activeRunId?: string;
}

/** The partition of everything about one resource's sync: its state, runs and held deletion. */
export const syncPartition = ({ account, resource }: Collection): string => `sync#${account}#${resource}`;
const keyOf = (collection: Collection): Key => ({ pk: syncPartition(collection), sk: 'state' });

export async function readSyncState(table: Table, collection: Collection): Promise<SyncState> {
  return stateOf(await readItem(table, keyOf(collection)));
}

function stateOf(item: Item = {}): SyncState {
  const { pk: _pk, sk: _sk, ...state } = item;
  return state;
}

/** The same for those who read it together with other items: what tells how fresh a copy is. */
export const freshnessItem = {
  key: keyOf,
  attributes: ['anyStartedAt', 'fullStartedAt', 'progressAt'],
  read: (item): Freshness => stateOf(item),
} satisfies ItemReader<Collection, Freshness>;

type Freshness = Pick<SyncState, 'anyStartedAt' | 'fullStartedAt' | 'progressAt'>;

/** Sets the given fields and leaves the others; a field given as `null` is removed. */
export async function updateSyncState(
  table: Table,
  collection: Collection,
  patch: { readonly [K in keyof SyncState]?: SyncState[K] | null },
): Promise<void> {
  const cleared = Object.entries(patch).flatMap(([name, value]) => (value === null ? [name] : []));
  const { set, names, values } = assign(
    Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null)),
  );
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keyOf(collection),
      UpdateExpression: [
        set === '' ? '' : `SET ${set}`,
        cleared.length === 0 ? '' : `REMOVE ${cleared.map((name) => `#${name}`).join(', ')}`,
      ].join(' '),
      ExpressionAttributeNames: { ...names, ...Object.fromEntries(cleared.map((name) => [`#${name}`, name])) },
      ...(set !== '' && { ExpressionAttributeValues: values }),
    }),
  );
}

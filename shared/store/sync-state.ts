import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Item, ItemReader, Key, Table } from './dynamo-table.ts';
import type { Collection } from './records.ts';

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
  /** When many of its records were last found to be gone at once. */
  readonly vanishedAt?: string;
  /** The run under way or interrupted; whoever gets a job for this resource finishes it first. */
  readonly activeRunId?: string;
}

/** The partition of everything about one resource's sync: its state, runs and held deletion. */
export const syncPartition = ({ account, resource }: Collection): string => `sync#${account}#${resource}`;
const keyOf = (collection: Collection): Key => ({ pk: syncPartition(collection), sk: 'state' });

export async function readSyncState(table: Table, collection: Collection): Promise<SyncState> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keyOf(collection), ConsistentRead: true }),
  );
  return stateOf(Item);
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
  const entries = Object.entries(patch);
  const set = entries.filter(([, value]) => value !== null);
  const remove = entries.filter(([, value]) => value === null);
  const clause = (word: string, parts: string[]) => (parts.length === 0 ? [] : [`${word} ${parts.join(', ')}`]);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keyOf(collection),
      UpdateExpression: [
        ...clause(
          'SET',
          set.map(([name]) => `#${name} = :${name}`),
        ),
        ...clause(
          'REMOVE',
          remove.map(([name]) => `#${name}`),
        ),
      ].join(' '),
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
      ...(set.length > 0 && {
        ExpressionAttributeValues: Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
      }),
    }),
  );
}

import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { collectionOf, partition } from './collection.ts';
import { directoryPartition } from './directory-partition.ts';
import { batchDelete, type Item, itemPages, type Key, type Table } from './dynamo-table.ts';

/** Where the second part of the partition key is something else than an account. */
const ofNoAccount = new Set(['audit', 'dead-letter', 'message-failure']);
const kindOf = (pk: string): string => pk.split('#')[0] ?? '';

/**
 * Whether an item of the state table is an account's: its partition key names it, as in `sync#acme#leases`, or it is a dead letter or
 * a failure of one of its messages. The audit stays, and the directory's entry is for whoever removes the account to remove last.
 */
const isOf = (account: string, { pk, account: subject }: Item): boolean => {
  const kind = kindOf(pk);
  if (kind === 'audit' || pk === directoryPartition) return false;
  return subject === account || (!ofNoAccount.has(kind) && pk.split('#')[1] === account);
};

export interface AccountItems {
  readonly keys: readonly Key[];
  /** Resources that anything is kept about. */
  readonly resources: readonly string[];
}

/**
 * Finds everything that the state table holds of an account, dead letters with their bodies included. It reads the whole table: some of
 * it is found by no key.
 */
export async function findAccountItems(state: Table, account: string): Promise<AccountItems> {
  const keys: Key[] = [];
  const resources = new Set<string>();
  const bodies = new Map<string, Key[]>();
  const letters: string[] = [];
  const pages = paginateScan(
    { client: state.client },
    {
      TableName: state.name,
      ProjectionExpression: 'pk, sk, #account',
      ExpressionAttributeNames: { '#account': 'account' },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const key: Key = { pk: item.pk, sk: item.sk };
      if (kindOf(key.pk) === 'dead-letter') {
        const id = key.pk.slice('dead-letter#'.length);
        bodies.set(id, [...(bodies.get(id) ?? []), key]);
      }
      if (!isOf(account, item)) continue;
      keys.push(key);
      if (kindOf(key.pk) === 'sync') resources.add(collectionOf(key.pk.slice('sync#'.length)).resource);
      if (key.pk === 'dead-letters') letters.push(key.sk);
    }
  }
  return { keys: [...letters.flatMap((id) => bodies.get(id) ?? []), ...keys], resources: [...resources] };
}

/** Deletes all records of an account's resources. @returns how many there were */
export async function deleteRecords(records: Table, account: string, resources: readonly string[]): Promise<number> {
  let deleted = 0;
  for (const resource of resources) {
    const keysOnly = { ProjectionExpression: 'pk, sk', ConsistentRead: true };
    for await (const page of itemPages(records, partition({ account, resource }), keysOnly)) {
      await batchDelete(
        records,
        page.map(({ pk, sk }) => ({ pk, sk })),
      );
      deleted += page.length;
    }
  }
  return deleted;
}

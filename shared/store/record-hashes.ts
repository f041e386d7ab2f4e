import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Collection, keyOf, partition } from './collection.ts';
import { batchGet, type Item, type Table } from './dynamo-table.ts';
import { denseRanges, type IdRange } from './id-ranges.ts';
import { listViewOf } from './record-item.ts';
import type { ListView } from './record-version.ts';

/**
 * How a list's row shows the live ones among the given records, by id. Eventually consistent: a hint that saves needless
 * writes.
 *
 * Ids that lie close together, as those of a list's page do, are read as a range. A Query is billed by the size of everything
 * it reads and BatchGetItem by each item, rounded up to 4 KB (DynamoDB Developer Guide, "Read capacity unit consumption"):
 * most records are far smaller, and one request takes the place of three.
 */
export async function readListViews(
  table: Table,
  collection: Collection,
  ids: readonly string[],
): Promise<Map<string, ListView>> {
  const { ranges, others } = denseRanges(ids);
  const found = new Map<string, ListView>();
  const left = await Promise.all(ranges.map((range) => readRange(table, collection, range, found)));
  const singly = [...others, ...left.flat()].map((id) => keyOf(collection, id));
  for (const item of await batchGet(table, singly, ['sk', 'hash', 'listView', 'deletedAt'])) {
    if (item.deletedAt === undefined) found.set(item.sk, viewOf(item));
  }
  return found;
}

const nothingBeyond: readonly string[] = [];
const viewOf = (item: Item): ListView => listViewOf(item) ?? { hash: item.hash, beyond: nothingBeyond };

/**
 * Where the records of longer ids lie between those of shorter ones, as they do as text: 1000, 10000, 10001, 1001. Only the
 * ids of the greatest length lie close together there. By partition and length of ids; an entry costs a wasted read at most.
 */
const crowded = new Set<string>();
/** A range may hold so many times the records that are wanted of it. */
const maxReadPerWanted = 3;

/** Returns the ids of the range that remain to be read one by one. */
async function readRange(
  table: Table,
  collection: Collection,
  { first, last, ids }: IdRange,
  found: Map<string, ListView>,
): Promise<readonly string[]> {
  const pk = partition(collection);
  const place = `${table.name}/${pk}/${first.length}`;
  if (crowded.has(place)) return ids;
  const wanted = new Set(ids);
  const reached = new Set<string>();
  let room = ids.length * maxReadPerWanted;
  let start: Item | undefined;
  do {
    const answer = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ProjectionExpression: 'sk, #hash, listView, deletedAt',
        ExpressionAttributeNames: { '#hash': 'hash' },
        ExpressionAttributeValues: { ':pk': pk, ':first': first, ':last': last },
        Limit: room,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of answer.Items ?? []) {
      reached.add(item.sk);
      if (wanted.has(item.sk) && item.deletedAt === undefined) found.set(item.sk, viewOf(item));
    }
    room -= answer.ScannedCount ?? 0;
    start = answer.LastEvaluatedKey;
  } while (start !== undefined && room > 0);
  if (start === undefined) return [];
  crowded.add(place);
  return ids.filter((id) => !reached.has(id));
}

import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { batchGet, type Item, type Table } from './dynamo-table.ts';
import { denseRanges, type IdRange } from './id-ranges.ts';
import { type Collection, keyOf, partition } from './records.ts';

/**
 * Hashes of the live ones among the given records, by id. Eventually consistent: a hint that saves needless writes.
 *
 * Ids that lie close together, as those of a list's page do, are read as a range. A Query is billed by the size of everything
 * it reads and BatchGetItem by each item, rounded up to 4 KB (DynamoDB Developer Guide, "Read capacity unit consumption"):
 * most records are far smaller, and one request takes the place of three.
 */
export async function readHashes(
  table: Table,
  collection: Collection,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { ranges, others } = denseRanges(ids);
  const found = new Map<string, string>();
  const left = await Promise.all(ranges.map((range) => readRange(table, collection, range, found)));
  const singly = [...others, ...left.flat()].map((id) => keyOf(collection, id));
  for (const { sk, hash, deletedAt } of await batchGet(table, singly, ['sk', 'hash', 'deletedAt'])) {
    if (deletedAt === undefined) found.set(sk, hash);
  }
  return found;
}

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
  found: Map<string, string>,
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
        ProjectionExpression: 'sk, #hash, deletedAt',
        ExpressionAttributeNames: { '#hash': 'hash' },
        ExpressionAttributeValues: { ':pk': pk, ':first': first, ':last': last },
        Limit: room,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    for (const { sk, hash, deletedAt } of answer.Items ?? []) {
      reached.add(sk);
      if (wanted.has(sk) && deletedAt === undefined) found.set(sk, hash);
    }
    room -= answer.ScannedCount ?? 0;
    start = answer.LastEvaluatedKey;
  } while (start !== undefined && room > 0);
  if (start === undefined) return [];
  crowded.add(place);
  return ids.filter((id) => !reached.has(id));
}

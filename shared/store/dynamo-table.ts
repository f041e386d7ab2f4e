import { type DynamoDBClient, ReturnValuesOnConditionCheckFailure } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  type NativeAttributeValue,
  PutCommand,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';

/** One DynamoDB table and the client to reach it. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

export type Item = Record<string, NativeAttributeValue>;
export type Key = { readonly pk: string; readonly sk: string };

/** How one kind of item is found and read, for those who read several kinds in one call. */
export interface ItemReader<Subject, Content> {
  readonly key: (subject: Subject) => Key;
  /** Everything that `read` needs, beside the key. */
  readonly attributes: readonly string[];
  readonly read: (item: Item | undefined) => Content;
}

/** A document client that leaves absent fields out, as all items of the platform do. */
export const documentClient = (client: DynamoDBClient): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

export const returnStoredOnFailure = {
  ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure.ALL_OLD,
} as const;

/** One item, strongly consistent; undefined when there is none. */
export async function readItem(table: Table, key: Key): Promise<Item | undefined> {
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }));
  return Item;
}

/** Writes an item in place of whatever its key held. */
export async function putItem(table: Table, item: Item): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
}

/**
 * Parts of an update that sets fields; those without a value are left as they are. All names are given as placeholders, as any
 * of them may be one of DynamoDB's 573 reserved words.
 */
export function assign(fields: Readonly<Record<string, unknown>>) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    set: given.map(([name]) => `#${name} = :${name}`).join(', '),
    names: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
  };
}

/** What is wanted of a partition's items: all of it, in the order of their sort keys, unless something is said here. */
export interface PartitionQuery
  extends Pick<
    QueryCommandInput,
    | 'ConsistentRead'
    | 'ExpressionAttributeNames'
    | 'ExpressionAttributeValues'
    | 'FilterExpression'
    | 'Limit'
    | 'ProjectionExpression'
    | 'ScanIndexForward'
  > {
  /** What the sort keys begin with. */
  readonly prefix?: string;
}

/** The items of one partition, page by page. */
export async function* itemPages(table: Table, pk: string, { prefix, ...query }: PartitionQuery = {}) {
  const pages = paginateQuery(
    { client: table.client },
    {
      ...query,
      TableName: table.name,
      KeyConditionExpression: prefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: {
        ...query.ExpressionAttributeValues,
        ':pk': pk,
        ...(prefix !== undefined && { ':prefix': prefix }),
      },
    },
  );
  for await (const { Items = [] } of pages) yield Items;
}

/** The items of one partition, all at once. */
export async function allItems(table: Table, pk: string, query?: PartitionQuery): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of itemPages(table, pk, query)) items.push(...page);
  return items;
}

/** DynamoDB's limits: 100 keys in a BatchGetItem, 25 items in a BatchWriteItem. */
const keysPerGet = 100;
const itemsPerWrite = 25;
const unprocessedAttempts = 8;

/**
 * Reads many items, asking again for what DynamoDB leaves unprocessed.
 *
 * @param projection attribute names to read, eventually consistent; without it, all of them, strongly consistent
 * @throws Error when DynamoDB still leaves keys unprocessed after eight attempts with backoff
 */
export async function batchGet(table: Table, keys: readonly Key[], projection?: readonly string[]): Promise<Item[]> {
  const names = Object.fromEntries((projection ?? []).map((name, index) => [`#p${index}`, name]));
  const what =
    projection === undefined
      ? { ConsistentRead: true }
      : { ProjectionExpression: Object.keys(names).join(', '), ExpressionAttributeNames: names };
  const chunks = await Promise.all(
    chunk(keys, keysPerGet).map(async (part) => {
      const found: Item[] = [];
      let pending: Item[] = [...part];
      await untilProcessed(async () => {
        const answer = await table.client.send(
          new BatchGetCommand({
            RequestItems: { [table.name]: { Keys: pending, ...what } },
          }),
        );
        found.push(...(answer.Responses?.[table.name] ?? []));
        pending = answer.UnprocessedKeys?.[table.name]?.Keys ?? [];
        return pending.length;
      });
      return found;
    }),
  );
  return chunks.flat();
}

/** Deletes many items by key, as often as it takes for DynamoDB to process them all (see `batchGet`). */
export async function batchDelete(table: Table, keys: readonly Key[]): Promise<void> {
  for (const part of chunk(keys, itemsPerWrite)) {
    let pending = part.map((Key) => ({ DeleteRequest: { Key: { ...Key } } }));
    await untilProcessed(async () => {
      const answer = await table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: pending } }));
      const left = answer.UnprocessedItems?.[table.name] ?? [];
      pending = pending.filter(({ DeleteRequest: { Key } }) =>
        left.some((item) => item.DeleteRequest?.Key?.pk === Key.pk && item.DeleteRequest?.Key?.sk === Key.sk),
      );
      return pending.length;
    });
  }
}

async function untilProcessed(attempt: () => Promise<number>): Promise<void> {
  for (let tries = 0; tries < unprocessedAttempts; tries++) {
    if ((await attempt()) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** tries));
  }
  throw new Error('DynamoDB left items unprocessed after several attempts.');
}

export function chunk<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}

/** Epoch seconds for a TTL attribute, `days` from `now`. */
export const expiresInDays = (now: Date, days: number): number => Math.floor(now.getTime() / 1000) + days * 86_400;

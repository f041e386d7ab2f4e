import { ConditionalCheckFailedException, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { GetCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Item, type Key, returnStoredOnFailure, type Table } from './dynamo-table.ts';
import { hashOf } from './hash.ts';

/** Whose records: one account's copy of one resource. */
export interface Collection {
  readonly account: string;
  readonly resource: string;
}

/** What one read of Rentvine said about one object. */
export interface Version {
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** When the read was requested and when it was answered, by our own clock. */
  readonly requestedAt: Date;
  readonly answeredAt: Date;
  /** Rentvine's own modification time, ISO 8601 UTC. */
  readonly sourceModifiedAt?: string | undefined;
  readonly propertyId?: string | undefined;
}

export interface StoredRecord {
  readonly id: string;
  readonly data: Record<string, unknown>;
  readonly hash: string;
  readonly revision: number;
  readonly asOf: string;
  readonly sourceModifiedAt?: string;
  readonly changedAt: string;
  readonly deletedAt?: string;
  readonly correlationId: string;
}

/**
 * What became of a version: `stale` means that a newer one is stored, `unchanged` that the same content is, `refused` that
 * DynamoDB cannot hold it: an item has at most 400 KB, and numbers, nesting and keys have their limits too.
 */
export type WriteOutcome = 'created' | 'updated' | 'unchanged' | 'stale' | 'refused';

/** When and on whose behalf a record changes. */
export interface Change {
  readonly now: Date;
  readonly correlationId: string;
}

export const partition = ({ account, resource }: Collection): string => `${account}#${resource}`;
export const keyOf = (collection: Collection, id: string): Key => ({ pk: partition(collection), sk: id });

/** The account and resource that a record's partition key names. */
export function collectionOf(pk: string): Collection {
  const separator = pk.indexOf('#');
  return { account: pk.slice(0, separator), resource: pk.slice(separator + 1) };
}

/**
/**
 * Promise 3, as DynamoDB conditions: the stored version is older than the incoming one if any of these holds.
 *
 * A read sees its object at some moment between its request and its answer. Where the two reads do not overlap, the
 * later one is newer. Where they do, Rentvine's own modification time decides, and without one the later request.
 *
 * So an object with a modification time ends in its newest state, in whatever order its reads arrive. For others that is
 * so as long as reads do not overlap and content does not return to what it was: the same content read again writes
 * nothing, so it leaves no trace of having been newer than a read that is still to come. The next read mends that.
 *
 * They are alternatives without parentheses because the local database's parser takes milliseconds for nested ones.
 */
const readLater = 'answeredAt <= :asOf';
const olderThanOverlapping = (hasModified: boolean): string[] =>
  hasModified
    ? [
        'asOf < :answeredAt AND sourceModifiedAt < :modified',
        'asOf < :asOf AND sourceModifiedAt = :modified',
        'asOf < :asOf AND attribute_not_exists(sourceModifiedAt)',
      ]
    : ['asOf < :asOf'];

/** An object that is gone does not come back under its id, so a read that overlaps the answer that it is gone is older. */
const isLive = 'attribute_not_exists(deletedAt)';

/** `(a OR b) AND c AND d` as alternatives: AND binds more tightly than OR. */
const eachWith = (alternatives: readonly string[], ...conditions: readonly string[]): string[] =>
  alternatives.map((alternative) => [alternative, ...conditions].join(' AND '));

/**
 * Stores a version if it is newer than the stored one and differs from it. Unchanged content writes nothing.
 *
 * @param expectedRevision when given, also only if the stored record still has this revision (0: none is stored)
 */
export async function writeVersion(
  table: Table,
  collection: Collection,
  version: Version,
  change: Change,
  expectedRevision?: number,
): Promise<WriteOutcome> {
  const hash = hashOf(version.data);
  const modified = version.sourceModifiedAt;
  const property = version.propertyId;
  const set = [
    '#data = :data',
    '#hash = :hash',
    'revision = if_not_exists(revision, :zero) + :one',
    'asOf = :asOf',
    'answeredAt = :answeredAt',
    'changedAt = :now',
    'correlationId = :correlationId',
    ...(modified === undefined ? [] : ['sourceModifiedAt = :modified']),
    ...(property === undefined ? [] : ['byPropertyPk = :byPropertyPk', 'byPropertySk = :byPropertySk']),
  ];
  const remove = [
    'deletedAt',
    ...(modified === undefined ? ['sourceModifiedAt'] : []),
    ...(property === undefined ? ['byPropertyPk', 'byPropertySk'] : []),
  ];
  const asExpected = expectedRevision === undefined ? [] : ['revision = :expectedRevision'];
  const alternatives = [
    ...(expectedRevision ? [] : ['attribute_not_exists(pk)']),
    ...(expectedRevision === 0
      ? []
      : [
          ...eachWith(
            [`${readLater} AND attribute_exists(deletedAt)`, `${readLater} AND #hash <> :hash`],
            ...asExpected,
          ),
          ...eachWith(olderThanOverlapping(modified !== undefined), '#hash <> :hash', isLive, ...asExpected),
        ]),
  ];
  try {
    const { Attributes } = await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keyOf(collection, version.id),
        UpdateExpression: `SET ${set.join(', ')} REMOVE ${remove.join(', ')}`,
        ConditionExpression: alternatives.join(' OR '),
        ExpressionAttributeNames: { '#data': 'data', '#hash': 'hash' },
        ExpressionAttributeValues: {
          ':data': version.data,
          ':hash': hash,
          ':zero': 0,
          ':one': 1,
          ':asOf': version.requestedAt.toISOString(),
          ':answeredAt': version.answeredAt.toISOString(),
          ':now': change.now.toISOString(),
          ':correlationId': change.correlationId,
          ...(modified !== undefined && { ':modified': modified }),
          ...(property !== undefined && {
            ':byPropertyPk': `${collection.account}#${property}`,
            ':byPropertySk': `${collection.resource}#${version.id}`,
          }),
          ...(expectedRevision && { ':expectedRevision': expectedRevision }),
        },
        ReturnValues: 'UPDATED_NEW',
        ...returnStoredOnFailure,
      }),
    );
    return Attributes?.revision === 1 ? 'created' : 'updated';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return error.Item?.hash?.S === hash && error.Item.deletedAt === undefined ? 'unchanged' : 'stale';
    }
    if (cannotBeHeld(error, version.data)) return 'refused';
    throw error;
  }
}

/** Whether it is the content that made a write fail: DynamoDB refused it, or the SDK could not even send it. */
function cannotBeHeld(error: unknown, data: Version['data']): boolean {
  if (error instanceof DynamoDBServiceException) return error.name === 'ValidationException';
  try {
    marshall(data, { removeUndefinedValues: true });
    return false;
  } catch {
    return true;
  }
}

/**
 * Marks a record as deleted because Rentvine answered that it is gone. The data stays as it was last seen.
 *
 * @returns whether this call deleted it: false when it is unknown, deleted already, or was read again since
 */
export async function tombstone(
  table: Table,
  collection: Collection,
  answer: { readonly id: string; readonly requestedAt: Date; readonly answeredAt: Date },
  change: Change,
): Promise<boolean> {
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keyOf(collection, answer.id),
        UpdateExpression:
          'SET deletedAt = :now, changedAt = :now, asOf = :asOf, answeredAt = :answeredAt, ' +
          'correlationId = :correlationId, revision = revision + :one',
        ConditionExpression: `asOf < :answeredAt AND ${isLive}`,
        ExpressionAttributeValues: {
          ':now': change.now.toISOString(),
          ':asOf': answer.requestedAt.toISOString(),
          ':answeredAt': answer.answeredAt.toISOString(),
          ':correlationId': change.correlationId,
          ':one': 1,
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** One record, strongly consistent; undefined when there never was one. */
export async function readRecord(table: Table, collection: Collection, id: string): Promise<StoredRecord | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keyOf(collection, id), ConsistentRead: true }),
  );
  return Item && toRecord(Item);
}

/** The ids of all live records, page by page, strongly consistent. */
export async function* liveIds(table: Table, collection: Collection): AsyncGenerator<string[]> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      FilterExpression: 'attribute_not_exists(deletedAt)',
      ProjectionExpression: 'sk',
      ExpressionAttributeValues: { ':pk': partition(collection) },
    },
  );
  for await (const page of pages) yield (page.Items ?? []).map((item) => item.sk);
}

/**
 * Some fields of the data of all live records, page by page, so that memory does not grow with their number. Eventually
 * consistent. DynamoDB bills what it reads, not what it answers: half a read unit for each 4 KB of whole records.
 */
export async function* liveFields(
  table: Table,
  collection: Collection,
  fields: readonly string[],
): AsyncGenerator<Record<string, unknown>[]> {
  const names = Object.fromEntries(fields.map((field, index) => [`#f${index}`, field]));
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      FilterExpression: isLive,
      ProjectionExpression: Object.keys(names)
        .map((name) => `#data.${name}`)
        .join(', '),
      ExpressionAttributeNames: { '#data': 'data', ...names },
      ExpressionAttributeValues: { ':pk': partition(collection) },
    },
  );
  for await (const page of pages) yield (page.Items ?? []).map((item) => item.data ?? {});
}

/** All records, tombstones included, in the order of their ids as text. */
export async function* allRecords(table: Table, collection: Collection): AsyncGenerator<StoredRecord> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partition(collection) },
    },
  );
  for await (const page of pages) for (const item of page.Items ?? []) yield toRecord(item);
}

/** A stored item as a record. */
export function toRecord(item: Item): StoredRecord {
  return {
    id: item.sk,
    data: item.data,
    hash: item.hash,
    revision: item.revision,
    asOf: item.asOf,
    ...(item.sourceModifiedAt !== undefined && { sourceModifiedAt: item.sourceModifiedAt }),
    changedAt: item.changedAt,
    ...(item.deletedAt !== undefined && { deletedAt: item.deletedAt }),
    correlationId: item.correlationId,
  };
}

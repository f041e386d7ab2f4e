import { ConditionalCheckFailedException, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { allOf, anyOf, isCarriedOut } from './conditions.ts';
import { type Item, itemPages, type Key, readItem, returnStoredOnFailure, type Table } from './dynamo-table.ts';
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

/*
 * Promise 3, as DynamoDB conditions: when the stored version is older than the incoming one.
 *
 * A read sees its object at some moment between its request and its answer. Where the two reads do not overlap, the
 * later one is newer. Where they do, Rentvine's own modification time decides, and without one the later request.
 *
 * So an object with a modification time ends in its newest state, in whatever order its reads arrive. For others that is
 * so as long as reads do not overlap and content does not return to what it was: the same content read again writes
 * nothing, so it leaves no trace of having been newer than a read that is still to come. The next read mends that.
 */
const isNotStored = 'attribute_not_exists(pk)';
const isLive = 'attribute_not_exists(deletedAt)';
const isDeleted = 'attribute_exists(deletedAt)';
const differs = '#hash <> :hash';
const wasAnsweredBefore = 'answeredAt <= :asOf';
const wasRequestedBefore = 'asOf < :asOf';
const wasModifiedBefore = anyOf(
  allOf('asOf < :answeredAt', 'sourceModifiedAt < :modified'),
  allOf(wasRequestedBefore, anyOf('sourceModifiedAt = :modified', 'attribute_not_exists(sourceModifiedAt)')),
);

/**
 * Whether the incoming version is to be written over what is stored. An object that is gone does not come back under its id,
 * so a read that overlaps the answer that it is gone is older.
 */
const isNewer = (hasModified: boolean): string =>
  anyOf(
    allOf(wasAnsweredBefore, anyOf(isDeleted, differs)),
    allOf(isLive, differs, hasModified ? wasModifiedBefore : wasRequestedBefore),
  );

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
  const asExpected = expectedRevision === undefined ? undefined : 'revision = :expectedRevision';
  const overwrites = allOf(isNewer(modified !== undefined), asExpected);
  const condition =
    expectedRevision === undefined ? anyOf(isNotStored, overwrites) : expectedRevision === 0 ? isNotStored : overwrites;
  try {
    const { Attributes } = await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keyOf(collection, version.id),
        UpdateExpression: `SET ${set.join(', ')} REMOVE ${remove.join(', ')}`,
        ConditionExpression: condition,
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
  return isCarriedOut(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keyOf(collection, answer.id),
        UpdateExpression:
          'SET deletedAt = :now, changedAt = :now, asOf = :asOf, answeredAt = :answeredAt, ' +
          'correlationId = :correlationId, revision = revision + :one',
        ConditionExpression: allOf('asOf < :answeredAt', isLive),
        ExpressionAttributeValues: {
          ':now': change.now.toISOString(),
          ':asOf': answer.requestedAt.toISOString(),
          ':answeredAt': answer.answeredAt.toISOString(),
          ':correlationId': change.correlationId,
          ':one': 1,
        },
      }),
    ),
  );
}

/** One record, strongly consistent; undefined when there never was one. */
export async function readRecord(table: Table, collection: Collection, id: string): Promise<StoredRecord | undefined> {
  const item = await readItem(table, keyOf(collection, id));
  return item && toRecord(item);
}

/** The ids of all live records, page by page, strongly consistent. */
export async function* liveIds(table: Table, collection: Collection): AsyncGenerator<string[]> {
  const query = { ConsistentRead: true, FilterExpression: isLive, ProjectionExpression: 'sk' };
  for await (const items of itemPages(table, partition(collection), query)) yield items.map((item) => item.sk);
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
  const pages = itemPages(table, partition(collection), {
    FilterExpression: isLive,
    ProjectionExpression: Object.keys(names)
      .map((name) => `#data.${name}`)
      .join(', '),
    ExpressionAttributeNames: { '#data': 'data', ...names },
  });
  for await (const items of pages) yield items.map((item) => item.data ?? {});
}

/** All records, tombstones included, in the order of their ids as text. */
export async function* allRecords(table: Table, collection: Collection): AsyncGenerator<StoredRecord> {
  for await (const items of itemPages(table, partition(collection))) for (const item of items) yield toRecord(item);
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

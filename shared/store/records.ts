import { ConditionalCheckFailedException, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { BatchExecuteStatementCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { ConflictError } from '../errors.ts';
import { logger } from '../observability/logger.ts';
import type { Data } from './carried-fields.ts';
import { type Collection, keyOf, partition } from './collection.ts';
import { allOf, isCarriedOut } from './conditions.ts';
import { batchGet, chunk, type Item, itemPages, readItem, returnStoredOnFailure, type Table } from './dynamo-table.ts';
import type { FieldKnowledge } from './field-knowledge.ts';
import { reachOf } from './read-order.ts';
import { attributesOf, type Change, type StoredVersion, versionOf } from './record-item.ts';
import { firstVersion, type ObjectAnswer, type RecordVersion, versionAfter } from './record-version.ts';

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
  /** Rentvine's id of the user who is said to have made the last change, where a webhook said so. */
  readonly actor?: string;
}

/** Where records go, and on whose behalf. */
export interface Store {
  readonly records: Table;
  readonly collection: Collection;
  /** What reads of this collection carry. */
  readonly fields: FieldKnowledge;
  readonly now: () => Date;
  readonly correlationId: string;
  /** Rentvine's id of the user who is said to have made what is stored now. */
  readonly actor?: string | undefined;
}

/**
 * What became of an answer: `stale` means that a newer one is stored, `unchanged` that what it says is, `refused` that
 * DynamoDB cannot hold it: an item has at most 400 KB, and numbers, nesting and keys have their limits too.
 */
export type WriteOutcome = 'created' | 'updated' | 'unchanged' | 'stale' | 'refused';

const isNotStored = 'attribute_not_exists(pk)';
const isLive = 'attribute_not_exists(deletedAt)';
const maxAttempts = 5;

/**
 * Merges an answer into the record of its object, or makes the record. Writes nothing where that changes nothing, and never
 * goes backwards (promise 3): what is written follows from one stored revision, and only if it is still that one.
 *
 * @param stored the record as it was last seen; without it, none is expected
 * @throws ConflictError when the record kept changing meanwhile
 */
export async function storeAnswer(store: Store, answer: ObjectAnswer, stored?: StoredVersion): Promise<WriteOutcome> {
  const { carried, refresh } = store.fields;
  let before = stored;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const reach = before && reachOf(answer.kind, answer, before.reads);
    // What the other kind carries may have been learnt with the very answer that is newer than this one.
    if (reach === 'whatOtherLacks') await refresh();
    const version =
      before === undefined ? firstVersion(answer, carried) : versionAfter(before, answer, carried, before.gone);
    if (version === 'unchanged' || version === 'stale') return version;
    const written = await writeVersion(store, answer.id, version, before?.revision);
    if (typeof written === 'string') return written;
    before = written.instead;
  }
  throw new ConflictError(`A record of ${store.collection.resource} kept changing while it was being stored.`);
}

/**
 * Makes records of answers about objects of which nothing is stored, 25 in one request. A creation of PartiQL fails by itself
 * where there is an item, and leaves the others of its request as they are.
 *
 * @returns which were created; each of the others is to be stored by itself, which also tells what was wrong with it
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html
 */
export async function createRecords(store: Store, answers: readonly ObjectAnswer[]): Promise<boolean[]> {
  const { records, collection, fields, now, correlationId, actor } = store;
  const change = { now: now(), correlationId, actor };
  const batches = await Promise.all(
    chunk(answers, maxStatements).map(async (part) => {
      const Statements = part.map((answer) =>
        insertion(records, {
          ...keyOf(collection, answer.id),
          ...attributesOf(collection, answer.id, firstVersion(answer, fields.carried), 1, change),
        }),
      );
      try {
        const { Responses = [] } = await records.client.send(new BatchExecuteStatementCommand({ Statements }));
        return part.map((_, index) => Responses[index] !== undefined && Responses[index].Error === undefined);
      } catch (error) {
        // One value that DynamoDB cannot hold is enough for it to refuse the request.
        const isOfContent = part.some(({ data }) => cannotBeHeld(error, data));
        // A deployment may bring this code before the right to insert, and not every stand-in for AWS knows that right.
        const isDenied = error instanceof DynamoDBServiceException && error.name === 'AccessDeniedException';
        if (isDenied) logger.warn('Records are created one by one: the role may not insert.', { ...collection });
        if (isOfContent || isDenied) return part.map(() => false);
        throw error;
      }
    }),
  );
  return batches.flat();
}

/** DynamoDB's limit of a BatchExecuteStatement. */
const maxStatements = 25;

function insertion(table: Table, item: Item) {
  const given = Object.entries(item).filter(([, value]) => value !== undefined);
  const members = given.map(([name]) => `'${name}':?`).join(',');
  return {
    Statement: `INSERT INTO "${table.name}" VALUE {${members}}`,
    Parameters: given.map(([, value]) => value),
  };
}

/** Writes the next revision of a record if its last one is as expected; if not, answers what there is instead. */
async function writeVersion(
  { records, collection, now, correlationId, actor }: Store,
  id: string,
  version: RecordVersion,
  expectedRevision: number | undefined,
): Promise<'created' | 'updated' | 'refused' | { readonly instead: StoredVersion | undefined }> {
  const revision = (expectedRevision ?? 0) + 1;
  const change = { now: now(), correlationId, actor };
  const asExpected =
    expectedRevision === undefined
      ? { ConditionExpression: isNotStored }
      : {
          ConditionExpression: 'revision = :expected',
          ExpressionAttributeValues: { ':expected': expectedRevision },
        };
  try {
    await records.client.send(
      new PutCommand({
        TableName: records.name,
        Item: { ...keyOf(collection, id), ...attributesOf(collection, id, version, revision, change) },
        ...asExpected,
        ...returnStoredOnFailure,
      }),
    );
    return revision === 1 ? 'created' : 'updated';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return { instead: error.Item && versionOf(unmarshall(error.Item)) };
    }
    if (cannotBeHeld(error, version.data)) return 'refused';
    throw error;
  }
}

/** Whether it is the content that made a write fail: DynamoDB refused it, or the SDK could not even send it. */
function cannotBeHeld(error: unknown, data: Data): boolean {
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
          'correlationId = :correlationId, revision = revision + :one' +
          (change.actor === undefined ? ' REMOVE actor' : ', actor = :actor'),
        ConditionExpression: allOf('asOf < :answeredAt', isLive),
        ExpressionAttributeValues: {
          ':now': change.now.toISOString(),
          ':asOf': answer.requestedAt.toISOString(),
          ':answeredAt': answer.answeredAt.toISOString(),
          ':correlationId': change.correlationId,
          ':one': 1,
          ...(change.actor !== undefined && { ':actor': change.actor }),
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

/** The same as the version that an answer is merged into. */
export async function readVersion(
  table: Table,
  collection: Collection,
  id: string,
): Promise<StoredVersion | undefined> {
  const item = await readItem(table, keyOf(collection, id));
  return item && versionOf(item);
}

/** The same for many records, by id. */
export async function readVersions(
  table: Table,
  collection: Collection,
  ids: readonly string[],
): Promise<Map<string, StoredVersion>> {
  const keys = ids.map((id) => keyOf(collection, id));
  const items = await batchGet(table, keys);
  return new Map(items.map((item) => [item.sk, versionOf(item)]));
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
    ...(item.actor !== undefined && { actor: item.actor }),
  };
}

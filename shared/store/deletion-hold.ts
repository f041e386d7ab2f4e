import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { audit } from './audit.ts';
import type { Collection } from './collection.ts';
import { isCarriedOut } from './conditions.ts';
import { type Item, type ItemReader, type Key, putItem, readItem, type Table } from './dynamo-table.ts';
import { syncPartition } from './sync-state.ts';

/** A deletion that the guard stopped, waiting for an operator. */
export interface DeletionHold {
  readonly runId: string;
  readonly heldAt: string;
  /** Live records that Rentvine no longer lists. */
  readonly missing: number;
  /** Live records before the run. */
  readonly known: number;
  /** How many the guard would have let go. */
  readonly limit: number;
  /** Why it is held, in words for an operator. */
  readonly reason?: string;
  /** Set by an operator: the next full run may mark up to `missing` records deleted. */
  readonly approvedBy?: string;
  readonly approvedAt?: string;
}

const keyOf = (collection: Collection): Key => ({ pk: syncPartition(collection), sk: 'hold' });

export async function readHold(table: Table, collection: Collection): Promise<DeletionHold | undefined> {
  return holdOf(await readItem(table, keyOf(collection)));
}

function holdOf(item: Item | undefined): DeletionHold | undefined {
  if (item === undefined) return undefined;
  const { runId, heldAt, missing, known, limit, reason, approvedBy, approvedAt } = item;
  return {
    runId,
    heldAt,
    missing,
    known,
    limit,
    ...(reason && { reason }),
    ...(approvedAt && { approvedBy, approvedAt }),
  };
}

/** The same for those who read it together with other items. */
export const holdItem = {
  key: keyOf,
  attributes: ['runId', 'heldAt', 'missing', 'known', 'limit', 'reason', 'approvedBy', 'approvedAt'],
  read: holdOf,
} satisfies ItemReader<Collection, DeletionHold | undefined>;

export async function placeHold(table: Table, collection: Collection, hold: DeletionHold): Promise<void> {
  await putItem(table, { ...keyOf(collection), ...hold });
}

export async function liftHold(table: Table, collection: Collection): Promise<void> {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: keyOf(collection) }));
}

/**
 * An operator's word that the held deletion is right. Audited.
 *
 * @returns the approved hold, or undefined when nothing is held
 */
export async function approveHold(
  table: Table,
  collection: Collection,
  operator: string,
  now: Date,
): Promise<DeletionHold | undefined> {
  const approval = table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keyOf(collection),
      UpdateExpression: 'SET approvedBy = :operator, approvedAt = :now',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':operator': operator, ':now': now.toISOString() },
    }),
  );
  if (!(await isCarriedOut(approval))) return undefined;
  const hold = await readHold(table, collection);
  await audit(table, {
    action: 'approve-deletions',
    operator,
    at: now,
    details: { ...collection, missing: hold?.missing ?? 0 },
  });
  return hold;
}

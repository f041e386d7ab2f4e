import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Collection } from './collection.ts';
import { anyOf, isCarriedOut } from './conditions.ts';
import { expiresInDays, type Table } from './dynamo-table.ts';
import { syncPartition } from './sync-state.ts';

const keptDays = 3;

/**
 * Promise 6 outside sync runs: takes one of the deletions that webhooks may bring about in a resource today (UTC). What is
 * beyond them is left to the next full sync, which counts all that is gone before it deletes any of it.
 *
 * @returns whether there was one left
 */
export async function takeHintedDeletion(
  table: Table,
  collection: Collection,
  limit: number,
  now: Date,
): Promise<boolean> {
  if (limit < 1) return false;
  return isCarriedOut(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { pk: syncPartition(collection), sk: `hinted-deletions#${now.toISOString().slice(0, 10)}` },
        UpdateExpression: 'SET expiresAt = :expiresAt ADD taken :one',
        ConditionExpression: anyOf('attribute_not_exists(taken)', 'taken < :limit'),
        ExpressionAttributeValues: { ':one': 1, ':limit': limit, ':expiresAt': expiresInDays(now, keptDays) },
      }),
    ),
  );
}

import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { assign, expiresInDays, type Key, readItem, type Table } from './dynamo-table.ts';

const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  firstFailedAt: z.string(),
  lastFailedAt: z.string(),
  /** Times it failed with a reason. A crash leaves none. */
  failures: z.number(),
  account: z.optional(z.string()),
  resource: z.optional(z.string()),
  correlationId: z.optional(z.string()),
});

/** Why a queue's message failed the last time. SQS moves a message to its dead-letter queue without saying so. */
export type MessageFailure = z.output<typeof failureSchema>;

/** Longer than a message can be in a queue and then in its dead-letter queue. */
const keptDays = 30;
const keyOf = (messageId: string): Key => ({ pk: `message-failure#${messageId}`, sk: 'last' });

/**
 * Notes why a message failed, for when it becomes a dead letter.
 *
 * @param messageId stays the same when SQS moves the message to its dead-letter queue
 * @param failure with a message that names no credentials and no field values
 */
export async function noteFailure(
  table: Table,
  messageId: string,
  failure: Omit<MessageFailure, 'firstFailedAt' | 'lastFailedAt' | 'failures'>,
  now: Date,
): Promise<void> {
  const { set, names, values } = assign({
    ...failure,
    lastFailedAt: now.toISOString(),
    expiresAt: expiresInDays(now, keptDays),
  });
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keyOf(messageId),
      UpdateExpression: `SET ${set}, firstFailedAt = if_not_exists(firstFailedAt, :lastFailedAt) ADD failures :one`,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ...values, ':one': 1 },
    }),
  );
}

export async function readFailure(table: Table, messageId: string): Promise<MessageFailure | undefined> {
  const item = await readItem(table, keyOf(messageId));
  return item && failureSchema.parse(item);
}

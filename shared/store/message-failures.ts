import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { expiresInDays, type Key, type Table } from './dynamo-table.ts';

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
  const entries = Object.entries({
    ...failure,
    lastFailedAt: now.toISOString(),
    expiresAt: expiresInDays(now, keptDays),
  }).filter(([, value]) => value !== undefined);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keyOf(messageId),
      UpdateExpression: `SET ${[
        ...entries.map(([name]) => `#${name} = :${name}`),
        'firstFailedAt = if_not_exists(firstFailedAt, :lastFailedAt)',
      ].join(', ')} ADD failures :one`,
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ':one': 1,
        ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
      },
    }),
  );
}

export async function readFailure(table: Table, messageId: string): Promise<MessageFailure | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keyOf(messageId), ConsistentRead: true }),
  );
  return Item && failureSchema.parse(Item);
}

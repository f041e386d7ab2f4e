import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { assign, expiresInDays, type Key, readItem, type Table } from './dynamo-table.ts';

const failureSchema = z.object({
  /** Of the last failure with a reason. A crash leaves none. */
  code: z.optional(z.string()),
  message: z.optional(z.string()),
  firstFailedAt: z.optional(z.string()),
  lastFailedAt: z.optional(z.string()),
  /** Times it failed, with a reason or without. */
  failures: z.number(),
  account: z.optional(z.string()),
  resource: z.optional(z.string()),
  correlationId: z.optional(z.string()),
});

/** How often a queue's message failed, and why the last time. SQS counts receives and knows no reasons. */
export type MessageFailure = z.output<typeof failureSchema>;

/** Why it failed, and what it was about. */
export interface FailureReason {
  readonly code: string;
  readonly message: string;
  readonly account?: string | undefined;
  readonly resource?: string | undefined;
  readonly correlationId?: string | undefined;
}

/** Longer than a message can be in a queue and then in its dead-letter queue. */
const keptDays = 30;
const keyOf = (messageId: string): Key => ({ pk: `message-failure#${messageId}`, sk: 'last' });

/**
 * Counts a try to work on a message as a failure before it begins, since a function that dies in it cannot do so.
 *
 * @returns how often it had failed before
 */
export async function countTry(table: Table, messageId: string, now: Date): Promise<number> {
  const { Attributes: counted } = await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keyOf(messageId),
      UpdateExpression: 'SET expiresAt = :expiresAt ADD failures :one',
      ExpressionAttributeValues: { ':expiresAt': expiresInDays(now, keptDays), ':one': 1 },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return failureSchema.parse(counted).failures - 1;
}

/**
 * Notes why a message failed, for when it becomes a dead letter.
 *
 * @param messageId stays the same when SQS moves the message to its dead-letter queue
 * @param failure with a message that names no credentials and no field values
 * @param failures how often it has failed, this time included
 */
export async function noteFailure(
  table: Table,
  messageId: string,
  failure: FailureReason,
  failures: number,
  now: Date,
): Promise<void> {
  const { set, names, values } = assign({
    ...failure,
    failures,
    lastFailedAt: now.toISOString(),
    expiresAt: expiresInDays(now, keptDays),
  });
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keyOf(messageId),
      UpdateExpression: `SET ${set}, firstFailedAt = if_not_exists(firstFailedAt, :lastFailedAt)`,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    }),
  );
}

export async function readFailure(table: Table, messageId: string): Promise<MessageFailure | undefined> {
  const item = await readItem(table, keyOf(messageId));
  return item && failureSchema.parse(item);
}

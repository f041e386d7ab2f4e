import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { isCarriedOut } from './conditions.ts';
import { allItems, assign, expiresInDays, type Table } from './dynamo-table.ts';

/** A kind of webhook event that could not be used, for an operator to look at. */
const unknownEventSchema = z.object({
  account: z.string(),
  /** As Rentvine spelled it the last time. */
  eventType: z.string(),
  reason: z.string(),
  count: z.number(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  /** Of the last one. */
  correlationId: z.string(),
  objectId: z.optional(z.string()),
  objectTypeId: z.optional(z.string()),
});
export type UnknownEvent = z.output<typeof unknownEventSchema>;

export type SeenEvent = Omit<UnknownEvent, 'count' | 'firstSeenAt' | 'lastSeenAt'> & {
  /** The event's name without case and separators: what tells one kind from another. */
  readonly kind: string;
};

/** Rentvine has tens of kinds of events. More kinds than this are somebody's noise, and are not kept. */
const maxKinds = 200;
const keptDays = 90;
const partition = (account: string): string => `unknown-events#${account}`;

/** Counts an event by its kind. At most 200 kinds are kept per account, each until it was not seen for 90 days. */
export async function noteUnknownEvent(table: Table, event: SeenEvent, now: Date): Promise<void> {
  if (await count(table, event, now, true)) return;
  const { Count = 0 } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partition(event.account) },
      Select: 'COUNT',
      Limit: maxKinds,
    }),
  );
  if (Count < maxKinds) await count(table, event, now, false);
}

/** The kinds that were seen in an account, the latest first. */
export async function unknownEvents(table: Table, account: string): Promise<UnknownEvent[]> {
  const events = (await allItems(table, partition(account))).map((item) => unknownEventSchema.parse(item));
  return events.sort((a, b) => (a.lastSeenAt < b.lastSeenAt ? 1 : -1));
}

async function count(table: Table, { kind, ...event }: SeenEvent, now: Date, onlyKnown: boolean): Promise<boolean> {
  const { set, names, values } = assign({
    ...event,
    lastSeenAt: now.toISOString(),
    expiresAt: expiresInDays(now, keptDays),
  });
  return isCarriedOut(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { pk: partition(event.account), sk: kind },
        UpdateExpression: `SET ${set}, firstSeenAt = if_not_exists(firstSeenAt, :lastSeenAt) ADD #count :one`,
        ...(onlyKnown && { ConditionExpression: 'attribute_exists(pk)' }),
        ExpressionAttributeNames: { ...names, '#count': 'count' },
        ExpressionAttributeValues: { ...values, ':one': 1 },
      }),
    ),
  );
}

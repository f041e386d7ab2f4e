import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { paginateQuery, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { expiresInDays, type Table } from './dynamo-table.ts';

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

/** Rentvine has tens of events; whoever sends more kinds than this is not telling us about an event that we lack. */
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
  const events: UnknownEvent[] = [];
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partition(account) },
    },
  );
  for await (const page of pages) events.push(...(page.Items ?? []).map((item) => unknownEventSchema.parse(item)));
  return events.sort((a, b) => (a.lastSeenAt < b.lastSeenAt ? 1 : -1));
}

async function count(table: Table, { kind, ...event }: SeenEvent, now: Date, onlyKnown: boolean): Promise<boolean> {
  const fields = { ...event, lastSeenAt: now.toISOString(), expiresAt: expiresInDays(now, keptDays) };
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { pk: partition(event.account), sk: kind },
        UpdateExpression: `SET ${[
          ...entries.map(([name]) => `#${name} = :${name}`),
          'firstSeenAt = if_not_exists(firstSeenAt, :lastSeenAt)',
        ].join(', ')} ADD #count :one`,
        ...(onlyKnown && { ConditionExpression: 'attribute_exists(pk)' }),
        ExpressionAttributeNames: {
          '#count': 'count',
          ...Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ':one': 1,
          ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

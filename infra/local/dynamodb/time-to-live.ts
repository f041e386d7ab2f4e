import * as z from 'zod';
import type { AttributeMap, DynaliteStore, DynaliteTable } from './dynalite.ts';

const itemSchema = z.custom<AttributeMap>((value) => typeof value === 'object' && value !== null);
/** DynamoDB leaves what would have expired longer ago: it takes it for a wrong date. */
const maxAgeSeconds = 5 * 365 * 86_400;

/** The requests that remove what has expired of a table, as DynamoDB itself does within days. */
export async function* expiredItems(
  store: DynaliteStore,
  { TableName, KeySchema }: DynaliteTable,
  attribute: string,
): AsyncGenerator<Record<string, unknown>> {
  const now = Date.now() / 1000;
  for await (const [, value] of store.db.iterator({ gt: `item-${TableName}~`, lt: `item-${TableName}~\xff` })) {
    const item = itemSchema.parse(value);
    const expires = item[attribute];
    if (!expires?.N || Number(expires.N) > now || Number(expires.N) < now - maxAgeSeconds) continue;
    yield {
      TableName,
      Key: Object.fromEntries(KeySchema.map(({ AttributeName: key }) => [key, item[key]])),
      ConditionExpression: '#ttl = :ttl',
      ExpressionAttributeNames: { '#ttl': attribute },
      ExpressionAttributeValues: { ':ttl': expires },
    };
  }
}

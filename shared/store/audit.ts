import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Item, Table } from './dynamo-table.ts';

/** Something that an operator did which changes or discards data. */
export interface AuditEntry {
  readonly action: string;
  readonly operator: string;
  readonly at: Date;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** Writes an audit entry, one partition a month. Entries are never changed and do not expire. */
export async function audit(table: Table, entry: AuditEntry): Promise<void> {
  const at = entry.at.toISOString();
  const item: Item = { ...entry, at, pk: `audit#${at.slice(0, 7)}`, sk: `${at}#${crypto.randomUUID()}` };
  await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
}

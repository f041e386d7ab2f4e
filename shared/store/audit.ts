import { putItem, type Table } from './dynamo-table.ts';

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
  await putItem(table, { ...entry, at, pk: `audit#${at.slice(0, 7)}`, sk: `${at}#${crypto.randomUUID()}` });
}

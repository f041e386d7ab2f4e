import type { Collection } from './collection.ts';
import { allItems, batchDelete, expiresInDays, putItem, type Table } from './dynamo-table.ts';

/** A row that does not fit, kept for an operator: which one and why, never what it holds. */
export interface QuarantinedRow {
  readonly id: string;
  readonly reason: string;
  readonly seenAt: string;
  readonly runId: string;
}

const keptDays = 90;
const partition = ({ account, resource }: Collection): string => `quarantine#${account}#${resource}`;

export async function quarantine(table: Table, collection: Collection, row: QuarantinedRow, now: Date): Promise<void> {
  await putItem(table, { pk: partition(collection), sk: row.id, ...row, expiresAt: expiresInDays(now, keptDays) });
}

export async function quarantinedRows(table: Table, collection: Collection): Promise<QuarantinedRow[]> {
  const items = await allItems(table, partition(collection));
  return items.map(({ id, reason, seenAt, runId }) => ({ id, reason, seenAt, runId }));
}

/** Lets rows go that a full run has since read without fault, or not found any more. */
export async function releaseQuarantined(table: Table, collection: Collection, ids: readonly string[]): Promise<void> {
  await batchDelete(
    table,
    ids.map((id) => ({ pk: partition(collection), sk: id })),
  );
}

import type { RejectedRow } from '../../shared/rentvine/row.ts';
import type { Collection } from '../../shared/store/collection.ts';
import { quarantine } from '../../shared/store/quarantine.ts';
import type { RefreshDependencies } from './refresh-dependencies.ts';

/** Keeps which rows do not fit for an operator, as a sync does. One that has not even an id waits for the sync. */
export async function quarantineHinted(
  rows: readonly RejectedRow[],
  collection: Collection,
  correlationId: string,
  { state, now }: Pick<RefreshDependencies, 'state' | 'now'>,
): Promise<void> {
  for (const { id, reason } of rows) {
    if (id === undefined) continue;
    const row = { id, reason, seenAt: now().toISOString(), runId: `webhook ${correlationId}` };
    await quarantine(state, collection, row, now());
  }
}

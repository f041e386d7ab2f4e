import { logger } from '../../shared/observability/logger.ts';
import { noFields } from '../../shared/rentvine/field-catalogue.ts';
import { type RowReaders, readKinds } from '../../shared/rentvine/row-readers.ts';
import type { FieldsRead } from '../../shared/schema/after-read.ts';
import { catalogueKeeper } from '../../shared/schema/keep-fields.ts';
import type { Collection } from '../../shared/store/collection.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import type { SliceEnd } from '../../shared/sync/slice.ts';

export interface NoteFieldsOptions {
  readonly state: Table;
  readonly records: Table;
  readonly collection: Collection;
  /** What the slice has read with. */
  readonly readers: RowReaders;
  readonly now: () => Date;
}

/**
 * Takes note of which fields a slice's answers had. What keeps it from that is logged and no more: the slice's work is done,
 * and what is there to be noted comes again with the next full read.
 */
export async function noteFields(options: NoteFieldsOptions, { kind, run }: SliceEnd): Promise<void> {
  const { collection, readers, now } = options;
  const keeper = catalogueKeeper(options, collection);
  const at = now().toISOString();
  const isFull = run.mode === 'full' && !run.activeOnly;
  const isProven = kind === 'finished' && (run.status === 'succeeded' || run.status === 'held');
  try {
    const taken = readers.takeSeen().filter(({ resource }) => resource.name === collection.resource);
    for (const read of readKinds) {
      const seen = taken.find((fields) => fields.read === read) ?? noFields;
      const fullRun: FieldsRead['fullRun'] =
        isFull && read === 'list' ? { id: run.runId, slice: run.slices, isProven } : undefined;
      if (seen.rows === 0 && fullRun === undefined) continue;
      await keeper.note({ kind: read, seen, at, ...(fullRun && { fullRun }) }, run.correlationId);
    }
  } catch (error) {
    const { runId, correlationId } = run;
    logger.warn('Which fields a run has read could not be kept.', { ...collection, runId, correlationId, error });
  }
}

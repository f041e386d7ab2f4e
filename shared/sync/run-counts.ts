import type { PageRead } from '../store/progress.ts';
import type { RunCounts } from '../store/runs.ts';

/** What was stored and marked deleted beside the pages: by asking about single records. */
export interface BesidePages {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  /** Ids of those that are there and were quarantined. */
  readonly rejected: readonly string[];
}

/**
 * Keeps count of a run's pages as they come. Pages overlap and passes repeat, so objects are counted once, by id: what was
 * fetched and neither created, updated nor quarantined was unchanged.
 */
export function pageTally(pages: readonly PageRead[]) {
  const ids = new Set<string>();
  const parentIds = new Set<string>();
  const rejectedIds = new Set<string>();
  const sums = { pages: 0, created: 0, updated: 0, withoutId: 0 };
  const add = (page: PageRead): void => {
    sums.pages += 1;
    sums.created += page.created;
    sums.updated += page.updated;
    for (const id of page.objectIds ?? page.ids) ids.add(id);
    if (page.objectIds !== undefined) for (const id of page.ids) parentIds.add(id);
    for (const row of page.rejected) {
      if (row.id !== undefined) rejectedIds.add(row.id);
      else if (page.pass === 1) sums.withoutId += 1;
    }
  };
  for (const page of pages) add(page);
  return {
    add,
    /** Ids that the pages held, those of quarantined rows included. */
    ids: ids as ReadonlySet<string>,
    /** Ids of what was paged through: the same, or those of parents. */
    get listedIds(): ReadonlySet<string> {
      return parentIds.size > 0 ? parentIds : ids;
    },
    rejectedIds: rejectedIds as ReadonlySet<string>,
    counts(found: BesidePages, requests: number): RunCounts {
      const created = sums.created + found.created;
      const updated = sums.updated + found.updated;
      const onlyBeside = new Set(found.rejected.filter((id) => !ids.has(id))).size;
      const rejectedBeside = new Set(found.rejected.filter((id) => !rejectedIds.has(id))).size;
      const fetched = ids.size + onlyBeside + sums.withoutId;
      const quarantined = rejectedIds.size + rejectedBeside + sums.withoutId;
      return {
        requests,
        pages: sums.pages,
        fetched,
        created,
        updated,
        unchanged: Math.max(0, fetched - created - updated - quarantined),
        deleted: found.deleted,
        quarantined,
      };
    },
  };
}

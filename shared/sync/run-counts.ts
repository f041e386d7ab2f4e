import type { PageRead } from '../store/progress.ts';
import type { RunCounts } from '../store/runs.ts';

/** What was stored and marked deleted beside the pages: by asking about single records. */
export interface Settled {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  /** Ids of those that are there and were quarantined. */
  readonly rejected: readonly string[];
}

/**
 * The numbers of a run, from its pages. Pages overlap and passes repeat, so objects are counted once, by id: what was
 * fetched and neither created, updated nor quarantined was unchanged.
 */
export function countRun(pages: readonly PageRead[], settled: Settled, requests: number): RunCounts {
  const ids = new Set<string>();
  const rejectedIds = new Set(settled.rejected);
  let withoutId = 0;
  let created = settled.created;
  let updated = settled.updated;
  for (const page of pages) {
    for (const id of page.ids) ids.add(id);
    for (const row of page.rejected) {
      if (row.id !== undefined) rejectedIds.add(row.id);
      else if (page.pass === 1) withoutId += 1;
    }
    created += page.created;
    updated += page.updated;
  }
  for (const id of settled.rejected) ids.add(id);
  const fetched = ids.size + withoutId;
  const quarantined = rejectedIds.size + withoutId;
  return {
    requests,
    pages: pages.length,
    fetched,
    created,
    updated,
    unchanged: Math.max(0, fetched - created - updated - quarantined),
    deleted: settled.deleted,
    quarantined,
  };
}

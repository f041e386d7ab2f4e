/** Which pages a pass asks for, and in which sizes. Pure. */

export interface PageRequest {
  readonly page: number;
  readonly pageSize: number;
}

/** Rows that neighbouring pages should share, at least: that many rows may vanish between two reads and the pages still join. */
const overlapFor = (capacity: number): number => Math.min(5, Math.max(1, Math.floor(capacity / 50)));

/**
 * Pages one after another, all of one size: what every server understands, and what proves nothing by itself.
 *
 * @param index position in the pass, from 1
 */
export const plainPage = (index: number, pageSize: number): PageRequest => ({ page: index, pageSize });

/**
 * Pages that overlap their neighbours by a few rows, made from `page` and `pageSize` alone: a page of size s starts at a
 * multiple of s, so the size is chosen, page by page, such that a multiple of it falls just before the end of the page before.
 *
 * The first page covers `capacity` rows; the plan goes on from there.
 *
 * @param capacity the most rows the server has answered in one page; every size in the plan is at most this
 * @returns the requests from index 2 on; it never ends by itself
 */
export function* linkedPages(capacity: number): Generator<PageRequest, never> {
  const overlap = overlapFor(capacity);
  let covered = capacity;
  for (;;) {
    const next = farthestOverlapping(covered, capacity, overlap);
    yield next;
    covered = next.page * next.pageSize;
  }
}

/** Whether overlapping pages of at most `capacity` rows get ahead at a rate that beats reading everything twice. */
export const canLink = (capacity: number): boolean => capacity >= 16;

function farthestOverlapping(covered: number, capacity: number, overlap: number): PageRequest {
  // Where every size ends exactly at `covered`, no page can straddle it; the completeness proof sees that nothing joins.
  let best: PageRequest = { page: Math.floor(covered / capacity) + 1, pageSize: capacity };
  let farthest = covered;
  const latestStart = covered - overlap;
  for (let pageSize = capacity; pageSize > capacity / 3; pageSize--) {
    const before = Math.floor(latestStart / pageSize);
    const end = (before + 1) * pageSize;
    if (end > farthest) {
      farthest = end;
      best = { page: before + 1, pageSize };
    }
  }
  return best;
}

/**
 * Whether what was read is everything that was there. Pure: it judges pages that were read, it reads none.
 *
 * The difficulty: rows that vanish or appear while pages are being read shift the others, so that a row which existed all
 * through falls between two pages. A list has no total, and a short page may just be the server's silent cap.
 */

export interface PageEvidence {
  readonly page: number;
  readonly pageSize: number;
  readonly size: number;
  readonly ids: readonly string[];
}

export type Proof = { readonly proven: true } | { readonly proven: false; readonly reason: string };

const unproven = (reason: string): Proof => ({ proven: false, reason });

/**
 * Whether one pass over a list alone proves that it missed nothing.
 *
 * Each page is one moment's view of a stretch of the list. Let the list be in the order of its ids, so that two rows never
 * change places, and let two neighbouring pages share a row r. A row x that existed all through comes before r or after
 * it. If before, it was within the first page's stretch or an earlier one; if after, within the second's or a later one.
 * So nothing can fall between pages that share a row, in whatever order they were read. The last page must show that
 * nothing came after it: it holds fewer rows than asked for, and no more were asked for than the server is known to give.
 *
 * A list may only look as if it were in the order of its ids: one that shows the last modified first does while nothing is
 * modified. A row that then jumps over r, from behind it in the first page to before it in the second, pushes r one place
 * back. Where ids order the list and count up, nothing ever does, so an r that was pushed back proves nothing either.
 *
 * @param pages of one pass in the order of its plan, ending with an empty one
 * @param capacity the most rows the server has ever been seen to answer in one page, if known from earlier
 */
export function provenByOnePass(pages: readonly PageEvidence[], capacity = 0): Proof {
  const filled = pages.slice(0, -1);
  const first = filled[0];
  const last = filled.at(-1);
  if (pages.at(-1)?.size !== 0) return unproven('the list has not been read to its end');
  if (first === undefined || last === undefined) return { proven: true };
  if (filled.some((page) => page.ids.length !== page.size)) return unproven('some rows have no readable id');
  if (!inIdOrder(filled)) return unproven('the list is not in the order of its ids');
  for (const [index, page] of filled.entries()) {
    const next = filled[index + 1];
    if (next === undefined) continue;
    const shift = shiftBetween(page, next);
    if (shift === undefined) return unproven('neighbouring pages do not join');
    if (shift > 0) return unproven('rows changed places while the list was being read');
  }
  const knownCapacity = filled.length === 1 ? capacity : Math.max(capacity, first.size);
  if (last.size >= Math.min(last.pageSize, knownCapacity)) return unproven('the last page may have been cut off');
  return { proven: true };
}

/**
 * Whether repeating the pass proves it: the last pass brought no id that the passes before had not, except ones above the
 * highest id of the pass before it. Ids count up, so those are objects made meanwhile, which an incremental read gets.
 *
 * @param passes the ids of each pass so far
 */
export function provenByRepetition(passes: readonly ReadonlySet<string>[]): Proof {
  const last = passes.at(-1);
  const before = passes.at(-2);
  if (last === undefined || before === undefined) return unproven('the list has been read only once');
  const highest = highestId(before);
  for (const id of last) {
    const isNew = !passes.slice(0, -1).some((pass) => pass.has(id));
    if (isNew && (highest === undefined || !isAbove(id, highest))) {
      return unproven('the last pass still brought rows that the passes before had missed');
    }
  }
  return { proven: true };
}

/** A list of which more than this share changes places while it is read has no order at all. */
const maxMovedShare = 0.01;

/**
 * Whether a repeated pass found the list in some order. Where each page comes in another one, a pass shows some rows twice
 * and passes over as many others, so that a few passes may agree by chance, and all of them have missed the same row. Rows
 * that are modified may well move in a list that is in order, but few of them while one pass lasts.
 *
 * @param pages of the pass: those of a repeated one share no rows by themselves
 * @param before the ids of the pass before it
 */
export function provenOrder(pages: readonly PageEvidence[], before: ReadonlySet<string>): Proof {
  const ids = pages.flatMap((page) => page.ids);
  const found = new Set(ids);
  const missed = [...before].filter((id) => !found.has(id)).length;
  const moved = Math.min(ids.length - found.size, missed);
  return moved <= before.size * maxMovedShare
    ? { proven: true }
    : unproven('rows changed places while the list was being read');
}

/**
 * Why a read that seems proven is to be doubted: the list claimed more rows, on every page that claimed anything, than were
 * found. A total may be stale or wrong, so that it never proves anything; but where it is right, rows are missing.
 *
 * @param totals claimed by the pages of the last pass
 * @param found distinct rows of all passes
 */
export function doubtByTotal(totals: readonly number[], found: number): string | undefined {
  const least = Math.min(...totals);
  return totals.length > 0 && found < least
    ? `the list says that it has ${least} rows, and ${found} were found`
    : undefined;
}

/** Whether a list lost rows while a pass read it, as far as its claimed totals show. */
export const lostRows = (totals: readonly number[]): boolean =>
  totals.some((total, index) => total < (totals[index - 1] ?? total));

/**
 * Whether a repeated pass ended where the list ends: an empty answer alone may be a mishap in the middle of it. Either the
 * last page with rows holds fewer than the server gives, or the pass before ended with the same row.
 *
 * @param pages of the pass, in the order of its plan
 * @param before pages of the pass before it, in the order of its plan
 * @param capacity the most rows the server has been seen to answer in one page
 */
export function provenEnd(pages: readonly PageEvidence[], before: readonly PageEvidence[], capacity: number): Proof {
  const last = lastFilled(pages);
  if (last !== undefined && last.size < Math.min(last.pageSize, capacity)) return { proven: true };
  if (last?.ids.at(-1) === lastFilled(before)?.ids.at(-1)) return { proven: true };
  return unproven('two passes in a row ended in different places');
}

function lastFilled(pages: readonly PageEvidence[]): PageEvidence | undefined {
  const end = pages.findIndex((page) => page.size === 0);
  return pages[(end < 0 ? pages.length : end) - 1];
}

const asNumber = (id: string): bigint | undefined => (/^\d{1,30}$/.test(id) ? BigInt(id) : undefined);

/** Whether id `a` was given out after id `b`; false where they are not numbers. */
function isAbove(a: string, b: bigint): boolean {
  const number = asNumber(a);
  return number !== undefined && number > b;
}

function highestId(ids: ReadonlySet<string>): bigint | undefined {
  let highest: bigint | undefined;
  for (const id of ids) {
    const number = asNumber(id);
    if (number !== undefined && (highest === undefined || number > highest)) highest = number;
  }
  return highest;
}

/** How many places further back a shared row stands in the second page than in the first; undefined where none is shared. */
function shiftBetween(a: PageEvidence, b: PageEvidence): number | undefined {
  const positions = new Map(a.ids.map((id, index) => [id, positionOf(a, index)]));
  for (const [index, id] of b.ids.entries()) {
    const position = positions.get(id);
    if (position !== undefined) return positionOf(b, index) - position;
  }
  return undefined;
}

const positionOf = ({ page, pageSize }: PageEvidence, index: number): number => (page - 1) * pageSize + index;

/** Strictly up or strictly down within every page, and the same way in all of them. */
function inIdOrder(pages: readonly PageEvidence[]): boolean {
  let direction = 0;
  for (const { ids } of pages) {
    for (let index = 1; index < ids.length; index++) {
      const [a, b] = [asNumber(ids[index - 1] ?? ''), asNumber(ids[index] ?? '')];
      if (a === undefined || b === undefined || a === b) return false;
      const step = b > a ? 1 : -1;
      if (direction !== 0 && step !== direction) return false;
      direction = step;
    }
  }
  // One row a page shows no order, but then no page joins another either.
  return direction !== 0 || pages.length === 1;
}

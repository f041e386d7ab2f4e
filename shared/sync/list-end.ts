/**
 * How a list ends. Rentvine's reference does not say what comes beyond the last page, and servers differ: an empty page, an
 * error, or the last page once more. An empty page speaks for itself. The other two are looked into with a few requests, for
 * a page that fails in the middle, a limit on deep pages and a server that ignores `page` all look the same at first.
 */

import { ContractError, NotFoundError } from '../errors.ts';
import type { ListPage } from '../rentvine/client.ts';
import type { PageRequest } from './page-plan.ts';

/** Reads one page of the list, with the filters of the run. */
export type ReadPage = (request: PageRequest) => Promise<Pick<ListPage, 'ids' | 'size'>>;

/** A page as a pass has read it. */
export interface SeenPage extends PageRequest {
  readonly ids: readonly string[];
  readonly size: number;
}

/** What a pass knows when it comes to what may be the end. */
export interface Reached {
  /** The first page of the pass, and the last before what may be the end; they may be the same. */
  readonly first: SeenPage;
  readonly last: SeenPage;
  /** Rows up to there, each counted once. */
  readonly rows: number;
  /** The most rows the server is known to answer in one page, 0 if unknown. */
  readonly capacity: number;
}

/** So far beyond that no list has a page there. */
const farPages = 100_000;
/** Servers that limit how deep one may page allow a thousand rows at least: 10,000 is Elasticsearch's default. */
const minDeepPagingLimit = 1_000;

/** What kind of refusal an error is: two of a kind are the same answer. Undefined for what passes by itself. */
function refusalKind(error: unknown): string | undefined {
  if (error instanceof NotFoundError) return `${error.code} ${error.asHtml}`;
  return error instanceof ContractError ? `${error.code} ${error.status}` : undefined;
}

/** @throws PlatformError what the read threw, where it says nothing about the list */
async function refusalOf(read: ReadPage, request: PageRequest): Promise<string | undefined> {
  try {
    await read(request);
    return undefined;
  } catch (error) {
    const kind = refusalKind(error);
    if (kind === undefined) throw error;
    return kind;
  }
}

/**
 * Whether a page was refused because the list ends before it: the page itself, the one after it and one far beyond are
 * refused in one way, while the first page is still answered, and no rows are hidden behind the last one that was read.
 *
 * @param error what the page's read threw
 * @throws PlatformError what a read threw that says nothing about the list
 */
export async function isRefusedBeyondEnd(
  read: ReadPage,
  { page, pageSize }: PageRequest,
  error: unknown,
  reached: Reached,
): Promise<boolean> {
  const kind = refusalKind(error);
  if (kind === undefined) return false;
  for (const beyond of [page + farPages, page + 1, page]) {
    if ((await refusalOf(read, { page: beyond, pageSize })) !== kind) return false;
  }
  if ((await refusalOf(read, { page: 1, pageSize })) !== undefined) return false;
  return endsWithLastRow(read, reached);
}

/**
 * Whether a page may be the last one once more, or the first: it brings nothing new, and ends with the row that the page
 * before it ended with, or begins with the row that the whole list began with.
 *
 * @param seen ids of all pages before it
 */
export function looksLikeKnownPage(page: SeenPage, { first, last }: Reached, seen: ReadonlySet<string>): boolean {
  const isLast = page.ids.at(-1) === last.ids.at(-1);
  return page.size > 0 && (isLast || page.ids[0] === first.ids[0]) && page.ids.every((id) => seen.has(id));
}

/**
 * Whether the server answers its last page to whatever lies beyond the end, as it seems to have done with `page`: then a page
 * far beyond holds the very rows of this one.
 *
 * A server that ignores `page` would do that too, with its first page. Where no other page has been seen, half of the first
 * is asked for as a second page: a server that honours `page` answers the second half. One that ignores the page size as well
 * cannot be told apart that way; then `honoursPages` decides, which looks at other lists of the account.
 *
 * @throws ContractError when the server ignores `page`, or may do so: what lies behind the first page cannot be read
 */
export async function isLastPageAgain(
  read: ReadPage,
  page: SeenPage,
  reached: Reached,
  honoursPages: () => Promise<boolean>,
): Promise<boolean> {
  const { first } = reached;
  if (!(await holdsRowsOf(page, read, { page: page.page + farPages, pageSize: page.pageSize }))) return false;
  if (page.ids[0] === first.ids[0]) {
    const half = Math.ceil(first.size / 2);
    const second = half === first.size ? first : await read({ page: 2, pageSize: half });
    const honoursBoth = second.ids[0] === first.ids[half] && half < first.size;
    if (!honoursBoth && !(sameRows(second, first) && (await honoursPages()))) {
      throw new ContractError(
        'Rentvine answers the same rows whatever page is asked for, so that the rest cannot be read',
      );
    }
  }
  return endsWithLastRow(read, reached);
}

async function holdsRowsOf(page: SeenPage, read: ReadPage, request: PageRequest): Promise<boolean> {
  try {
    return sameRows(await read(request), page);
  } catch (error) {
    if (refusalKind(error) === undefined) throw error;
    return false;
  }
}

/**
 * Whether nothing comes after the last row that was read. A full last page may have been cut off by a limit on deep pages:
 * then a page that begins before its end and reaches beyond shows whether more rows follow.
 */
async function endsWithLastRow(read: ReadPage, { first, last, rows, capacity }: Reached): Promise<boolean> {
  const largest = Math.max(capacity, last === first ? 0 : first.size);
  if (last.size < Math.min(last.pageSize, largest)) return true;
  const pageSize = straddlingSize(rows, last.size);
  if (pageSize !== undefined) {
    const page = Math.floor(rows / pageSize) + 1;
    const answer = await read({ page, pageSize }).catch((error: unknown) => {
      if (refusalKind(error) === undefined) throw error;
      return undefined;
    });
    const begins = (page - 1) * pageSize;
    if (answer !== undefined && answer.size <= pageSize) {
      return answer.size === rows - begins && answer.ids.at(-1) === last.ids.at(-1);
    }
  }
  return rows < minDeepPagingLimit;
}

/** A page size of which a page begins within the last page and ends beyond the last row. */
function straddlingSize(rows: number, lastSize: number): number | undefined {
  for (let size = lastSize - 1; size > lastSize / 2; size--) if (rows % size !== 0) return size;
  return undefined;
}

const sameRows = (a: Pick<SeenPage, 'ids'>, b: Pick<SeenPage, 'ids'>): boolean => a.ids.join() === b.ids.join();

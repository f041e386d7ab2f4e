import { ContractError, NotFoundError } from '../errors.ts';
import type { ListPage, RentvineClient } from '../rentvine/client.ts';
import type { Resource } from '../rentvine/resource.ts';
import type { RejectedRow } from '../rentvine/row.ts';
import type { ListQuery } from '../rentvine/urls.ts';
import type { PageRead, Progress } from '../store/progress.ts';
import { isLastPageAgain, isRefusedBeyondEnd, looksLikeKnownPage, type Reached } from './list-end.ts';
import { canLink, linkedPages, type PageRequest, plainPage } from './page-plan.ts';

export interface PassOptions {
  readonly client: RentvineClient;
  readonly resource: Resource;
  readonly query: ListQuery;
  readonly pass: number;
  /** Rows to ask for per page. */
  readonly pageSize: number;
  /** Whether to lay the pages so that they overlap, as a proof of completeness by one pass needs. */
  readonly linked: boolean;
  /** Most rows the server has been seen to answer for `pageSize`, 0 if unknown. */
  readonly capacity: number;
  /** Rows that the list is believed to have, 0 if unknown: pages of these are read ahead at once. */
  readonly expectedRows: number;
  /** Pages being read or stored at the same time. */
  readonly width: number;
  readonly progress: Progress;
  /** Pages of this pass that an earlier slice has read. */
  readonly read: readonly PageRead[];
  readonly now: () => Date;
  readonly outOfTime: () => boolean;
  /** Stores a page's rows; called for pages in any order, several at once. Answers which rows are quarantined, too. */
  readonly store: (
    page: ListPage,
  ) => Promise<{ readonly created: number; readonly updated: number; readonly rejected: readonly RejectedRow[] }>;
  /** Told of every page after its checkpoint is saved; a page that turns out to lie beyond the end is told again, as empty. */
  readonly onPage: (page: PageRead) => Promise<void>;
  /** Whether the account's server honours `page` in any other list. */
  readonly honoursPages: () => Promise<boolean>;
}

/**
 * Reads a list up to its end, several pages at a time, and saves a checkpoint after every page. Where the server does not
 * answer an empty page beyond the end, what it answers there is looked into, and counts as one (`list-end.ts`).
 *
 * @returns the pages in order, the last of them empty, and whether the end was reached; without it, time ran out
 * @throws PlatformError what the client threw; pages that were under way are finished and kept
 * @throws ContractError when the server repeats itself without end
 */
export async function readPass(options: PassOptions): Promise<{ pages: PageRead[]; ended: boolean }> {
  const done = new Map(options.read.map((page) => [page.index, page]));
  const underWay = new Map<number, Promise<void>>();
  const refused = new Map<number, Refusal>();
  const plan = planOf(options, done);
  const endOf = () => Math.min(firstEmpty(done), ...refused.keys());
  const repetition = repetitionWatch(options.resource);
  const reached = reachedBy(done, options.capacity);
  // Whether a total counts what a filter leaves out is not known.
  const isWhole = Object.keys(options.query).length === 0;
  let failure: { error: unknown } | undefined;
  let firstOpen = 1;

  const ask = (request: PageRequest) => options.client.listPage(options.resource, { ...request, query: options.query });
  const keep = async (page: PageRead) => {
    await options.progress.savePage(page, options.now());
    // The end may have been found meanwhile, at this page or before it.
    if (page.size > 0 && page.index >= firstEmpty(done)) return;
    done.set(page.index, page);
    await options.onPage(page);
  };
  const keepAsEnd = (index: number, { page, pageSize }: PageRequest) =>
    keep({ page, pageSize, pass: options.pass, index, size: 0, ids: [], rejected: [], created: 0, updated: 0 });

  const readOne = async (index: number, request: PageRequest) => {
    try {
      const answer = await ask(request).catch((error: unknown) => {
        if (index === 1 || !(error instanceof ContractError || error instanceof NotFoundError)) throw error;
        refused.set(index, { request, error });
        return undefined;
      });
      if (answer === undefined || index >= firstEmpty(done)) return;
      refuseEndlessPage(options.resource, answer);
      const { created, updated, rejected } = await options.store(answer);
      await keep({
        ...request,
        pass: options.pass,
        index,
        size: answer.size,
        ...(answer.claim?.totalItems !== undefined && { total: answer.claim.totalItems }),
        ids: answer.ids,
        ...(answer.objectIds !== undefined && { objectIds: answer.objectIds }),
        rejected: rejected.map(({ id }) => (id === undefined ? {} : { id })),
        created,
        updated,
      });
    } catch (error) {
      failure ??= { error };
    } finally {
      underWay.delete(index);
    }
  };

  /** Looks into what may lie beyond the end, as soon as all pages before it are there. */
  const judgeEnd = (): Promise<void> | undefined => {
    const again = Number.isFinite(firstEmpty(done)) ? undefined : reached.nextKnown();
    if (again !== undefined) return judgeLastPageAgain(again);
    const index = endOf();
    const refusal = refused.get(index);
    const before = refusal && reached.before(index);
    return before && judgeRefusal(index, refusal, before);
  };
  const judgeLastPageAgain = async ({ page, before }: { readonly page: PageRead; readonly before: Reached }) => {
    if (!(await isLastPageAgain(ask, page, before, options.honoursPages))) return;
    // A page that overlaps the one before and ends with the list is evidence, and the end comes after it.
    const isInItsPlace = (page.page - 1) * page.pageSize + page.size === before.rows;
    await (isInItsPlace
      ? keepAsEnd(page.index + 1, { page: page.page + 1, pageSize: page.pageSize })
      : keepAsEnd(page.index, page));
  };
  const judgeRefusal = async (index: number, { request, error }: Refusal, before: Reached) => {
    if (!(await isRefusedBeyondEnd(ask, request, error, before))) throw error;
    refused.delete(index);
    await keepAsEnd(index, request);
  };

  const launch = () => {
    // Page 1 shows the real page size. Further than the list is known to go, page 2 shows whether there is more at all, and
    // only as many pages are read ahead as there have been so far.
    const rowsPerPage = done.get(1)?.size ?? 0;
    const expectedRows = (isWhole ? done.get(1)?.total : undefined) ?? options.expectedRows;
    const expected = rowsPerPage === 0 ? 0 : expectedRows / rowsPerPage;
    const cautious = done.size < 2 ? 1 : Math.min(options.width, done.size);
    const end = endOf();
    while (done.has(firstOpen)) firstOpen += 1;
    for (let index = firstOpen; index < end; index++) {
      if (underWay.size >= (index <= expected ? options.width : cautious)) return;
      if (done.has(index) || underWay.has(index)) continue;
      const request = plan(index);
      if (request === undefined) return;
      underWay.set(index, readOne(index, request));
    }
  };

  for (;;) {
    if (failure === undefined && !options.outOfTime()) {
      const judging = judgeEnd();
      if (judging === undefined) {
        repetition(done);
        launch();
      } else {
        await judging.catch((error: unknown) => {
          failure = { error };
        });
        continue;
      }
    }
    if (underWay.size === 0) break;
    await Promise.race(underWay.values());
  }
  if (failure !== undefined) throw failure.error;
  const end = firstEmpty(done);
  const pages = [...done.values()].filter((page) => page.index <= end).sort((a, b) => a.index - b.index);
  return { pages, ended: Number.isFinite(end) && pages.length === end };
}

/** A page that Rentvine refused to answer. */
interface Refusal {
  readonly request: PageRequest;
  readonly error: unknown;
}

/** Follows the pages of a pass in their order, as far as they are there without a gap. */
function reachedBy(done: ReadonlyMap<number, PageRead>, capacity: number) {
  const seen = new Set<string>();
  let upTo = 0;
  const following = (): PageRead | undefined => done.get(upTo + 1);
  const take = (page: PageRead): void => {
    upTo = page.index;
    for (const id of page.ids) seen.add(id);
  };
  const reached = (): Reached | undefined => {
    const first = done.get(1);
    const last = done.get(upTo);
    return first && last && { first, last, rows: seen.size, capacity };
  };
  return {
    /** The next page that brings nothing new and may lie beyond the end, with what was reached before it. */
    nextKnown(): { readonly page: PageRead; readonly before: Reached } | undefined {
      for (let page = following(); page !== undefined; page = following()) {
        const before = reached();
        const isKnown = before !== undefined && looksLikeKnownPage(page, before, seen);
        take(page);
        if (isKnown) return { page, before };
      }
      return undefined;
    },
    /** What was reached before a page, once all that come before it are there. */
    before(index: number): Reached | undefined {
      for (let page = following(); page !== undefined && page.index < index; page = following()) take(page);
      return upTo === index - 1 ? reached() : undefined;
    },
  };
}

function firstEmpty(done: ReadonlyMap<number, PageRead>): number {
  let first = Number.POSITIVE_INFINITY;
  for (const page of done.values()) if (page.size === 0 && page.index < first) first = page.index;
  return first;
}

/** What to ask for at each position; undefined while that depends on a page that is not there yet. */
function planOf(
  { linked, pageSize, capacity }: PassOptions,
  done: ReadonlyMap<number, PageRead>,
): (index: number) => PageRequest | undefined {
  const overlapping: PageRequest[] = [];
  let generator: ReturnType<typeof linkedPages> | undefined;
  return (index) => {
    if (index === 1) return plainPage(1, pageSize);
    const first = done.get(1);
    if (first === undefined) return undefined;
    const isWhole = first.size < Math.min(capacity, pageSize);
    const fits = first.size <= pageSize && canLink(first.size);
    if (!linked || isWhole || !fits) return plainPage(index, pageSize);
    generator ??= linkedPages(first.size);
    while (overlapping.length < index - 1) overlapping.push(generator.next().value);
    return overlapping[index - 2];
  };
}

/** Rows that may be read per distinct id before the server is taken to repeat itself; drift alone never comes near. */
const maxReadsPerId = 4;
const alwaysAllowedRows = 2_000;

/**
 * Watches for a server that repeats rows without ever coming to an end: it would be read for ever.
 *
 * @throws ContractError from the function it returns
 */
function repetitionWatch(resource: Resource): (done: ReadonlyMap<number, PageRead>) => void {
  let judgeAgainAt = 8;
  return (done) => {
    if (done.size < judgeAgainAt) return;
    judgeAgainAt = done.size * 2;
    const distinct = new Set<string>();
    let rows = 0;
    for (const { ids } of done.values()) {
      rows += ids.length;
      for (const id of ids) distinct.add(id);
    }
    if (rows > alwaysAllowedRows && rows > distinct.size * maxReadsPerId) {
      throw new ContractError(`Rentvine repeats the rows of ${resource.name} without coming to an end.`);
    }
  };
}

/** A page's ids are its checkpoint, and an item of DynamoDB holds 400 KB. */
const maxIdBytes = 300_000;

/** @throws ContractError for a page that is too long to be remembered */
function refuseEndlessPage(resource: Resource, { ids, size }: ListPage): void {
  const bytes = ids.reduce((sum, id) => sum + Buffer.byteLength(id) + 3, 0);
  if (bytes > maxIdBytes) {
    throw new ContractError(`Rentvine answered ${size} rows of ${resource.name} in one page, whatever was asked for.`);
  }
}

import { ContractError } from '../errors.ts';
import type { ListPage, RentvineClient } from '../rentvine/client.ts';
import type { ListQuery } from '../rentvine/read-query.ts';
import type { Resource } from '../rentvine/resource.ts';
import type { RejectedRow } from '../rentvine/row.ts';
import type { PageRead, Progress } from '../store/progress.ts';
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
  /** Told of every page after its checkpoint is saved. */
  readonly onPage: (page: PageRead) => Promise<void>;
}

/**
 * Reads a list up to its first empty page, several pages at a time, and saves a checkpoint after every page.
 *
 * @returns the pages in order and whether the end was reached; without it, time ran out
 * @throws PlatformError what the client threw; pages that were under way are finished and kept
 * @throws ContractError when the server repeats itself without end
 */
export async function readPass(options: PassOptions): Promise<{ pages: PageRead[]; ended: boolean }> {
  const done = new Map(options.read.map((page) => [page.index, page]));
  const underWay = new Map<number, Promise<void>>();
  const plan = planOf(options, done);
  const endOf = () => firstEmpty(done);
  const repetition = repetitionWatch(options.resource);
  let failure: { error: unknown } | undefined;
  let firstOpen = 1;

  const readOne = async (index: number, request: PageRequest) => {
    try {
      const answer = await options.client.listPage(options.resource, { ...request, query: options.query });
      refuseEndlessPage(options.resource, answer);
      const { created, updated, rejected } = await options.store(answer);
      const page: PageRead = {
        ...request,
        pass: options.pass,
        index,
        size: answer.size,
        ids: answer.ids,
        rejected: rejected.map(({ id }) => (id === undefined ? {} : { id })),
        created,
        updated,
      };
      await options.progress.savePage(page, options.now());
      done.set(index, page);
      await options.onPage(page);
    } catch (error) {
      failure ??= { error };
    } finally {
      underWay.delete(index);
    }
  };

  const launch = () => {
    // Page 1 shows the real page size. Further than the list is known to go, page 2 shows whether there is more at all, and
    // only as many pages are read ahead as there have been so far.
    const rowsPerPage = done.get(1)?.size ?? 0;
    const expected = rowsPerPage === 0 ? 0 : options.expectedRows / rowsPerPage;
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
      repetition(done);
      launch();
    }
    if (underWay.size === 0) break;
    await Promise.race(underWay.values());
  }
  if (failure !== undefined) throw failure.error;
  const end = endOf();
  const pages = [...done.values()].filter((page) => page.index <= end).sort((a, b) => a.index - b.index);
  return { pages, ended: Number.isFinite(end) && pages.length === end };
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
const mostReadsPerId = 4;
const alwaysAllowedRows = 2_000;
const fewestSamePages = 3;
const fewestSameRows = 30;

/**
 * Watches for a server that does not honour `page`, or never answers an empty one: it would be read for ever.
 *
 * @throws ContractError from the function it returns
 */
function repetitionWatch(resource: Resource): (done: ReadonlyMap<number, PageRead>) => void {
  let judgeAgainAt = 8;
  return (done) => {
    if (repeatsItself(done)) {
      throw new ContractError(`Rentvine answers the same rows for page after page of ${resource.name}.`);
    }
    if (done.size < judgeAgainAt) return;
    judgeAgainAt = done.size * 2;
    const distinct = new Set<string>();
    let rows = 0;
    for (const { ids } of done.values()) {
      rows += ids.length;
      for (const id of ids) distinct.add(id);
    }
    if (rows > alwaysAllowedRows && rows > distinct.size * mostReadsPerId) {
      throw new ContractError(`Rentvine repeats the rows of ${resource.name} without coming to an end.`);
    }
  };
}

/** Pages of a few rows may well look the same by drift: a row that moves back is met again. */
function repeatsItself(done: ReadonlyMap<number, PageRead>): boolean {
  const last = done.get(done.size);
  const pages = Math.max(fewestSamePages, Math.ceil(fewestSameRows / Math.max(1, last?.size ?? 0)));
  for (let index = done.size - 1; index > done.size - pages; index--) {
    if (!isSamePage(last, done.get(index))) return false;
  }
  return true;
}

const isSamePage = (a?: PageRead, b?: PageRead): boolean =>
  a !== undefined && b !== undefined && a.size > 0 && a.pageSize === b.pageSize && a.ids.join() === b.ids.join();

/** A page's ids are its checkpoint, and an item of DynamoDB holds 400 KB. */
const mostIdBytes = 300_000;

/** @throws ContractError for a page that is too long to be remembered */
function refuseEndlessPage(resource: Resource, { ids, size }: ListPage): void {
  const bytes = ids.reduce((sum, id) => sum + Buffer.byteLength(id) + 3, 0);
  if (bytes > mostIdBytes) {
    throw new ContractError(`Rentvine answered ${size} rows of ${resource.name} in one page, whatever was asked for.`);
  }
}

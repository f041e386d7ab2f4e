import { ContractError } from '../errors.ts';
import { logger } from '../observability/logger.ts';
import type { ListPage } from '../rentvine/client.ts';
import type { RejectedRow } from '../rentvine/row.ts';
import { formatDate, formatDateTime, type ListQuery } from '../rentvine/urls.ts';
import type { PageRead } from '../store/progress.ts';
import { type SyncState, updateSyncState } from '../store/sync-state.ts';
import { activeRows } from './active-rows.ts';
import {
  doubtByTotal,
  lostRows,
  type Proof,
  provenByOnePass,
  provenByRepetition,
  provenEnd,
  provenOrder,
} from './completeness.ts';
import { honoursPagesElsewhere } from './honours-pages.ts';
import { readPass } from './read-pass.ts';
import type { RunRecord } from './run-record.ts';
import { storePage } from './store-answers.ts';

/** A first full read that is still incomplete after this many passes fails. */
const maxPasses = 4;
/** Without the server's clock an incremental read reaches back this much further. */
const clockAllowanceMs = 3_600_000;

/**
 * Reads and stores a run's list, as often as it takes to prove that nothing was missed.
 *
 * @returns whether it is done; if not, time ran out
 * @throws ContractError when four passes prove nothing
 */
export async function readUntilProven(record: RunRecord, state: SyncState): Promise<boolean> {
  let capacity = state.pageCapacity ?? 0;
  for (;;) {
    const { pass, pageSize } = record.run;
    const result = await readOnePass(record, pass, { capacity, expectedRows: state.listedRows ?? 0 });
    const largest = largestPage(result.pages, pageSize);
    if (largest > capacity) await updateSyncState(record.slice.state, record.collection, { pageCapacity: largest });
    if (!result.ended) return false;
    const proof = await withDoubt(record, state, pass, proofAfter(record, pass, result.pages, capacity));
    if (proof.proven) return true;
    if (pass >= maxPasses) {
      throw new ContractError(
        `Reading ${record.slice.resource.name} ${maxPasses} times did not prove that nothing was missed: ${proof.reason}.`,
      );
    }
    capacity = Math.max(capacity, largest);
    record.update({ pass: pass + 1 });
    await record.save();
  }
}

function proofAfter(record: RunRecord, pass: number, pages: readonly PageRead[], capacity: number): Proof {
  if (pass > 1) return proofByRepetition(record, pass, pages);
  const { mode } = record.run;
  // A full read of nothing at all is rare, and cheap to look at twice.
  if (mode === 'full' && pages.length === 1) return { proven: false, reason: 'the list was empty' };
  const { changeFilter } = record.slice.resource;
  // What an incremental read without a cursor misses is asked for again by the next one, and proven by the full one.
  const isReadAgainAnyway = mode === 'incremental' && changeFilter?.by !== 'dateTimeModified';
  return isReadAgainAnyway ? { proven: true } : provenByOnePass(pages, capacity);
}

/** Rows claimed by the pages of a pass, in their order. */
const totalsOf = (record: RunRecord, pass: number): number[] =>
  record.pages
    .filter((page) => page.pass === pass)
    .sort((a, b) => a.index - b.index)
    .flatMap(({ total }) => total ?? []);

const disprovedForMs = 7 * 86_400_000;

/**
 * A total that contradicts one pass is a reason for another. One that contradicts a read that was repeated is wrong: that is
 * told, and not looked into again for a week.
 */
async function withDoubt(record: RunRecord, state: SyncState, pass: number, proof: Proof): Promise<Proof> {
  const { now, state: table } = record.slice;
  const disproved = state.totalDisprovedAt === undefined ? 0 : Date.parse(state.totalDisprovedAt);
  if (!proof.proven || record.run.mode !== 'full' || !isWhole(record)) return proof;
  const doubt = doubtByTotal(totalsOf(record, pass), record.listedIds.size);
  if (doubt === undefined || now().getTime() - disproved < disprovedForMs) return proof;
  if (pass === 1) return { proven: false, reason: doubt };
  record.update({ remark: `${doubt} in ${pass} passes that missed nothing: its total is wrong` });
  logger.warn('A list claims rows that it does not have.', { ...record.collection, runId: record.run.runId, doubt });
  await updateSyncState(table, record.collection, { totalDisprovedAt: now().toISOString() });
  return proof;
}

/** Whether the passes so far prove together that nothing was missed; `pages` are those of the last. */
export function proofByRepetition(record: RunRecord, pass: number, pages: readonly PageRead[]): Proof {
  const passes = idsByPass(record.pages);
  const repeated = provenByRepetition(passes);
  if (!repeated.proven) return repeated;
  const ordered = provenOrder(pages, passes.at(-2) ?? new Set());
  if (!ordered.proven) return ordered;
  // Repetition proves nothing if rows vanished during both passes: each may have missed another row.
  if (lostRows(totalsOf(record, pass)) && lostRows(totalsOf(record, pass - 1))) {
    return { proven: false, reason: 'the list lost rows while it was read, in both of the last two passes' };
  }
  const before = record.pages.filter((page) => page.pass === pass - 1).sort((a, b) => a.index - b.index);
  return provenEnd(pages, before, largestPage(record.pages, record.run.pageSize));
}

function idsByPass(pages: readonly PageRead[]): ReadonlySet<string>[] {
  const passes: Set<string>[] = [];
  for (const page of pages) {
    const ids = passes[page.pass - 1] ?? new Set();
    for (const id of page.ids) ids.add(id);
    passes[page.pass - 1] = ids;
  }
  return passes;
}

/** Reads one pass of the list, or what an earlier slice has left of it. */
export function readOnePass(
  record: RunRecord,
  pass: number,
  { capacity, expectedRows }: { readonly capacity: number; readonly expectedRows: number },
): Promise<{ pages: PageRead[]; ended: boolean }> {
  const { resource, client, maxInFlight, now } = record.slice;
  const query = queryOf(record);
  return readPass({
    client,
    resource,
    query,
    pass,
    pageSize: record.run.pageSize,
    linked: pass === 1,
    capacity,
    expectedRows: isWhole(record) ? expectedRows : 0,
    // One more than there may be calls in flight, so that a page is stored while others are read.
    width: maxInFlight + 1,
    progress: record.progress,
    read: record.pages.filter((page) => page.pass === pass),
    now,
    outOfTime: () => record.isOutOfTime(),
    store: (page) => storeRows(record, page),
    onPage: async (page) => {
      logger.debug('A page was stored.', describe(record, page));
      await record.addPage(page);
    },
    honoursPages: () => honoursPagesElsewhere(client, resource),
  });
}

/** Whether a run reads the list without any filter. */
export const isWhole = (record: RunRecord): boolean => Object.keys(queryOf(record)).length === 0;

function describe(
  { run: { runId, correlationId }, collection }: RunRecord,
  { pass, index, page, pageSize, size, created, updated, rejected }: PageRead,
) {
  const rows = { pageSize, rows: size, created, updated, quarantined: rejected.length };
  return { ...collection, runId, correlationId, pass, index, page, ...rows };
}

function queryOf({ run, slice: { resource } }: RunRecord): ListQuery {
  const active = run.activeOnly ? resource.activeOnly?.query : undefined;
  const since = run.mode === 'incremental' ? run.since : undefined;
  const changed =
    since === undefined
      ? {}
      : resource.changeFilter?.by === 'datePosted'
        ? { datePostedMin: formatDate(new Date(since)) }
        : { dateTimeModifiedMin: formatDateTime(new Date(since)) };
  return { ...active, ...changed };
}

async function storeRows(
  record: RunRecord,
  page: ListPage,
): Promise<{ created: number; updated: number; rejected: RejectedRow[] }> {
  if (record.run.serverStartedAt === undefined) {
    record.update({
      serverStartedAt: (page.serverDate ?? new Date(page.requestedAt.getTime() - clockAllowanceMs)).toISOString(),
    });
  }
  const rows = await activeRows(record, page.rows);
  const { created, updated, rejected: refused } = await storePage(record.store, rows, page);
  const rejected = [...page.rejected, ...refused];
  for (const [index, row] of rejected.entries()) await record.quarantine(row, index);
  return { created, updated, rejected };
}

const largestPage = (pages: readonly PageRead[], pageSize: number): number =>
  pages.reduce((largest, page) => (page.pageSize === pageSize ? Math.max(largest, page.size) : largest), 0);

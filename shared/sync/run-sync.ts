import pMap from 'p-map';
import { BreakerOpenError, ContractError, PlatformError, RateLimitedError } from '../errors.ts';
import type { ListPage, RentvineAccount, RentvineClient } from '../rentvine/client.ts';
import { formatDate, formatDateTime, hasSingleRead, type ListQuery } from '../rentvine/read-query.ts';
import type { Resource } from '../rentvine/resource.ts';
import type { RejectedRow } from '../rentvine/row.ts';
import { liftHold, placeHold, readHold } from '../store/deletion-hold.ts';
import { type PageRead, type Progress, progressOf, type Verified } from '../store/progress.ts';
import { quarantine, quarantinedRows, releaseQuarantined } from '../store/quarantine.ts';
import { type Collection, liveIds, tombstone } from '../store/records.ts';
import { type Run, saveRun } from '../store/runs.ts';
import { readSyncState, type SyncState, updateSyncState } from '../store/sync-state.ts';
import { chunk, type Table } from '../store/table.ts';
import { type Proof, provenByOnePass, provenByRepetition, provenEnd } from './completeness.ts';
import { type DeletionGuard, deletionLimit } from './deletion-guard.ts';
import { readPass } from './read-pass.ts';
import { pageTally, type Settled } from './run-counts.ts';
import { type Store, storePage } from './store-answers.ts';
import { verifyMissing } from './verify-missing.ts';

export interface SyncSlice {
  readonly account: RentvineAccount;
  readonly resource: Resource;
  readonly client: RentvineClient;
  readonly records: Table;
  readonly state: Table;
  readonly guard: DeletionGuard;
  readonly maxInFlight: number;
  readonly now: () => Date;
  /** Epoch milliseconds at which the slice stops and leaves the rest to the next. */
  readonly endsAt: number;
  /** HTTP attempts made since the slice began. */
  readonly requests: () => number;
}

/** How a slice ended: its run is over, or goes on in another slice, at once or not before `resumeAt`. */
export type SliceEnd =
  | { readonly kind: 'finished'; readonly run: Run }
  | { readonly kind: 'outOfTime'; readonly run: Run }
  | { readonly kind: 'postponed'; readonly run: Run; readonly resumeAt: Date };

/** A first full read that is still incomplete after this many passes fails. */
const mostPasses = 4;
/** Times in a row that a run is put off without getting further before it is reported as failed. */
const mostStalls = 3;
const firstBackoffMs = 5_000;
const longestBackoffMs = 300_000;
const progressSavedEveryMs = 1_000;
const deletionsPerBatch = 100;
const deletionsAtOnce = 16;
/** Without the server's clock an incremental read reaches back this much further. */
const clockAllowanceMs = 3_600_000;

type GoneAnswer = Verified['gone'][number];

/**
 * Works on a run for one slice, from where its checkpoint is.
 *
 * Every failure that has a type ends up in the run's report: what can pass by itself postpones the run, with its progress
 * kept, and anything else ends it as failed. Progress is kept then too: the next run of the resource goes on from there.
 *
 * @throws whatever is not a PlatformError, with the run left as it is
 */
export async function workOnRun(slice: SyncSlice, interrupted: Run): Promise<SliceEnd> {
  const { resumesAt: _resumesAt, error: _error, finishedAt: _finishedAt, ...rest } = interrupted;
  const work = new RunWork(slice, { ...rest, status: 'running', slices: interrupted.slices + 1 });
  try {
    return (await work.proceed()) ? work.finished() : await work.outOfTime();
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return work.interrupted(error);
  }
}

class RunWork {
  readonly #slice: SyncSlice;
  readonly #collection: Collection;
  readonly #progress: Progress;
  readonly #store: Store;
  readonly #startedAt: Date;
  readonly #before: Run;
  #run: Run;
  #pages: PageRead[] = [];
  #tally = pageTally([]);
  #settled: Settled;
  #gotFurther = false;
  #savedAt = 0;

  constructor(slice: SyncSlice, run: Run) {
    this.#slice = slice;
    this.#collection = { account: slice.account.name, resource: slice.resource.name };
    this.#progress = progressOf(slice.state, `${slice.account.name}#${slice.resource.name}#${run.runId}`);
    this.#store = {
      records: slice.records,
      collection: this.#collection,
      now: slice.now,
      correlationId: run.correlationId,
    };
    this.#startedAt = slice.now();
    this.#before = run;
    this.#run = run;
    this.#settled = { created: 0, updated: 0, deleted: run.counts.deleted, rejected: [] };
  }

  /** Returns whether the run is over; if not, time ran out. */
  async proceed(): Promise<boolean> {
    const state = await readSyncState(this.#slice.state, this.#collection);
    this.#pages = await this.#progress.pages();
    this.#tally = pageTally(this.#pages);
    await this.#save();
    if (this.#run.phase === 'read') {
      if (!(await this.#readUntilProven(state))) return false;
      this.#update({ phase: 'verify' });
      await this.#save();
    }
    if (this.#run.mode === 'full' && !this.#run.activeOnly) return this.#settleMissing();
    await this.#succeed();
    return true;
  }

  async #readUntilProven(state: SyncState): Promise<boolean> {
    let capacity = state.pageCapacity ?? 0;
    for (;;) {
      const { pass } = this.#run;
      const result = await this.#readPass(pass, capacity);
      const largest = largestPage(result.pages, this.#run.pageSize);
      if (largest > capacity) await updateSyncState(this.#slice.state, this.#collection, { pageCapacity: largest });
      if (!result.ended) return false;
      const proof = this.#proofAfter(pass, result.pages, capacity);
      if (proof.proven) return true;
      if (pass >= mostPasses) {
        throw new ContractError(
          `Reading ${this.#slice.resource.name} ${mostPasses} times did not prove that nothing was missed: ${proof.reason}.`,
        );
      }
      capacity = Math.max(capacity, largest);
      this.#update({ pass: pass + 1 });
      await this.#save();
    }
  }

  #proofAfter(pass: number, pages: readonly PageRead[], capacity: number): Proof {
    if (pass > 1) return this.#proofByRepetition(pass, pages);
    // A full read of nothing at all is rare, and cheap to look at twice.
    if (this.#run.mode === 'full' && pages.length === 1) return { proven: false, reason: 'the list was empty' };
    const { changeFilter } = this.#slice.resource;
    // What an incremental read without a cursor misses is asked for again by the next one, and proven by the full one.
    const isReadAgainAnyway = this.#run.mode === 'incremental' && changeFilter?.by !== 'dateTimeModified';
    return isReadAgainAnyway ? { proven: true } : provenByOnePass(pages, capacity);
  }

  #proofByRepetition(pass: number, pages: readonly PageRead[]): Proof {
    const repeated = provenByRepetition(this.#idsByPass());
    if (!repeated.proven) return repeated;
    const before = this.#pages.filter((page) => page.pass === pass - 1).sort((a, b) => a.index - b.index);
    return provenEnd(pages, before, largestPage(this.#pages, this.#run.pageSize));
  }

  #idsByPass(): ReadonlySet<string>[] {
    const passes: Set<string>[] = [];
    for (const page of this.#pages) {
      const ids = passes[page.pass - 1] ?? new Set();
      for (const id of page.ids) ids.add(id);
      passes[page.pass - 1] = ids;
    }
    return passes;
  }

  async #readPass(pass: number, capacity: number): Promise<{ pages: PageRead[]; ended: boolean }> {
    const { resource, client, maxInFlight, now } = this.#slice;
    return readPass({
      client,
      resource,
      query: this.#query(),
      pass,
      pageSize: this.#run.pageSize,
      linked: pass === 1,
      capacity,
      // One page more than may be in flight is being stored meanwhile.
      width: maxInFlight + 1,
      progress: this.#progress,
      read: this.#pages.filter((page) => page.pass === pass),
      now,
      outOfTime: () => this.#isOutOfTime(),
      store: (page) => this.#storePage(page),
      onPage: async (page) => {
        this.#gotFurther = true;
        this.#pages.push(page);
        this.#tally.add(page);
        if (now().getTime() - this.#savedAt >= progressSavedEveryMs) await this.#save();
      },
    });
  }

  #query(): ListQuery {
    const { resource } = this.#slice;
    const active = this.#run.activeOnly ? resource.activeOnly?.query : undefined;
    const since = this.#run.mode === 'incremental' ? this.#run.since : undefined;
    const changed =
      since === undefined
        ? {}
        : resource.changeFilter?.by === 'datePosted'
          ? { datePostedMin: formatDate(new Date(since)) }
          : { dateTimeModifiedMin: formatDateTime(new Date(since)) };
    return { ...active, ...changed };
  }

  async #storePage(page: ListPage): Promise<{ created: number; updated: number; rejected: RejectedRow[] }> {
    const { resource } = this.#slice;
    if (this.#run.serverStartedAt === undefined) {
      this.#update({
        serverStartedAt: (page.serverDate ?? new Date(page.requestedAt.getTime() - clockAllowanceMs)).toISOString(),
      });
    }
    const isActive = this.#run.activeOnly ? resource.activeOnly?.isActive : undefined;
    const rows = isActive === undefined ? page.rows : page.rows.filter((row) => isActive(row.data));
    const { created, updated, rejected: refused } = await storePage(this.#store, rows, page);
    const rejected = [...page.rejected, ...refused];
    for (const [index, row] of rejected.entries()) await this.#quarantine(row, index);
    return { created, updated, rejected };
  }

  async #quarantine({ id, reason }: RejectedRow, index = 0): Promise<void> {
    const { state, now } = this.#slice;
    const row = { id: id ?? `without-id-${index}`, reason, seenAt: now().toISOString(), runId: this.#run.runId };
    await quarantine(state, this.#collection, row, now());
  }

  /** The last part of a full run: what the list no longer has is gone, or was missed. */
  async #settleMissing(): Promise<boolean> {
    const { state, guard, now, resource } = this.#slice;
    const seen = this.#tally.ids;
    const missing: string[] = [];
    let known = 0;
    for await (const ids of liveIds(this.#slice.records, this.#collection)) {
      known += ids.length;
      missing.push(...ids.filter((id) => !seen.has(id)));
    }
    const isMissing = new Set(missing);
    const verified = await this.#progress.verified();
    // What an earlier slice of this run has marked deleted still counts as known, or the guard would shrink on the way.
    const gone = verified.flatMap((batch) => batch.gone).filter(({ id }) => !isMissing.has(id)).length;
    const deleted = Math.max(gone, this.#settled.deleted);
    this.#settled = { ...this.#settled, deleted };
    known += deleted;
    const hold = await readHold(state, this.#collection);
    const limit = Math.max(deletionLimit(guard, known), hold?.approvedAt === undefined ? 0 : hold.missing);
    const found = hasSingleRead(this.#slice.account, resource)
      ? await this.#verifyOneByOne(verified, missing, [...seen], limit)
      : await this.#verifyBySecondPass(missing, hold?.approvedAt === undefined ? limit : 0);
    if (found === undefined) return false;

    if (found.length > limit) {
      const heldAt = now().toISOString();
      await placeHold(state, this.#collection, {
        runId: this.#run.runId,
        heldAt,
        missing: missing.length,
        known,
        limit,
      });
      const { fullStartedAt: _fullStartedAt, ...covered } = this.#covers();
      await updateSyncState(state, this.#collection, covered);
      await this.#end('held', {
        code: 'DELETION_HELD',
        message:
          `Rentvine no longer has at least ${found.length} of ${known} ${resource.name}; more than ${limit} are not marked deleted in one run. ` +
          `If that is right, approve it with: npm run ops -- sync approve --account ${this.#collection.account} --resource ${resource.name}`,
      });
      return true;
    }
    const toDelete = found.filter(({ id }) => isMissing.has(id));
    for (const batch of chunk(toDelete, deletionsPerBatch)) {
      if (this.#isOutOfTime()) return false;
      await this.#delete(batch);
    }
    if (hold !== undefined) await liftHold(state, this.#collection);
    await this.#succeed();
    return true;
  }

  async #delete(answers: readonly GoneAnswer[]): Promise<void> {
    const change = { now: this.#slice.now(), correlationId: this.#run.correlationId };
    const done = await pMap(
      answers,
      ({ id, requestedAt, answeredAt }) => {
        const answer = { id, requestedAt: new Date(requestedAt), answeredAt: new Date(answeredAt) };
        return tombstone(this.#slice.records, this.#collection, answer, change);
      },
      { concurrency: deletionsAtOnce },
    );
    this.#gotFurther = true;
    this.#settled = { ...this.#settled, deleted: this.#settled.deleted + done.filter((isNew) => isNew).length };
  }

  async #verifyOneByOne(
    verified: readonly Verified[],
    missing: readonly string[],
    listed: readonly string[],
    limit: number,
  ): Promise<readonly GoneAnswer[] | undefined> {
    const { client, resource, maxInFlight } = this.#slice;
    const result = await verifyMissing({
      client,
      resource,
      store: this.#store,
      progress: this.#progress,
      missing,
      verified,
      listed,
      limit,
      width: maxInFlight,
      outOfTime: () => this.#isOutOfTime(),
      quarantine: (row) => this.#quarantine(row),
      onBatch: () => {
        this.#gotFurther = true;
      },
    });
    const { created, updated, rejected } = result;
    this.#settled = { ...this.#settled, created, updated, rejected };
    return result.complete ? result.gone : undefined;
  }

  /**
   * Where no single read exists, two complete passes must both miss a record, and the second must go on beyond its place: a
   * list that is cut short, however often, lacks what comes after its end. More than `believedUpTo` are told all the same, so
   * that they are held, or were approved.
   */
  async #verifyBySecondPass(
    missing: readonly string[],
    believedUpTo: number,
  ): Promise<readonly GoneAnswer[] | undefined> {
    if (missing.length === 0) return [];
    const second = Math.max(2, this.#run.pass);
    const onlyOneBefore = second > this.#run.pass;
    if (onlyOneBefore) {
      this.#update({ pass: second });
      await this.#save();
    }
    const result = await this.#readPass(second, 0);
    if (!result.ended) return undefined;
    // A row without a readable id may be any of the missing; a pass that is not proven may have missed them again.
    if (this.#pages.some((page) => page.ids.length !== page.size)) return [];
    if (!provenByOnePass(result.pages).proven && !this.#proofByRepetition(second, result.pages).proven) return [];
    const seenAgain = new Set(result.pages.flatMap((page) => page.ids));
    // That a list lacks a row says less than a read that saw it: any read of it since the run began counts for more.
    const { startedAt } = this.#run;
    const gone = missing.filter((id) => !seenAgain.has(id));
    const believed =
      gone.length > believedUpTo ? gone : gone.filter(comesBeforeTheEnd(result.pages.flatMap((page) => page.ids)));
    return believed.map((id) => ({ id, requestedAt: startedAt, answeredAt: startedAt }));
  }

  async #succeed(): Promise<void> {
    const { state } = this.#slice;
    if (this.#run.mode === 'full') await this.#releaseQuarantined();
    if (!this.#run.activeOnly) await updateSyncState(state, this.#collection, this.#covers());
    await this.#end('succeeded');
  }

  #covers(): Partial<SyncState> {
    const { serverStartedAt, startedAt, mode } = this.#run;
    return {
      ...(serverStartedAt !== undefined && { cursor: serverStartedAt }),
      anyStartedAt: startedAt,
      freshAt: this.#slice.now().toISOString(),
      ...(mode === 'full' && { fullStartedAt: startedAt }),
    };
  }

  async #releaseQuarantined(): Promise<void> {
    const still = new Set(this.#settled.rejected);
    for (const id of this.#tally.rejectedIds) still.add(id);
    const rows = await quarantinedRows(this.#slice.state, this.#collection);
    const over = rows.filter((row) => row.runId !== this.#run.runId && !still.has(row.id));
    await releaseQuarantined(
      this.#slice.state,
      this.#collection,
      over.map((row) => row.id),
    );
  }

  async #end(status: Run['status'], error?: NonNullable<Run['error']>): Promise<void> {
    this.#update({ status, finishedAt: this.#slice.now().toISOString(), stalled: 0, ...(error && { error }) });
    await this.#save();
    if (status === 'failed') return;
    const { activeRunId } = await readSyncState(this.#slice.state, this.#collection);
    if (activeRunId === this.#run.runId)
      await updateSyncState(this.#slice.state, this.#collection, { activeRunId: null });
    await this.#progress.clear();
  }

  finished(): SliceEnd {
    return { kind: 'finished', run: this.#run };
  }

  async outOfTime(): Promise<SliceEnd> {
    const resumesAt = this.#slice.now().toISOString();
    this.#update({ status: 'waiting', stalled: 0, resumesAt });
    await this.#save();
    return { kind: 'outOfTime', run: this.#run };
  }

  async interrupted(error: PlatformError): Promise<SliceEnd> {
    const stalled = this.#gotFurther ? 0 : this.#run.stalled + 1;
    const report = { code: error.code, message: error.message };
    if (!error.retryable || stalled > mostStalls) {
      await this.#end('failed', report);
      return this.finished();
    }
    const asked = error instanceof RateLimitedError || error instanceof BreakerOpenError ? error.retryAfterMs : 0;
    const backoff = Math.min(firstBackoffMs * 2 ** stalled, longestBackoffMs);
    const resumeAt = new Date(this.#slice.now().getTime() + (asked > 0 ? asked : backoff));
    this.#update({ status: 'waiting', stalled, error: report, resumesAt: resumeAt.toISOString() });
    await this.#save();
    return { kind: 'postponed', run: this.#run, resumeAt };
  }

  #isOutOfTime(): boolean {
    return this.#slice.now().getTime() >= this.#slice.endsAt;
  }

  #update(patch: Partial<Run>): void {
    this.#run = { ...this.#run, ...patch };
  }

  /** Saves the run as it stands, its numbers brought up to date. */
  async #save(): Promise<void> {
    const now = this.#slice.now();
    this.#savedAt = now.getTime();
    const requests = this.#before.counts.requests + this.#slice.requests();
    this.#update({
      workedMs: this.#before.workedMs + now.getTime() - this.#startedAt.getTime(),
      counts: this.#tally.counts(this.#settled, requests),
    });
    await saveRun(this.#slice.state, this.#collection, this.#run, now);
  }
}

/**
 * Whether a row of this id would have come before the last one of a list, as far as its order tells: a list in the order of
 * its ids that is cut short lacks those beyond its last, and one in no order may lack any that is not between others.
 */
function comesBeforeTheEnd(listed: readonly string[]): (id: string) => boolean {
  const numbers = listed.map(Number);
  const isRising = numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? number));
  const isFalling = numbers.every((number, index) => index === 0 || number <= (numbers[index - 1] ?? number));
  const lowest = numbers.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY);
  const highest = numbers.reduce((most, number) => Math.max(most, number), Number.NEGATIVE_INFINITY);
  return (id) => (isRising || Number(id) > lowest) && (isFalling || Number(id) < highest) && numbers.length > 1;
}

const largestPage = (pages: readonly PageRead[], pageSize: number): number =>
  pages.reduce((largest, page) => (page.pageSize === pageSize ? Math.max(largest, page.size) : largest), 0);

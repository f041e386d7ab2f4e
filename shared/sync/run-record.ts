import type { RejectedRow } from '../rentvine/row.ts';
import type { Collection } from '../store/collection.ts';
import { fieldKnowledge } from '../store/field-knowledge.ts';
import { type PageRead, type Progress, progressOf } from '../store/progress.ts';
import { quarantine } from '../store/quarantine.ts';
import type { Store } from '../store/records.ts';
import { type Run, saveRun } from '../store/runs.ts';
import { type BesidePages, pageTally } from './run-counts.ts';
import type { SyncSlice } from './slice.ts';

const progressSavedEveryMs = 1_000;

/** A run as one slice works on it: what it is, what it has read and found out so far, and how all that is kept. */
export class RunRecord {
  readonly slice: SyncSlice;
  readonly collection: Collection;
  readonly progress: Progress;
  readonly store: Store;
  /** What was stored and marked deleted beside the pages. */
  beside: BesidePages;
  /** Whether this slice has got anything done that is kept. */
  gotFurther = false;
  readonly #startedAt: Date;
  readonly #before: Run;
  #run: Run;
  #pages: PageRead[] = [];
  #tally = pageTally([]);
  #savedAt = 0;

  constructor(slice: SyncSlice, run: Run) {
    this.slice = slice;
    this.collection = { account: slice.account.name, resource: slice.resource.name };
    this.progress = progressOf(slice.state, `${slice.account.name}#${slice.resource.name}#${run.runId}`);
    this.store = {
      records: slice.records,
      collection: this.collection,
      fields: fieldKnowledge(slice.state, this.collection, slice.now),
      now: slice.now,
      correlationId: run.correlationId,
    };
    this.beside = { created: 0, updated: 0, deleted: run.counts.deleted, rejected: [] };
    this.#startedAt = slice.now();
    this.#before = run;
    this.#run = run;
  }

  get run(): Run {
    return this.#run;
  }

  /** All pages of all passes so far. */
  get pages(): readonly PageRead[] {
    return this.#pages;
  }

  /** Ids that the pages held, those of quarantined rows included. */
  get ids(): ReadonlySet<string> {
    return this.#tally.ids;
  }

  /** Ids of the rows that were paged through: of parents, where objects are listed for each parent alone. */
  get listedIds(): ReadonlySet<string> {
    return this.#tally.listedIds;
  }

  get rejectedIds(): ReadonlySet<string> {
    return this.#tally.rejectedIds;
  }

  isOutOfTime(): boolean {
    return this.slice.now().getTime() >= this.slice.endsAt;
  }

  /** Takes up what earlier slices have read. */
  async load(): Promise<void> {
    this.#pages = await this.progress.pages();
    this.#tally = pageTally(this.#pages);
  }

  update(patch: Partial<Run>): void {
    this.#run = { ...this.#run, ...patch };
  }

  countBeside(patch: Partial<BesidePages>): void {
    this.beside = { ...this.beside, ...patch };
  }

  async addPage(page: PageRead): Promise<void> {
    this.gotFurther = true;
    const earlier = this.#pages.findIndex(({ pass, index }) => pass === page.pass && index === page.index);
    if (earlier < 0) this.#pages.push(page);
    else this.#pages[earlier] = page;
    this.#tally.add(page);
    if (page.total !== undefined) this.update({ total: page.total });
    if (this.slice.now().getTime() - this.#savedAt >= progressSavedEveryMs) await this.save();
  }

  async quarantine({ id, reason }: RejectedRow, index = 0): Promise<void> {
    const { state, now } = this.slice;
    const row = { id: id ?? `without-id-${index}`, reason, seenAt: now().toISOString(), runId: this.#run.runId };
    await quarantine(state, this.collection, row, now());
  }

  /** Saves the run as it stands, its numbers brought up to date. */
  async save(): Promise<void> {
    const now = this.slice.now();
    this.#savedAt = now.getTime();
    const requests = this.#before.counts.requests + this.slice.requests();
    this.update({
      workedMs: this.#before.workedMs + now.getTime() - this.#startedAt.getTime(),
      counts: this.#tally.counts(this.beside, requests),
    });
    await saveRun(this.slice.state, this.collection, this.#run, now);
  }
}

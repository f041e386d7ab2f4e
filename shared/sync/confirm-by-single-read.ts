import pMap from 'p-map';
import { BreakerOpenError, ContractError, UnavailableError } from '../errors.ts';
import type { RejectedRow } from '../rentvine/row.ts';
import type { Progress, Verified } from '../store/progress.ts';
import { readRecord, type Store } from '../store/records.ts';
import type { Existence, SingleReads } from './single-reads.ts';
import { refusedReason, storeOne } from './store-answers.ts';

export interface ConfirmOptions {
  readonly singleReads: SingleReads;
  readonly store: Store;
  readonly progress: Progress;
  /** Live records that the pass did not see. */
  readonly missing: readonly string[];
  /** What earlier slices have found out. */
  readonly verified: readonly Verified[];
  /** Whether the list has anything, so that other objects can be asked for. */
  readonly hasControls: boolean;
  /** Stop asking once more than this many are gone: the run will be held anyway. */
  readonly limit: number;
  readonly width: number;
  readonly outOfTime: () => boolean;
  /** Keeps for an operator what is there and cannot be read or stored. */
  readonly quarantine: (row: RejectedRow) => Promise<void>;
  /** Told after each batch whose answers are saved. */
  readonly onBatch: () => void;
}

type Gone = Verified['gone'][number];

/**
 * Asks Rentvine about each record that a complete read of the list did not contain. One that is still there was missed,
 * and is stored; one that Rentvine says does not exist is gone. Nothing is marked deleted here.
 *
 * @returns what is gone, what the key may not see, and whether all (or enough to exceed the limit) were asked about; if not, time ran out
 * @throws ContractError when single reads say "not found" even for objects that the list has: then they prove nothing
 */
export async function confirmBySingleRead(
  options: ConfirmOptions,
): Promise<Omit<Verified, 'there'> & { readonly complete: boolean }> {
  const { progress, store, width } = options;
  const verified = [...options.verified];
  const asked = new Set(verified.flatMap(({ gone, there }) => [...gone.map(({ id }) => id), ...there]));
  const open = options.missing.filter((id) => !asked.has(id));
  const goneSoFar = () => verified.reduce((sum, { gone }) => sum + gone.length, 0);

  for (let start = 0; start < open.length && goneSoFar() <= options.limit; start += width) {
    if (options.outOfTime()) return { ...summary(verified), complete: false };
    const batch = await confirmBatch(open.slice(start, start + width), options);
    await progress.saveVerified(verified.length, batch, store.now());
    verified.push(batch);
    options.onBatch();
  }
  return { ...summary(verified), complete: true };
}

async function confirmBatch(ids: readonly string[], options: ConfirmOptions): Promise<Verified> {
  const { singleReads, store, quarantine } = options;
  const answers = await pMap(ids, async (id) => ({ id, found: await confirmOne(id, options) }));
  if (answers.some(({ found }) => found.kind !== 'there')) await singleReads.assertProven();
  const gone: Gone[] = [];
  const there: string[] = [];
  const forbidden: string[] = [];
  const rejected: string[] = [];
  const reject = async (id: string, reason: string) => {
    rejected.push(id);
    await quarantine({ id, reason });
  };
  let created = 0;
  let updated = 0;
  for (const { id, found } of answers) {
    if (found.kind === 'gone') {
      gone.push({ id, requestedAt: found.requestedAt.toISOString(), answeredAt: found.answeredAt.toISOString() });
      continue;
    }
    there.push(id);
    if (found.kind === 'forbidden') {
      forbidden.push(id);
      continue;
    }
    if (found.kind === 'unreadable') {
      await reject(id, found.error.message);
      continue;
    }
    const outcome = await storeOne(store, found.answer);
    if (outcome === 'refused') await reject(id, refusedReason);
    if (outcome === 'created') created += 1;
    if (outcome === 'updated') updated += 1;
  }
  return { gone, there, forbidden, rejected, created, updated };
}

/** One object that Rentvine fails on must not fail the run night after night: it is there as long as others answer. */
async function confirmOne(id: string, { singleReads, store, hasControls }: ConfirmOptions): Promise<Existence> {
  const record = await readRecord(store.records, store.collection, id);
  const find = () => singleReads.find(id, record?.data ?? {});
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof UnavailableError) || !hasControls) throw error;
  }
  await singleReads.askControls();
  return find().catch((error: unknown) => {
    const isAccountDown = error instanceof BreakerOpenError && !error.afterOwnFailure;
    if (!(error instanceof UnavailableError) || isAccountDown) throw error;
    return { kind: 'unreadable', error: new ContractError('single reads of it fail, while others are answered') };
  });
}

const summary = (verified: readonly Verified[]) => ({
  gone: verified.flatMap(({ gone }) => gone),
  forbidden: verified.flatMap(({ forbidden }) => forbidden),
  rejected: verified.flatMap(({ rejected }) => rejected),
  created: verified.reduce((sum, batch) => sum + batch.created, 0),
  updated: verified.reduce((sum, batch) => sum + batch.updated, 0),
});

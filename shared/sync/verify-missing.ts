import pMap from 'p-map';
import { ContractError, NotFoundError, UnavailableError } from '../errors.ts';
import type { OneAnswer, RentvineClient } from '../rentvine/client.ts';
import type { Resource } from '../rentvine/resource.ts';
import type { RejectedRow } from '../rentvine/row.ts';
import type { Progress, Verified } from '../store/progress.ts';
import { readRecord } from '../store/records.ts';
import { refusedReason, type Store, storeOne } from './store-answers.ts';

export interface VerifyOptions {
  readonly client: RentvineClient;
  readonly resource: Resource;
  readonly store: Store;
  readonly progress: Progress;
  /** Live records that the pass did not see. */
  readonly missing: readonly string[];
  /** What earlier slices have found out. */
  readonly verified: readonly Verified[];
  /** Ids that the list has right now, to see whether single reads work at all. */
  readonly listed: readonly string[];
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
type Answer = OneAnswer | 'gone' | { readonly unreadable: string };

const controlReads = 3;

/**
 * Asks Rentvine about each record that a complete read of the list did not contain. One that is still there was missed,
 * and is stored; one that Rentvine says does not exist is gone. Nothing is marked deleted here.
 *
 * @returns what is gone, and whether all (or enough to exceed the limit) were asked about; if not, time ran out
 * @throws ContractError when single reads say "not found" even for objects that the list has: then they prove nothing
 */
export async function verifyMissing(
  options: VerifyOptions,
): Promise<{ gone: Gone[]; rejected: string[]; created: number; updated: number; complete: boolean }> {
  const { client, resource, store, progress } = options;
  const verified = [...options.verified];
  const asked = new Set(verified.flatMap(({ gone, there }) => [...gone.map(({ id }) => id), ...there]));
  const open = options.missing.filter((id) => !asked.has(id));
  const goneSoFar = () => verified.reduce((sum, { gone }) => sum + gone.length, 0);
  let trusted = false;

  const batchSize = options.width;
  for (let start = 0; start < open.length && goneSoFar() <= options.limit; start += batchSize) {
    if (options.outOfTime()) return { ...summary(verified), complete: false };
    const answers = await pMap(open.slice(start, start + batchSize), (id) => ask(options, id), {
      concurrency: options.width,
    });
    if (!trusted && answers.some(({ answer }) => answer === 'gone' || 'unreadable' in answer)) {
      await assertSingleReadsWork(options);
      trusted = true;
    }
    const gone: Gone[] = [];
    const there: string[] = [];
    const rejected: string[] = [];
    const reject = async (id: string, reason: string) => {
      rejected.push(id);
      await options.quarantine({ id, reason });
    };
    let created = 0;
    let updated = 0;
    for (const { id, answer, requestedAt, answeredAt } of answers) {
      if (answer === 'gone') {
        gone.push({ id, requestedAt: requestedAt.toISOString(), answeredAt: answeredAt.toISOString() });
        continue;
      }
      there.push(id);
      if ('unreadable' in answer) {
        await reject(id, answer.unreadable);
        continue;
      }
      const outcome = await storeOne(store, answer);
      if (outcome === 'refused') await reject(id, refusedReason);
      if (outcome === 'created') created += 1;
      if (outcome === 'updated') updated += 1;
    }
    const batch = { gone, there, rejected, created, updated };
    await progress.saveVerified(verified.length, batch, store.now());
    verified.push(batch);
    options.onBatch();
  }
  return { ...summary(verified), complete: true };

  async function ask({ client: rentvine }: VerifyOptions, id: string) {
    const record = await readRecord(store.records, store.collection, id);
    const requestedAt = store.now();
    const read = () => readIfThere(rentvine, id, record?.data ?? {});
    const answer = await read().catch((error: unknown) => readAgainWhileOthersAnswer(error, read));
    return { id, answer, requestedAt, answeredAt: store.now() };
  }

  /** One object that Rentvine fails on must not fail the run night after night: it is there as long as others answer. */
  async function readAgainWhileOthersAnswer(error: unknown, read: () => Promise<Answer>): Promise<Answer> {
    if (!(error instanceof UnavailableError) || options.listed.length === 0) throw error;
    await assertSingleReadsWork(options);
    return read().catch((again: unknown) => {
      if (!(again instanceof UnavailableError)) throw again;
      return { unreadable: 'single reads of it fail, while others are answered' };
    });
  }

  async function readIfThere(rentvine: RentvineClient, id: string, fields: Record<string, unknown>): Promise<Answer> {
    try {
      return await rentvine.readOne(resource, id, fields);
    } catch (error) {
      if (error instanceof ContractError) return { unreadable: error.message };
      if (!(error instanceof NotFoundError)) throw error;
      if (error.asHtml) throw new UnavailableError(`The front end of Rentvine answered for one of ${resource.name}.`);
      return 'gone';
    }
  }

  async function assertSingleReadsWork({ listed }: VerifyOptions): Promise<void> {
    const controls = listed.slice(-controlReads);
    for (const id of controls) {
      const record = await readRecord(store.records, store.collection, id);
      const answer = await readIfThere(client, id, record?.data ?? {});
      if (answer !== 'gone' && !('unreadable' in answer)) return;
    }
    if (controls.length > 0) {
      throw new ContractError(
        `Single reads of ${resource.name} do not find even what the list has; correct "paths.${resource.name}.one" in the account's secret.`,
      );
    }
  }
}

const summary = (verified: readonly Verified[]) => ({
  gone: verified.flatMap(({ gone }) => gone),
  rejected: verified.flatMap(({ rejected }) => rejected),
  created: verified.reduce((sum, batch) => sum + batch.created, 0),
  updated: verified.reduce((sum, batch) => sum + batch.updated, 0),
});

import { hasSingleRead } from '../rentvine/urls.ts';
import type { Verified } from '../store/progress.ts';
import { provenByOnePass } from './completeness.ts';
import { confirmBySingleRead } from './confirm-by-single-read.ts';
import { proofByRepetition, readOnePass } from './read-list.ts';
import type { RunRecord } from './run-record.ts';
import { maxControls, singleReads } from './single-reads.ts';

/** That a record is gone, and when Rentvine was asked and answered. */
export type GoneAnswer = Verified['gone'][number];

/** What became of the missing records. Those that are neither gone nor forbidden are there. */
export interface Confirmed {
  readonly gone: readonly GoneAnswer[];
  /** Those that the key may not see. */
  readonly forbidden: readonly string[];
}

export interface Missing {
  /** Live records that the list did not have. */
  readonly ids: readonly string[];
  /** What earlier slices have found out about them. */
  readonly verified: readonly Verified[];
  /** More of them than this will be held anyway. */
  readonly limit: number;
  /** Whether an operator has approved that so many are deleted. */
  readonly isApproved: boolean;
}

/**
 * Finds out which of the missing records are gone, and stores those that are there.
 *
 * @returns undefined when time ran out
 */
export function confirmMissing(record: RunRecord, missing: Missing): Promise<Confirmed | undefined> {
  const { account, resource } = record.slice;
  if (hasSingleRead(account, resource)) return askOneByOne(record, missing);
  return readOnceMore(record, missing.ids, missing.isApproved ? 0 : missing.limit);
}

async function askOneByOne(record: RunRecord, { ids, verified, limit }: Missing): Promise<Confirmed | undefined> {
  const { client, resource, records, state, maxInFlight, now } = record.slice;
  const controls = lastOf(record.ids, maxControls);
  const result = await confirmBySingleRead({
    singleReads: singleReads({
      client,
      resource,
      records,
      state,
      collection: record.collection,
      now,
      controlIds: async () => controls,
    }),
    store: record.store,
    progress: record.progress,
    missing: ids,
    verified,
    hasControls: controls.length > 0,
    limit,
    width: maxInFlight,
    outOfTime: () => record.isOutOfTime(),
    quarantine: (row) => record.quarantine(row),
    onBatch: () => {
      record.gotFurther = true;
    },
  });
  const { created, updated, rejected } = result;
  record.countBeside({ created, updated, rejected });
  return result.complete ? result : undefined;
}

function lastOf(ids: ReadonlySet<string>, count: number): string[] {
  const last: string[] = [];
  let index = 0;
  for (const id of ids) {
    index += 1;
    if (index > ids.size - count) last.push(id);
  }
  return last;
}

/**
 * Without single reads, a record is gone if two complete passes miss it and the second goes on beyond its place: a list that
 * is cut short lacks what comes after the cut in every pass. Where more than `believedUpTo` are missing, all of them are
 * returned: the guard holds them, or an operator has approved them.
 */
async function readOnceMore(
  record: RunRecord,
  missing: readonly string[],
  believedUpTo: number,
): Promise<Confirmed | undefined> {
  const nothing: Confirmed = { gone: [], forbidden: [] };
  if (missing.length === 0) return nothing;
  const second = Math.max(2, record.run.pass);
  const onlyOneBefore = second > record.run.pass;
  if (onlyOneBefore) {
    record.update({ pass: second });
    await record.save();
  }
  const result = await readOnePass(record, second, { capacity: 0, expectedRows: record.ids.size });
  if (!result.ended) return undefined;
  // A row without a readable id may be any of the missing; a pass that is not proven may have missed them again.
  if (record.pages.some((page) => page.ids.length !== page.size)) return nothing;
  if (!provenByOnePass(result.pages).proven && !proofByRepetition(record, second, result.pages).proven) return nothing;
  const seenAgain = new Set(result.pages.flatMap((page) => page.ids));
  // Dated with the run's start, so that any read that saw the record since then outweighs its absence from a list.
  const { startedAt } = record.run;
  const gone = missing.filter((id) => !seenAgain.has(id));
  const believed =
    gone.length > believedUpTo ? gone : gone.filter(comesBeforeTheEnd(result.pages.flatMap((page) => page.ids)));
  return { gone: believed.map((id) => ({ id, requestedAt: startedAt, answeredAt: startedAt })), forbidden: [] };
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

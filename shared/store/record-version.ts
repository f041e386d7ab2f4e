import type { Data, Field, ReadKind } from './carried-fields.ts';
import { hashOf } from './hash.ts';
import { listViewOf, mergeData } from './merge-data.ts';
import { otherKind, type ReadTimes, type RecordReads, reachOf, readsAfter } from './read-order.ts';

/** What each kind of read of a resource has ever been seen to carry. */
export type CarriedByKind = { readonly [Kind in ReadKind]: Field };

/** One answer about one object. */
export interface ObjectAnswer extends ReadTimes {
  readonly id: string;
  readonly kind: ReadKind;
  readonly data: Data;
  /** Of the data. */
  readonly hash: string;
}

/** How a list's row shows a record that has more than that. */
export interface ListView {
  /** Of the row. */
  readonly hash: string;
  /** JSON pointers to the fields that no list had carried when this was worked out. */
  readonly beyond: readonly string[];
}

/** What a record says at one revision, and which reads say so. */
export interface RecordVersion {
  readonly data: Data;
  /** Of the data. */
  readonly hash: string;
  readonly reads: RecordReads;
  /** Absent where a row shows all of it. */
  readonly listView?: ListView | undefined;
}

/** The first version of a record. */
export const firstVersion = (answer: ObjectAnswer, carried: CarriedByKind): RecordVersion => ({
  data: answer.data,
  hash: answer.hash,
  reads: { newest: answer.kind, times: timesOf(answer) },
  listView: listViewAfter(answer, answer.data, answer.hash, carried),
});

/**
 * A record after one more answer, or why it stays as it is: `unchanged` where the answer says what is stored, `stale` where it
 * says something else and is older.
 *
 * @param gone the answer that the object is gone, if that was the last one
 */
export function versionAfter(
  stored: RecordVersion,
  answer: ObjectAnswer,
  carried: CarriedByKind,
  gone?: ReadTimes,
): RecordVersion | 'unchanged' | 'stale' {
  const { kind } = answer;
  const merge = (onlyWhatOtherLacks: boolean) => {
    const [own, other] = [carried[kind], carried[otherKind(kind)]];
    return mergeData(stored.data, answer.data, { own, other, onlyWhatOtherLacks, keepsOrder: kind === 'single' });
  };
  const times = timesOf(answer);
  const whole = merge(false);
  const hash = hashOf(whole);
  // An object that is gone does not come back under its id, so a read that overlaps the answer that it is gone is older.
  const reach =
    gone === undefined ? reachOf(kind, times, stored.reads) : gone.answeredAt <= answer.asOf ? 'all' : 'nothing';
  if (gone === undefined && hash === stored.hash) return 'unchanged';
  if (reach === 'nothing') return 'stale';
  if (reach === 'all') {
    const reads = readsAfter(stored.reads, kind, times, true);
    return { data: whole, hash, reads, listView: listViewAfter(answer, whole, hash, carried) };
  }
  const data = merge(true);
  const partHash = hashOf(data);
  if (partHash === stored.hash) return 'stale';
  const reads = readsAfter(stored.reads, kind, times, false);
  return { data, hash: partHash, reads, listView: expectedListView(data, partHash, carried) };
}

const timesOf = ({ asOf, answeredAt, sourceModifiedAt }: ReadTimes): ReadTimes => ({
  asOf,
  answeredAt,
  ...(sourceModifiedAt !== undefined && { sourceModifiedAt }),
});

/** After a row it is that row; after a single read it is what lists have been seen to carry. */
function listViewAfter(answer: ObjectAnswer, data: Data, hash: string, carried: CarriedByKind): ListView | undefined {
  if (answer.kind === 'single') return expectedListView(data, hash, carried);
  return answer.hash === hash ? undefined : { hash: answer.hash, beyond: listViewOf(data, carried.list).beyond };
}

function expectedListView(data: Data, hash: string, carried: CarriedByKind): ListView | undefined {
  const { row, beyond } = listViewOf(data, carried.list);
  const rowHash = hashOf(row);
  return rowHash === hash ? undefined : { hash: rowHash, beyond };
}

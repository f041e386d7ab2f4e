import type { ReadKind } from './carried-fields.ts';

/** When an object was asked for and answered, by our own clock, and Rentvine's own modification time in the answer, ISO 8601 UTC. */
export interface ReadTimes {
  readonly asOf: string;
  readonly answeredAt: string;
  readonly sourceModifiedAt?: string | undefined;
}

/** The newest read of each kind that a record comes from. */
export interface RecordReads {
  /** The kind of the newer one. */
  readonly newest: ReadKind;
  readonly times: ReadTimes;
  /** Of the other kind, if there was one. */
  readonly other?: ReadTimes | undefined;
}

export const otherKind = (kind: ReadKind): ReadKind => (kind === 'list' ? 'single' : 'list');

/**
 * Whether one read of an object is newer than another. A read sees its object at some moment between its request and its
 * answer. Where two reads do not overlap, the later one is newer. Where they do, Rentvine's own modification time decides, and
 * without one the later request.
 *
 * So an object with a modification time ends in its newest state, in whatever order its reads arrive. For others that is so as
 * long as reads do not overlap and content does not return to what it was: the same content read again writes nothing, so
 * it leaves no trace of having been newer than a read that is still to come. The next read mends that.
 */
export function isNewer(read: ReadTimes, than: ReadTimes): boolean {
  if (than.answeredAt <= read.asOf) return true;
  if (read.answeredAt <= than.asOf) return false;
  const [modified, modifiedBefore] = [read.sourceModifiedAt, than.sourceModifiedAt];
  if (modified === undefined || modifiedBefore === undefined || modified === modifiedBefore)
    return than.asOf < read.asOf;
  return modified > modifiedBefore;
}

/** When the newest read of a kind was that a record comes from. */
export const timesOfKind = (kind: ReadKind, { newest, times, other }: RecordReads): ReadTimes | undefined =>
  kind === newest ? times : other;

/** What a read may change of a record: all that it says, only what the other kind of read never carries, or nothing. */
export type Reach = 'all' | 'whatOtherLacks' | 'nothing';

/** Promise 3 for each part of a record: nothing is replaced by an answer that is older than the one it comes from. */
export function reachOf(kind: ReadKind, read: ReadTimes, reads: RecordReads): Reach {
  const own = timesOfKind(kind, reads);
  const other = timesOfKind(otherKind(kind), reads);
  if (own !== undefined && !isNewer(read, own)) return 'nothing';
  return other === undefined || isNewer(read, other) ? 'all' : 'whatOtherLacks';
}

/** The reads that a record comes from after one that has changed all of it, or only what the other kind lacks. */
export function readsAfter(reads: RecordReads, kind: ReadKind, times: ReadTimes, isNewest: boolean): RecordReads {
  if (isNewest) return { newest: kind, times, other: timesOfKind(otherKind(kind), reads) };
  return kind === reads.newest ? { ...reads, times } : { ...reads, other: times };
}

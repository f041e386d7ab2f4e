import type { Item } from './dynamo-table.ts';
import type { ReadTimes } from './read-order.ts';
import type { ListView, RecordVersion } from './record-version.ts';

/** A version as it is stored. */
export interface StoredVersion extends RecordVersion {
  readonly revision: number;
  /** Rentvine's answer that the object is gone, if that was the last one. */
  readonly gone?: ReadTimes | undefined;
}

/** When and on whose behalf a record changes. */
export interface Change {
  readonly now: Date;
  readonly correlationId: string;
  /** Rentvine's id of the user who is said to have made the change. */
  readonly actor?: string | undefined;
}

/** Whose records: one account's copy of one resource. */
interface Collection {
  readonly account: string;
  readonly resource: string;
}

/**
 * The attributes, beside its key, of one revision of a record. Beside what README tells of, it has `answeredAt`, `reads` (which kind of read was the
 * newest, and the times of the other) and `listView`. The latter two name what they belong to, the revision and the hash, since
 * an item may be changed by what does not know of them: an earlier release, or a tombstone.
 */
export function attributesOf(
  { account, resource }: Collection,
  id: string,
  { data, hash, listView, reads: { newest, times, other } }: RecordVersion,
  revision: number,
  change: Change,
): Item {
  return {
    data,
    hash,
    revision,
    ...times,
    reads: { revision, newest, other },
    ...(listView !== undefined && { listView: { of: hash, ...listView } }),
    ...(typeof data.propertyId === 'string' && {
      byPropertyPk: `${account}#${data.propertyId}`,
      byPropertySk: `${resource}#${id}`,
    }),
    changedAt: change.now.toISOString(),
    correlationId: change.correlationId,
    ...(change.actor !== undefined && { actor: change.actor }),
  };
}

/** An item as a version. Of one that does not tell the kinds of reads apart, the read counts as one of each kind. */
export function versionOf(item: Item): StoredVersion {
  const { data, hash, revision } = item;
  const times: ReadTimes = {
    asOf: item.asOf,
    answeredAt: item.answeredAt,
    ...(item.sourceModifiedAt !== undefined && { sourceModifiedAt: item.sourceModifiedAt }),
  };
  const tellsApart = item.reads?.revision === revision;
  return {
    data,
    hash,
    revision,
    reads: tellsApart
      ? { newest: item.reads.newest, times, other: item.reads.other }
      : { newest: 'list', times, other: times },
    listView: listViewOf(item),
    gone: item.deletedAt === undefined ? undefined : times,
  };
}

/** How a list's row shows a record, where that is not its whole data; from the attributes `hash` and `listView`. */
export const listViewOf = ({ hash, listView }: Item): ListView | undefined =>
  listView?.of === hash ? { hash: listView.hash, beyond: listView.beyond } : undefined;

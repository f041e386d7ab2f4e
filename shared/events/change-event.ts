import { isDeepStrictEqual } from 'node:util';
import { collectionOf } from '../store/collection.ts';
import type { StoredRecord } from '../store/records.ts';
import type { ChangeEvent } from './change-event-schema.ts';

export const changeEventSource = 'aictive.rentvine';

export const detailTypeOf = ({ resource, change: kind }: ChangeEvent): string => `rentvine.${resource}.${kind}`;

/**
 * The event of one committed write.
 *
 * @param pk partition key of the record: account and resource
 * @param before the record before the write, if there was one
 */
export function changeEventOf(pk: string, before: StoredRecord | undefined, after: StoredRecord): ChangeEvent {
  const { account, resource } = collectionOf(pk);
  return {
    account,
    resource,
    id: after.id,
    change: kindOf(before, after),
    revision: after.revision,
    changedAt: after.changedAt,
    changes: changesBetween(before?.data ?? {}, after.data),
    record: after.data,
    correlationId: after.correlationId,
    ...(after.actor !== undefined && { actor: after.actor }),
  };
}

/** A record that comes back after it was deleted is created anew for those who follow the events. */
function kindOf(before: StoredRecord | undefined, after: StoredRecord): ChangeEvent['change'] {
  if (after.deletedAt !== undefined) return 'deleted';
  return before === undefined || before.deletedAt !== undefined ? 'created' : 'updated';
}

function changesBetween(before: Record<string, unknown>, after: Record<string, unknown>): ChangeEvent['changes'] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return fields
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((field) => ({
      field,
      ...(before[field] !== undefined && { previous: before[field] }),
      ...(after[field] !== undefined && { current: after[field] }),
    }));
}

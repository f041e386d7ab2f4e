import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { collectionOf, type StoredRecord } from './store/records.ts';

export const changeEventSource = 'aictive.rentvine';

const change = /* @__PURE__ */ (() =>
  z.object({
    field: z.string().meta({ description: 'Top-level field of the data, in its canonical spelling.' }),
    previous: z.unknown().optional(),
    current: z.unknown().optional(),
  }))();

/**
 * The detail of a change event. Its detail type is `rentvine.<resource>.<created|updated|deleted>`. Made by a function that is
 * marked as pure, so that the bundler can leave it out where only its type is used.
 */
export const changeEventSchema = /* @__PURE__ */ (() =>
  z
    .object({
      account: z.string(),
      resource: z.string(),
      id: z.string(),
      change: z.enum(['created', 'updated', 'deleted']),
      revision: z.number().meta({ description: 'Counts up by one with every change of the record.' }),
      changedAt: z.string().meta({ description: 'When the change was stored, ISO 8601 UTC.' }),
      changes: z.array(change),
      record: z.record(z.string(), z.unknown()).optional().meta({ description: 'The data after the change.' }),
      omitted: z
        .array(z.enum(['record', 'changes']))
        .optional()
        .meta({
          description:
            'What was left out because the event would be too large; read it from the records table. Without `changes`, the names of the changed fields are still there.',
        }),
      correlationId: z.string(),
    })
    .meta({ title: 'Change of a Rentvine record' }))();
export type ChangeEvent = z.infer<typeof changeEventSchema>;

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

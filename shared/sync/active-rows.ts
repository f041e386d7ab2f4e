import { ConfigurationError } from '../errors.ts';
import type { ParsedRow } from '../rentvine/row.ts';
import { allRecords } from '../store/records.ts';
import type { RunRecord } from './run-record.ts';

const idsByRun = new WeakMap<RunRecord, Promise<ReadonlySet<string>>>();

/**
 * The rows of active objects, for a run that wants no others.
 *
 * @throws ConfigurationError where stored records of another resource tell which are active, and there are none
 */
export async function activeRows(record: RunRecord, rows: readonly ParsedRow[]): Promise<readonly ParsedRow[]> {
  const { activeOnly } = record.slice.resource;
  if (!record.run.activeOnly || activeOnly === undefined) return rows;
  const active = rows.filter(({ data }) => activeOnly.isActive(data));
  if (activeOnly.namedBy === undefined) return active;
  const known = idsByRun.get(record) ?? namedIds(record, activeOnly.namedBy);
  idsByRun.set(record, known);
  const ids = await known;
  return active.filter(({ id }) => ids.has(id));
}

type NamedBy = NonNullable<NonNullable<RunRecord['slice']['resource']['activeOnly']>['namedBy']>;

async function namedIds({ store, collection }: RunRecord, { resource, ids }: NamedBy): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  let isRead = false;
  for await (const { data, deletedAt } of allRecords(store.records, { ...collection, resource: resource.name })) {
    if (deletedAt !== undefined || resource.activeOnly?.isActive(data) === false) continue;
    isRead = true;
    for (const id of ids(data)) named.add(id);
  }
  if (isRead) return named;
  const { name } = resource;
  throw new ConfigurationError(
    `Which ${collection.resource} are active is known from active ${name}, and none is stored: read ${name} first (--resources ${name}).`,
  );
}

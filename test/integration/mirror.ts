import { expect } from 'vitest';
import { type ResourceName, resourceByName } from '../../shared/rentvine/resources/catalogue.ts';
import { parseRow } from '../../shared/rentvine/row.ts';
import { hashOf } from '../../shared/store/hash.ts';
import type { StoredRecord } from '../../shared/store/records.ts';
import type { Company } from './company.ts';
import { until } from './eventually.ts';

/** What a read of an object says now: a list's row, or a single read. */
export function expectedData(
  { simulator, world }: Pick<Company, 'simulator' | 'world'>,
  resource: ResourceName,
  id: number,
  read: 'list' | 'one' = 'list',
): Readonly<Record<string, unknown>> {
  const served = read === 'list' ? simulator.servedRow(resource, id) : simulator.servedOne(resource, id);
  const parsed = parseRow(resourceByName(resource), served);
  if (!parsed.ok) throw new Error(`The simulator serves a row that does not fit: ${parsed.rejected.reason}`);
  const { data } = parsed.row;
  if (resource !== 'recurringCharges') return data;
  // Its row does not say which property its lease is of; the lease's row, read before it, does.
  const { propertyID } = world.get('leases', Number(data.leaseId)) ?? {};
  return { ...data, propertyId: String(propertyID) };
}

/** Whether a record has all that a read says; what the other kind of read knows stands beside it. */
export const holds = ({ data, hash }: StoredRecord, said: Readonly<Record<string, unknown>>): boolean =>
  hashOf({ ...data, ...said }) === hash;

/**
 * Promises 1 and 6: every object of the company is stored as it is now, and exactly what is gone is marked deleted.
 *
 * @param except ids that are not looked at
 */
export async function expectMirror(
  company: Pick<Company, 'simulator' | 'world' | 'stored'>,
  resource: ResourceName,
  { except = [] }: { readonly except?: readonly number[] } = {},
): Promise<void> {
  const stored = await company.stored(resource);
  const isCompared = (id: string) => !except.includes(Number(id));
  const live = [...stored.values()].filter((record) => record.deletedAt === undefined).map(({ id }) => id);
  const there = company.world.ids(resource).map(String).filter(isCompared);
  expect(live.filter(isCompared).sort(), `live ${resource}`).toEqual([...there].sort());
  for (const id of there) {
    const record = stored.get(id);
    const data = expectedData(company, resource, Number(id));
    if (record?.hash !== hashOf(data)) expect(record?.data, `${resource} ${id}`).toEqual(data);
    expect(record?.hash, `hash of ${resource} ${id}`).toBe(hashOf(data));
  }
}

/** Each committed revision of each record is told, at least once, and what is told last is what is stored. */
export async function expectToldEverything(
  company: Pick<Company, 'stored' | 'events'>,
  resource: ResourceName,
): Promise<void> {
  const stored = await company.stored(resource);
  await until(`an event for every revision of ${resource}`, () => {
    const told = new Set(company.events(resource).map(({ id, revision }) => `${id}@${revision}`));
    return [...stored.values()].every(({ id, revision }) =>
      Array.from({ length: revision }, (_, index) => `${id}@${index + 1}`).every((key) => told.has(key)),
    );
  });
  const latest = new Map(company.events(resource).map((event) => [`${event.id}@${event.revision}`, event]));
  for (const { id, revision, data, deletedAt } of stored.values()) {
    const event = latest.get(`${id}@${revision}`);
    expect(event?.record, `event of ${resource} ${id}`).toEqual(data);
    expect(event?.change === 'deleted', `event of ${resource} ${id}`).toBe(deletedAt !== undefined);
  }
}

import { expect } from 'vitest';
import type { ResourceName } from '../../shared/rentvine/resource.ts';
import { resourceByName } from '../../shared/rentvine/resources/table.ts';
import { parseRow } from '../../shared/rentvine/row.ts';
import { hashOf } from '../../shared/store/hash.ts';
import { eventually, type Harness } from './harness.ts';

export interface MirrorOptions {
  readonly account?: string;
  /** Ids that are not compared: quarantined rows, say. */
  readonly except?: readonly number[];
}

/** What the platform should hold of an object as Rentvine serves it now. */
export function expectedData(harness: Harness, resource: ResourceName, id: number, account?: string): unknown {
  const parsed = parseRow(resourceByName(resource), harness.simulator.servedRow(resource, id, account));
  if (!parsed.ok) throw new Error(`The simulator serves a row that does not fit: ${parsed.rejected.reason}`);
  return parsed.row.data;
}

/** Promise 1 and 6: every object of the world is stored as it is now, and exactly what is gone is marked deleted. */
export async function expectMirror(
  harness: Harness,
  resource: ResourceName,
  { account, except = [] }: MirrorOptions = {},
): Promise<void> {
  const stored = await harness.stored(resource, account);
  const isCompared = (id: string) => !except.includes(Number(id));
  const live = [...stored.values()].filter((record) => record.deletedAt === undefined).map(({ id }) => id);
  const there = harness.simulator.world(account).ids(resource).map(String);
  expect(live.filter(isCompared).sort(), `live ${resource}`).toEqual(there.filter(isCompared).sort());
  for (const id of there.filter(isCompared)) {
    const record = stored.get(id);
    const data = expectedData(harness, resource, Number(id), account);
    if (hashOf(data) !== record?.hash) expect(record?.data, `${resource} ${id}`).toEqual(data);
    expect(record?.hash, `${resource} ${id}`).toBe(hashOf(data));
  }
}

/** Promise 5 and 9: each committed revision of each record was told exactly as it was committed, at least once. */
export async function expectToldEverything(harness: Harness, resource: ResourceName, account?: string): Promise<void> {
  const stored = await harness.stored(resource, account);
  await eventually(`an event for every revision of ${resource}`, () => {
    const told = new Set(harness.eventsOf(resource, account).map(({ id, revision }) => `${id}@${revision}`));
    const isTold = [...stored.values()].every(({ id, revision }) =>
      Array.from({ length: revision }, (_, index) => `${id}@${index + 1}`).every((key) => told.has(key)),
    );
    return isTold || undefined;
  });
}

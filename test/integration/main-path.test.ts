import { describe, expect } from 'vitest';
import { resourceByName as simulated } from '../../infra/simulator/resources/catalogue.ts';
import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import { onCompany } from '../fixtures.ts';
import { allResources } from './company.ts';
import { expectMirror, expectToldEverything } from './mirror.ts';

const it = onCompany();

const idOf = (resource: ResourceName, object: Readonly<Record<string, unknown>>): number =>
  Number(object[simulated(resource).idKey]);

describe('Promise 1, complete: the main path of every resource', () => {
  it('a first full sync stores every object of every resource, and tells of each', async ({ company }) => {
    const runs = await company.syncAll(allResources, 'full');
    for (const [resource, run] of runs) {
      const there = company.world.size(resource);
      expect(run, resource).toMatchObject({ status: 'succeeded', mode: 'full' });
      expect(run.counts, resource).toMatchObject({ fetched: there, created: there, updated: 0, deleted: 0 });
      await expectMirror(company, resource);
      await expectToldEverything(company, resource);
      expect(new Set(company.events(resource).map(({ change }) => change)), resource).toEqual(new Set(['created']));
    }
  });

  it('a full and an incremental sync over unchanged data write no record and tell nothing', async ({
    harness,
    company,
  }) => {
    const told = harness.events.length;
    const recordWrites: string[] = [];
    const stop = harness.intercept(({ service, operation, body }) => {
      if (service === 'dynamodb' && body.TableName === harness.records.name && /Update|Put|Delete/.test(operation)) {
        recordWrites.push(operation);
      }
      return undefined;
    });
    for (const mode of ['full', 'incremental'] as const) {
      const runs = await company.syncAll(allResources, mode);
      for (const [resource, run] of runs) {
        expect(run, resource).toMatchObject({ status: 'succeeded', mode });
        expect(run.counts, resource).toMatchObject({ created: 0, updated: 0, deleted: 0 });
      }
    }
    stop();
    expect(recordWrites).toEqual([]);
    await harness.stack.idle();
    expect(harness.events.length).toBe(told);
  });

  it('an incremental sync of every resource finds what was created and updated', async ({ company }) => {
    const made = new Map<ResourceName, { created: number; updated: number }>();
    for (const resource of allResources) {
      // The newest: of transactions only the last weeks are read incrementally.
      const updated = company.world.ids(resource).at(-1);
      const model = company.world.get(resource, updated);
      if (model === undefined || updated === undefined) throw new Error(`The company has no ${resource}.`);
      company.world.update(resource, updated, simulated(resource).example);
      made.set(resource, { created: idOf(resource, company.world.create(resource, model)), updated });
    }
    const runs = await company.syncAll(allResources, 'incremental');
    for (const [resource, { created, updated }] of made) {
      expect(runs.get(resource), resource).toMatchObject({ status: 'succeeded', mode: 'incremental' });
      await expectMirror(company, resource);
      await expectToldEverything(company, resource);
      expect((await company.record(resource, created)).revision, resource).toBe(1);
      expect((await company.record(resource, updated)).revision, resource).toBe(2);
      const event = company.events(resource).findLast(({ id }) => id === String(updated));
      expect(event, resource).toMatchObject({ change: 'updated', revision: 2, correlationId: 'a-tick' });
      const [field] = Object.keys(simulated(resource).example);
      expect(
        event?.changes.map((change) => change.field.toLowerCase()),
        resource,
      ).toContain(field === 'rent' ? 'rentcents' : field?.toLowerCase());
    }
  });

  it('a full sync of every resource marks what was deleted, keeps its data, and tells of it', async ({ company }) => {
    const gone = new Map<ResourceName, number>();
    for (const resource of allResources) {
      // The newest have nothing below them yet: where a property vanishes that has units, or a portfolio with its properties,
      // it may be the key's rights, and with a lease its charges are gone.
      const isParent = resource === 'properties' || resource === 'portfolios' || resource === 'leases';
      const id = company.world.ids(resource).at(isParent ? -1 : -3);
      if (id === undefined) throw new Error(`The company has no ${resource}.`);
      company.world.delete(resource, id);
      gone.set(resource, id);
    }
    // For the same reason first: while it is not marked deleted, whatever else vanishes is held.
    const properties = await company.syncAll(['properties'], 'full');
    const others = await company.syncAll(
      allResources.filter((name) => name !== 'properties'),
      'full',
    );
    const runs = new Map([...properties, ...others]);
    for (const [resource, id] of gone) {
      expect(runs.get(resource), resource).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } });
      await expectMirror(company, resource);
      await expectToldEverything(company, resource);
      const record = await company.record(resource, id);
      expect(record, resource).toMatchObject({ revision: 2, deletedAt: expect.any(String) });
      expect(Object.keys(record.data).length, resource).toBeGreaterThan(1);
      expect(company.events(resource).at(-1), resource).toMatchObject({ change: 'deleted', id: String(id) });
    }
  });
});

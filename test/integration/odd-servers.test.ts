import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goneSounds, listEnds, pageHeaderWays } from '../../infra/simulator/ways.ts';
import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import { readGateState } from '../../shared/store/account-gate.ts';
import { type Company, smallCompany } from './company.ts';
import { type Harness, startHarness } from './harness.ts';
import { expectMirror } from './mirror.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const deletedOf = async (company: Company, resource: ResourceName): Promise<string[]> =>
  [...(await company.stored(resource)).values()].filter(({ deletedAt }) => deletedAt !== undefined).map(({ id }) => id);

describe('Promise 6: whatever "gone" sounds like', () => {
  it.each(goneSounds)('%s: exactly what is gone is marked deleted, and the breaker stays closed', async (gone) => {
    const company = await harness.company({ counts: { leases: 30, units: 12 }, simulator: { gone } });
    for (const name of ['leases', 'units'] as const)
      expect((await company.sync(name, 'full')).status).toBe('succeeded');
    for (const name of ['leases', 'units'] as const) {
      for (const id of company.world.ids(name).slice(2, 4)) company.world.delete(name, id);
      const run = await company.sync(name, 'full');
      expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 2, quarantined: 0 } });
      await expectMirror(company, name);
    }
    expect(await readGateState(harness.state, company.account)).toMatchObject({ consecutiveFailures: 0, openings: 0 });
  });
});

describe('Promise 1: however a list ends', () => {
  it.each(listEnds)('%s: it is read whole, at the edge of a page too', async (listEnd) => {
    const company = await harness.company({ counts: { leases: 45, vendors: 40, owners: 1 }, simulator: { listEnd } });
    for (const name of ['leases', 'vendors', 'owners'] as const) {
      const run = await company.sync(name, 'full');
      expect(run).toMatchObject({ status: 'succeeded' });
      expect(run.counts.requests).toBeLessThan(25);
      await expectMirror(company, name);
    }
    expect(await company.sync('leases', 'full')).toMatchObject({ status: 'succeeded', counts: { unchanged: 45 } });
  });

  it.each(pageHeaderWays)(
    'with pagination headers that are %s: it is read whole, and once disproved they cost nothing',
    async (pageHeaders) => {
      const company = await harness.company({ counts: { leases: 45 }, simulator: { pageHeaders } });
      expect(await company.sync('leases', 'full')).toMatchObject({ status: 'succeeded', counts: { created: 45 } });
      await expectMirror(company, 'leases');
      expect(await company.sync('leases', 'full')).toMatchObject({
        status: 'succeeded',
        pass: 1,
        counts: { unchanged: 45 },
      });
    },
  );

  it('with a small cap on pages, an odd "gone" and no pagination headers at once', async () => {
    const company = await harness.company({
      counts: { leases: 31 },
      simulator: { listEnd: 'lastPage', pageCap: 10, gone: 'empty500', pageHeaders: 'absent', order: 'idDescending' },
    });
    expect((await company.sync('leases', 'full')).status).toBe('succeeded');
    const [gone = 0] = company.world.ids('leases');
    company.world.delete('leases', gone);
    expect(await company.sync('leases', 'full')).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } });
    await expectMirror(company, 'leases');
  });
});

describe('Promise 6: a key that sees less', () => {
  const names = ['properties', 'units', 'leases', 'workOrders', 'transactions', 'tenants', 'bills'] as const;

  it.each(['gone', 'json403'] as const)(
    'whose hidden objects are answered with %s deletes nothing, says why, and catches up once it sees all again',
    async (hidden) => {
      const company = await harness.company({ counts: smallCompany, simulator: { hidden } });
      await company.syncAll(names, 'full');
      const seen = company.world.ids('properties').slice(0, -1);
      company.simulator.behave({ sees: seen });
      const runs = await company.syncAll(names, 'full');
      for (const name of names) expect(await deletedOf(company, name), name).toEqual([]);
      for (const name of ['properties', 'units', 'leases'] as const) {
        expect(runs.get(name)?.status, name).toBe('held');
        expect(runs.get(name)?.error?.message, name).toMatch(/may have changed|no longer see/);
      }
      company.simulator.behave({ sees: null });
      const [gone = 0] = company.world.ids('workOrders');
      company.world.delete('workOrders', gone);
      for (const [name, run] of await company.syncAll(names, 'full')) expect(run.status, name).toBe('succeeded');
      expect(await deletedOf(company, 'workOrders')).toEqual([String(gone)]);
      for (const name of names) await expectMirror(company, name);
    },
  );

  it('is told from a unit that is gone by itself', async () => {
    const company = await harness.company({ counts: smallCompany });
    await company.syncAll(['properties', 'units', 'leases'], 'full');
    const [gone = 0] = company.world.ids('units');
    company.world.delete('units', gone);
    expect(await company.sync('units', 'full')).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } });
  });
});

import { describe, expect, test } from 'vitest';
import { numberAt, objectsAt } from '../generator/wire-object.ts';
import { resourceByName } from '../resources/catalogue.ts';
import { simulatorUnderTest } from '../simulator-under-test.ts';

const server = simulatorUnderTest();
const { behaving } = server;

describe('what a key may read', () => {
  test('a resource may be forbidden, or missing altogether', async () => {
    await behaving({ forbidden: ['bills'], absent: ['prospects'] }, async () => {
      expect((await server.client.get('/accounting/bills')).status).toBe(403);
      expect((await server.client.get('/accounting/bills/1')).status).toBe(403);
      expect((await server.client.get('/screening/prospects')).status).toBe(404);
      expect((await server.client.get('/screening/prospects/1')).status).toBe(404);
      expect((await server.client.get('/leases/export')).status).toBe(200);
    });
  });

  const listed = async (name: Parameters<typeof resourceByName>[0]) => {
    const { listPath, rowKey, idKey } = resourceByName(name);
    return server.client.ids(`${listPath}?pageSize=500`, rowKey, idKey);
  };

  test('a key that sees some properties sees what belongs to them, and lists say nothing about the rest', async () => {
    const world = server.simulator.world();
    await behaving({ sees: [1, 3], pageHeaders: 'present' }, async () => {
      expect(await listed('properties')).toEqual([1, 3]);
      for (const name of ['units', 'leases', 'workOrders', 'transactions', 'applications', 'bills'] as const) {
        const { idKey } = resourceByName(name);
        const below = world.all(name).filter(({ propertyID }) => propertyID === 1 || propertyID === 3);
        expect(await listed(name), name).toEqual(below.slice(0, 500).map((object) => object[idKey]));
        expect(below.length, name).toBeLessThan(world.size(name));
      }
      const portfolios = [1, 3].map((id) => world.get('properties', id)?.portfolioID);
      expect(await listed('portfolios')).toEqual([...new Set(portfolios)].toSorted());
      expect((await listed('owners')).length).toBeLessThan(world.size('owners'));
      expect((await listed('tenants')).length).toBeLessThan(world.size('tenants'));
      expect((await listed('tenants')).length).toBeGreaterThan(0);
      expect(await listed('vendors')).toEqual(world.ids('vendors'));
      const { headers } = await server.client.get('/properties/export');
      expect(headers.get('pagination-total-items')).toBe('2');
    });
    expect(await listed('properties')).toEqual(world.ids('properties'));
  });

  test('a single read of something unseen sounds like something gone, or is forbidden', async () => {
    const world = server.simulator.world();
    const hidden = world.all('leases').find(({ propertyID }) => propertyID !== 1)?.leaseID;
    const seen = world.all('leases').find(({ propertyID }) => propertyID === 1)?.leaseID;
    await behaving({ sees: [1], gone: 'text404' }, async () => {
      expect((await server.client.get(`/leases/${seen}`)).status).toBe(200);
      const unseen = await server.client.get(`/leases/${hidden}`);
      expect([unseen.status, unseen.text]).toEqual([404, 'Not Found']);
      expect((await server.client.get(`/leases/${hidden}/recurring-charges`)).status).toBe(404);
    });
    await behaving({ sees: [1], hidden: 'json403' }, async () => {
      expect((await server.client.get(`/leases/${hidden}`)).status).toBe(403);
      expect((await server.client.get('/leases/99999')).status).toBe(404);
    });
  });

  test('it follows the world: an object that moves to another property comes or goes', async () => {
    const world = server.simulator.world();
    const { unitID } = world.create('units', { propertyID: 2 });
    await behaving({ sees: [1] }, async () => {
      expect(await listed('units')).not.toContain(unitID);
      world.update('units', Number(unitID), { propertyID: 1 });
      expect(await listed('units')).toContain(unitID);

      // A tenant who changes in nothing appears with the lease.
      const tenants = await listed('tenants');
      const lease = world.all('leases').find(({ tenants: on }) => {
        const [first] = objectsAt({ tenants: on ?? null }, 'tenants');
        return !tenants.includes(numberAt(first, 'contactID') ?? 0);
      });
      world.update('leases', numberAt(lease, 'leaseID') ?? 0, { propertyID: 1 });
      const [first] = objectsAt(lease, 'tenants');
      expect(await listed('tenants')).toContain(numberAt(first, 'contactID'));
    });
  });
});

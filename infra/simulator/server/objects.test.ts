import { beforeAll, describe, expect, test } from 'vitest';
import { resources as simulated } from '../resources/catalogue.ts';
import type { Simulator } from '../simulator.ts';
import { clientOf, startForTests } from '../test-client.ts';

let simulator: Simulator;
let client: ReturnType<typeof clientOf>;
const start = startForTests();

beforeAll(async () => {
  simulator = await start({ accounts: ['acme', 'zenith'] });
  client = clientOf(simulator);
});

describe('single reads', () => {
  test('every resource that has one answers its object as the list does, if both carry the same', async () => {
    const same = clientOf(await start({ projections: 'same' }));
    for (const { name, onePath, listPath, rowKey, idKey } of simulated) {
      if (onePath === undefined) continue;
      const [row] = await same.rows(`${listPath.replace(/\{\w+\}/, '1')}?pageSize=1`);
      const own = row?.[rowKey] ?? {};
      const path = onePath.replaceAll(/\{(\w+)\}/g, (_, key) => String(own[key]));
      expect((await same.get(path)).json, name).toEqual(row);
      expect(own[idKey], name).toBeDefined();
    }
  });

  test('can come without siblings, or bare', async () => {
    const alone = await clientOf(await start({ singleReads: 'alone' })).get('/leases/7');
    expect(Object.keys(JSON.parse(alone.text))).toEqual(['lease']);
    const flat = await clientOf(await start({ singleReads: 'flat' })).get('/leases/7');
    expect(flat.json).toHaveProperty('leaseID');
  });

  test('includes bring parts of a portfolio', async () => {
    expect((await client.get('/portfolios/1?includes=owners,ledger')).json).toMatchObject({
      owners: [{ contactTypeID: expect.anything() }],
      ledger: {},
    });
  });

  test.each(['/leases/61', '/contacts/owners', '/leases/abc', '/properties/2/units/1', '/tenants/1'])(
    '%s is 404 as JSON',
    async (path) => {
      const { status, json } = await client.get(path);
      expect([status, json]).toEqual([404, { message: 'Not Found' }]);
    },
  );
});

describe('writes', () => {
  test('a bare body changes the object and its date', async () => {
    const { status } = await client.post('/leases/8', { code: 'NEW', unitID: '8' });
    expect(status).toBe(200);
    expect(simulator.world().get('leases', 8)).toMatchObject({
      code: 'NEW',
      unitID: 8,
      dateTimeModified: '2026-11-22T12:00:00.000Z',
    });
  });

  test('a wrapped body, and some fields, change nothing and are answered with 200', async () => {
    const before = simulator.world().get('leases', 9);
    expect((await client.post('/leases/9', { lease: { code: 'NEW' } })).status).toBe(200);
    expect((await client.post('/leases/9', { increaseEligibilityDate: '2030-01-01' })).status).toBe(200);
    expect(simulator.world().get('leases', 9)).toBe(before);
  });

  test('the same POST twice makes two objects', async () => {
    const before = simulator.world().size('workOrders');
    const body = { propertyID: '1', description: 'Tap drips' };
    const first = await client.post('/maintenance/work-orders', body);
    const second = await client.post('/maintenance/work-orders', body);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.text).not.toBe(second.text);
    expect(simulator.world().size('workOrders')).toBe(before + 2);
  });

  test('a reference to nothing is refused by field', async () => {
    const { status, json } = await client.post('/maintenance/work-orders', { propertyID: '999' });
    expect([status, json]).toEqual([400, { propertyID: ['Property is Invalid'] }]);
  });

  test.each(['PUT', 'PATCH', 'DELETE'])('%s is 404', async (method) => {
    expect((await client.call(method, '/leases/8', {})).status).toBe(404);
  });
});

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from './simulator.ts';
import { clientOf, startForTests } from './test-client.ts';

let simulator: Simulator;
let client: ReturnType<typeof clientOf>;
const start = startForTests();

beforeAll(async () => {
  simulator = await start({ accounts: ['acme', 'zenith'] });
  client = clientOf(simulator);
});

afterEach(() => simulator.requests.reset());

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('accounts', () => {
  test('each has its own company and keys, the first is also served without its name', async () => {
    const other = clientOf(simulator, 'zenith');
    expect((await other.get('/leases/1')).text).not.toBe((await client.get('/leases/1')).text);
    const { accessKey, secret } = simulator.authentication('acme').credentials;
    const authorization = `Basic ${Buffer.from(`${accessKey}:${secret}`).toString('base64')}`;
    expect((await other.get('/leases/1', { authorization })).status).toBe(401);
    const plain = await fetch(`${simulator.url}/api/manager/leases/1`, { headers: { authorization } });
    expect(await plain.text()).toBe((await client.get('/leases/1')).text);
  });

  test('an unknown account is 404', async () => {
    expect((await fetch(`${simulator.url}/nobody/api/manager/leases/1`)).status).toBe(404);
  });

  test('one can be added while the server runs', async () => {
    simulator.addAccount({ name: 'later', counts: { leases: 3 } });
    expect(await clientOf(simulator, 'later').rows('/leases/export')).toHaveLength(3);
  });
});

test('a server may have its lists elsewhere', async () => {
  const own = await start({ paths: { tenants: '/contacts/tenants' } });
  expect((await clientOf(own).get('/tenants/search')).status).toBe(404);
  expect(await clientOf(own).rows('/contacts/tenants')).toHaveLength(15);
});

test('the Date header is the simulator clock, and nothing tells of a rate limit', async () => {
  const own = await start();
  own.setClockOffset(-3_600_000);
  const { headers } = await clientOf(own).get('/leases/1');
  expect(headers.get('date')).toBe('Sun, 22 Nov 2026 11:00:00 GMT');
  expect([...headers.keys()].filter((name) => /limit|retry/.test(name))).toEqual([]);
});

test('a hook can change the world at an exact moment', async () => {
  const own = await start();
  own.beforeRequest(({ resource, page }) => {
    if (resource === 'leases' && page === 3) own.world().delete('leases', 12);
  });
  const ids: number[] = [];
  for (const page of range(1, 6)) {
    ids.push(...(await clientOf(own).ids(`/leases/export?pageSize=10&page=${page}`, 'lease', 'leaseID')));
  }
  expect(ids).toEqual(range(1, 60).filter((id) => id !== 21));
});

test('the record of requests knows routes, times and how many were under way at once', async () => {
  const own = await start();
  const { get } = clientOf(own);
  const all = Promise.withResolvers<void>();
  let arrived = 0;
  // None is answered before all three have arrived.
  const stop = own.beforeRequest(() => {
    arrived += 1;
    if (arrived === 3) all.resolve();
    return all.promise;
  });
  await Promise.all([get('/leases/export'), get('/leases/export?page=2'), get('/leases/3')]);
  stop();
  expect(own.requests.byRoute()).toEqual({ 'acme list leases': 2, 'acme one leases': 1 });
  expect(own.requests.count({ kind: 'one' })).toBe(1);
  expect(own.requests.maxInFlight('acme')).toBe(3);
  expect(own.requests.timestamps('acme')).toHaveLength(3);
  await get('/leases/3');
  own.requests.reset();
  expect(own.requests.count()).toBe(0);
});

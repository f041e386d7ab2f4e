import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import { parseRow } from '../../shared/rentvine/row.ts';
import { zoneless } from './generator/dates.ts';
import { textAt } from './generator/wire-object.ts';
import type { SimulatorOptions } from './options.ts';
import { isResourceName, resourceByName, resources as simulated } from './resources/catalogue.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import { clientOf } from './test-client.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const started: Simulator[] = [];

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ counts: { leases: 60, transactions: 300 }, clock: () => noon, ...options });
  started.push(simulator);
  return simulator;
}

let simulator: Simulator;
let client: ReturnType<typeof clientOf>;

beforeAll(async () => {
  simulator = await start({ accounts: ['acme', 'zenith'] });
  client = clientOf(simulator);
});
afterEach(() => simulator.requests.reset());
afterAll(() => Promise.all(started.map((one) => one.stop())));

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('lists', () => {
  test('every resource is listed at each of its addresses, with its object under its row key', async () => {
    for (const { name, rowKey, idKey, listPath, otherListPaths = [] } of simulated) {
      for (const path of [listPath, ...otherListPaths]) {
        const at = path.replaceAll(/\{\w+\}/g, '1');
        const own = simulator.world().all(name);
        const below = /\{(\w+)\}/.exec(path)?.[1];
        const expected = below === undefined ? own : own.filter((object) => object[below] === 1);
        const ids = await client.ids(`${at}?pageSize=500`, rowKey, idKey);
        expect(ids, at).toEqual(expected.slice(0, 500).map((object) => object[idKey]));
        expect(ids.length, at).toBeGreaterThan(0);
      }
    }
  });

  test('every resource that the platform keeps is here, at the address where the platform reads it', () => {
    for (const { name, listPath, onePath, rowKey, idField } of resources) {
      expect(isResourceName(name), name).toBe(true);
      const own = resourceByName(name);
      const spelled = (key: string) => key.replace(/Id(?=[A-Z]|s?$)/g, 'ID');
      const asOurs = (path?: string) =>
        path?.replaceAll(/\{(\w+)\}/g, (_, key) => `{${key === 'id' ? own.idKey : spelled(key)}}`);
      expect({ name, listPath: asOurs(listPath), rowKey: spelled(rowKey), idKey: spelled(idField) }).toEqual({
        name,
        listPath: own.listPath,
        rowKey: own.rowKey,
        idKey: own.idKey,
      });
      if (onePath !== undefined) expect(asOurs(onePath), name).toBe(own.onePath);
    }
  });

  test('a row of leases has its siblings beside it', async () => {
    const [row] = await client.rows('/leases/export?pageSize=1');
    const parts = ['lease', 'balances', 'unpaidCharges', 'property', 'unit', 'portfolio'];
    expect(Object.keys(row ?? {})).toEqual(parts);
    expect(Number(row?.unit?.unitID)).toBe(Number(row?.lease?.unitID));
  });

  test('the platform reads every row that the simulator writes, as the world has it', async () => {
    for (const values of ['mixed', 'strings', 'native'] as const) {
      const other = await start({ values });
      for (const resource of resources) {
        for (const row of await clientOf(other).rows(`${resource.listPath}?pageSize=100`)) {
          const result = parseRow(resource, row);
          expect(result).toMatchObject({ ok: true });
          if (!result.ok) continue;
          const expected = parseRow(resource, other.world().row(resource.name, Number(result.row.id)));
          expect(JSON.stringify(result)).not.toContain('PRIVATE-');
          expect(parseRow(resource, other.servedRow(resource.name, Number(result.row.id)))).toEqual(result);
          if (values === 'native' && ['leases', 'units', 'workOrders'].includes(resource.name)) {
            expect(result).toEqual(expected);
          }
          expect(result.row.sourceModifiedAt).toBe(expected.ok ? expected.row.sourceModifiedAt : 'not read');
        }
      }
    }
  });

  test('an export gives 25 rows by default, another list 15', async () => {
    expect(await client.rows('/leases/export')).toHaveLength(25);
    expect(await client.rows('/tenants/search')).toHaveLength(15);
  });

  test('limit and offset are accepted and ignored', async () => {
    expect(await client.ids('/leases/export?limit=50&offset=25', 'lease', 'leaseID')).toEqual(range(1, 25));
  });

  test('a page above the cap is silently the cap', async () => {
    const capped = await start({ pageCap: 10 });
    const ids = await clientOf(capped).ids('/leases/export?pageSize=250&page=2', 'lease', 'leaseID');
    expect(ids).toEqual(range(11, 20));
  });

  test('pages follow each other and a page past the end is an empty list', async () => {
    expect(await client.ids('/leases/export?pageSize=40&page=2', 'lease', 'leaseID')).toEqual(range(41, 60));
    expect((await client.get('/leases/export?pageSize=40&page=3')).text).toBe('[]');
  });

  test('a page that is no number is answered with 400 by field', async () => {
    const { status, json } = await client.get('/leases/export?page=soon');
    expect(status).toBe(400);
    expect(json).toEqual({ page: ['page must be a whole number from 1'] });
  });

  test.each(['data', 'results', 'payload'])('the list can be wrapped as %s', async (envelope) => {
    const other = await start({ envelope });
    const { json } = await clientOf(other).get('/leases/export');
    expect(json).toEqual({ [envelope]: expect.any(Array) });
  });

  test('keys can be spelled in other ways', async () => {
    const other = await start({ keys: 'snake' });
    const [row] = await clientOf(other).rows('/maintenance/work-orders');
    expect(row?.work_order).toHaveProperty('work_order_id');
    expect(row?.work_order).toHaveProperty('is_shared_with_tenant');
  });

  test('values are spelled as they have been seen, always the same way', async () => {
    const { text } = await client.get('/leases/export?pageSize=60');
    expect(text).toMatch(/"leaseID":"\d+"/);
    expect(text).toMatch(/"leaseID":\d+/);
    expect(text).toMatch(/"dateTimeModified":"[\d-]{10} [\d:]{8}"/);
    expect(text).toMatch(/"dateTimeModified":"[\d-]{10}T[\d:]{8}Z"/);
    expect((await client.get('/leases/export?pageSize=60')).text).toBe(text);
    const many = await start({ counts: { portfolios: 40 } });
    const portfolios = await clientOf(many).get('/portfolios/search?pageSize=50');
    expect(portfolios.text).toMatch(/"contacts":"\[\{\\"/);
    expect(portfolios.text).toMatch(/"contacts":\[\{"/);
    expect(portfolios.text).toMatch(/"isActive":(true|false)/);
    expect(portfolios.text).toMatch(/"isActive":"1"/);
  });

  test('the same seed serves the same bytes, another seed others', async () => {
    const path = '/leases/export?pageSize=60';
    const [one, same, other] = await Promise.all([start({ seed: 5 }), start({ seed: 5 }), start({ seed: 6 })]);
    const { text } = await clientOf(one).get(path);
    expect((await clientOf(same).get(path)).text).toBe(text);
    expect((await clientOf(other).get(path)).text).not.toBe(text);
  });

  test('orders other than by id', async () => {
    const descending = await start({ order: 'idDescending' });
    expect(await clientOf(descending).ids('/leases/export?pageSize=3', 'lease', 'leaseID')).toEqual([60, 59, 58]);
    const modified = await start({ order: 'modifiedDescending' });
    modified.world().update('leases', 30, { code: 'X' });
    const rows = await clientOf(modified).ids('/leases/export?pageSize=60', 'lease', 'leaseID');
    expect(rows[0]).toBe(30);
    const dates = rows.map((id) => textAt(modified.world().get('leases', id), 'dateTimeModified'));
    expect(dates).toEqual(dates.toSorted().reverse());
    const unstable = clientOf(await start({ order: 'unstable' }));
    const first = await unstable.ids('/leases/export?pageSize=60', 'lease', 'leaseID');
    const second = await unstable.ids('/leases/export?pageSize=60', 'lease', 'leaseID');
    expect(first).not.toEqual(second);
    expect(first.toSorted((a, b) => a - b)).toEqual(range(1, 60));
  });
});

describe('filters', () => {
  test('dateTimeModifiedMin takes zoneless UTC and includes that second', async () => {
    const modified = simulator
      .world()
      .all('leases')
      .map((lease) => textAt(lease, 'dateTimeModified'))
      .toSorted()
      .at(40);
    const wanted = simulator
      .world()
      .all('leases')
      .filter((lease) => textAt(lease, 'dateTimeModified') >= (modified ?? ''));
    const query = new URLSearchParams({ dateTimeModifiedMin: zoneless(modified ?? ''), pageSize: '100' });
    const ids = await client.ids(`/leases/export?${query}`, 'lease', 'leaseID');
    expect(ids).toEqual(wanted.map(({ leaseID }) => leaseID));
    const exclusive = await start({ filterBounds: 'exclusive' });
    expect(await clientOf(exclusive).rows(`/leases/export?${query}`)).toHaveLength(ids.length - 1);
  });

  test('a filter follows a change at once', async () => {
    const own = await start();
    const query = '/leases/export?dateTimeModifiedMin=2026-11-22%2012:00:00';
    expect(await clientOf(own).rows(query)).toHaveLength(0);
    own.world().touchLease(12);
    expect(await clientOf(own).ids(query, 'lease', 'leaseID')).toEqual([12]);
  });

  test('another form of date is refused with 400', async () => {
    const { status, json } = await client.get('/leases/export?dateTimeModifiedMin=2026-11-22T12:00:00Z');
    expect(status).toBe(400);
    expect(json).toHaveProperty('dateTimeModifiedMin');
  });

  test('array filters repeat their key', async () => {
    expect(await client.ids('/leases/export?leaseIDs[]=3&leaseIDs[]=50', 'lease', 'leaseID')).toEqual([3, 50]);
  });

  test('transactions filter by day, voided, type and amount', async () => {
    const all = simulator.world().all('transactions');
    const path = '/accounting/transactions/search?pageSize=500';
    const idsOf = (query: string) => client.ids(`${path}&${query}`, 'transaction', 'transactionID');
    const idsWhere = (wanted: (transaction: (typeof all)[number]) => boolean) =>
      all.filter(wanted).map(({ transactionID }) => transactionID);
    const day = textAt(all[150], 'datePosted');
    expect(await idsOf(`datePostedMin=${day}`)).toEqual(idsWhere((one) => textAt(one, 'datePosted') >= day));
    expect(await idsOf(`datePostedMax=${day}`)).toEqual(idsWhere((one) => textAt(one, 'datePosted') <= day));
    expect(await idsOf('isVoided=1')).toEqual(idsWhere((one) => one.isVoided === true));
    expect(await idsOf('transactionTypeIDs[]=2')).toEqual(idsWhere((one) => one.transactionTypeID === 2));
    expect(await idsOf('amountMin=1000')).toEqual(idsWhere((one) => Number(one.amount) >= 1000));
  });

  test('a filter that a resource does not have is ignored', async () => {
    expect(await client.rows('/tenants/search?dateTimeModifiedMin=2026-11-22%2012:00:00')).toHaveLength(15);
  });
});

describe('single reads', () => {
  test('every resource that has one answers its object as the list does', async () => {
    for (const { name, onePath, listPath, rowKey, idKey, singleSiblings } of simulated) {
      if (onePath === undefined || singleSiblings !== undefined) continue;
      const [row] = await client.rows(`${listPath.replace(/\{\w+\}/, '1')}?pageSize=1`);
      const own = row?.[rowKey] ?? {};
      const path = onePath.replaceAll(/\{(\w+)\}/g, (_, key) => String(own[key]));
      expect((await client.get(path)).json, name).toEqual(row);
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
  // None is answered before all three have arrived.
  const stop = own.beforeRequest(() => expect.poll(() => own.requests.inFlight('acme'), { timeout: 20_000 }).toBe(3));
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

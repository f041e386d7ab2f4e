import { beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../../shared/rentvine/resources/catalogue.ts';
import { parseRow } from '../../../shared/rentvine/row.ts';
import { zoneless } from '../generator/dates.ts';
import { textAt } from '../generator/wire-object.ts';
import { isResourceName, resourceByName, resources as simulated } from '../resources/catalogue.ts';
import type { Simulator } from '../simulator.ts';
import { clientOf, startForTests } from '../test-client.ts';

let simulator: Simulator;
let client: ReturnType<typeof clientOf>;
const start = startForTests();

beforeAll(async () => {
  simulator = await start({ accounts: ['acme', 'zenith'] });
  client = clientOf(simulator);
});

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
      const other = await start({ values, projections: 'same' });
      for (const resource of resources) {
        for (const row of await clientOf(other).rows(`${resource.listPath.replace(/\{\w+\}/, '1')}?pageSize=100`)) {
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

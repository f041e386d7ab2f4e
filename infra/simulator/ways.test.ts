import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { startSimulator } from './simulator.ts';
import { simulatorUnderTest } from './simulator-under-test.ts';
import { clientOf, sendControl } from './test-client.ts';
import { goneSounds, waysSchema } from './ways.ts';

const server = simulatorUnderTest();
const { behaving } = server;

describe('how “gone” sounds', () => {
  test.each([
    ['json404', 404, 'application/json; charset=utf-8', '{"message":"Not Found"}'],
    ['text404', 404, 'text/plain; charset=UTF-8', 'Not Found'],
    ['fieldErrors', 400, 'application/json; charset=utf-8', '{"leaseID":["Lease not found"]}'],
    ['json403', 403, 'application/json; charset=utf-8', '{"message":"Forbidden"}'],
    ['json410', 410, 'application/json; charset=utf-8', '{"message":"Gone"}'],
    ['empty500', 500, 'text/plain; charset=UTF-8', ''],
    ['null', 200, 'application/json; charset=utf-8', 'null'],
    ['emptyObject', 200, 'application/json; charset=utf-8', '{}'],
    ['errorBody', 200, 'application/json; charset=utf-8', '{"error":{"code":"not_found","message":"Lease not found"}}'],
    ['sentence', 400, 'text/html; charset=UTF-8', 'The lease you asked for could not be found.'],
  ] as const)('%s: the same for what was deleted, what never was and what can never be', async (gone, ...expected) => {
    server.simulator.world().delete('leases', 41);
    await behaving({ gone }, async () => {
      for (const id of [41, 9_999, 999_999_999_999]) {
        const { status, headers, text } = await server.client.get(`/leases/${id}`);
        expect([status, headers.get('content-type'), text]).toEqual(expected);
      }
      expect((await server.client.get('/leases/5')).status).toBe(200);
    });
  });

  test('each resource may say it in its own way, and another account in another', async () => {
    await behaving({ gone: { leases: 'empty500', vendors: 'null' } }, async () => {
      expect((await server.client.get('/leases/9999')).status).toBe(500);
      expect((await server.client.get('/vendors/99999')).text).toBe('null');
      expect((await server.client.get('/properties/9999')).json).toEqual({ message: 'Not Found' });
      expect((await clientOf(server.simulator, 'zenith').get('/leases/9999')).status).toBe(404);
    });
  });

  test('a write to what is gone says it in the same way', async () => {
    for (const gone of goneSounds) {
      await behaving({ gone }, async () => {
        const read = await server.client.get('/leases/9999');
        const write = await server.client.post('/leases/9999', { code: 'x' });
        expect([write.status, write.text]).toEqual([read.status, read.text]);
      });
    }
  });
});

describe('how a list ends', () => {
  test.each([
    ['empty', 200, '[]'],
    ['json404', 404, '{"message":"Not Found"}'],
    ['fieldErrors', 400, '{"page":["Page is out of range"]}'],
  ] as const)('%s beyond the end', async (listEnd, status, text) => {
    await behaving({ listEnd }, async () => {
      const pages = Math.ceil(server.simulator.world().size('leases') / 25);
      expect((await server.client.get(`/leases/export?page=${pages}`)).status).toBe(200);
      const past = await server.client.get(`/leases/export?page=${pages + 1}`);
      expect([past.status, past.text]).toEqual([status, text]);
      expect((await server.client.get('/leases/export?page=500')).text).toBe(text);
      // Page 1 answers, also where there is nothing.
      expect((await server.client.get('/leases/export?leaseIDs[]=9999')).text).toBe('[]');
    });
  });

  test('lastPage: the last page once more, as often as it is asked for', async () => {
    await behaving({ listEnd: 'lastPage' }, async () => {
      const last = (await server.client.get('/leases/export?pageSize=40&page=2')).text;
      expect((await server.client.get('/leases/export?pageSize=40&page=3')).text).toBe(last);
      expect((await server.client.get('/leases/export?pageSize=40&page=99')).text).toBe(last);
    });
  });
});

describe('pagination headers', () => {
  const of = async (query: string, who = server.client) => {
    const { headers } = await who.get(`/leases/export?${query}`);
    return Object.fromEntries([...headers].filter(([name]) => name.startsWith('pagination-')));
  };

  test('there are eight, and they are true', async () => {
    const other = clientOf(server.simulator, 'zenith');
    expect(await of('pageSize=25&page=2', other)).toEqual({
      'pagination-current-page': '2',
      'pagination-page-size': '25',
      'pagination-total-items': '60',
      'pagination-total-pages': '3',
      'pagination-first-page': '1',
      'pagination-last-page': '3',
      'pagination-next-page': '3',
      'pagination-prev-page': '1',
    });
    expect((await of('pageSize=25&page=3', other))['pagination-next-page']).toBe('');
    expect((await of('leaseIDs[]=4', other))['pagination-total-items']).toBe('1');
  });

  test('the page size is the one that the server gives, not the one that is asked for', async () => {
    await behaving({ pageCap: 10 }, async () => expect((await of('pageSize=500'))['pagination-page-size']).toBe('10'));
  });

  test('they may be absent, or lie', async () => {
    const total = server.simulator.world().size('leases');
    expect(await behaving({ pageHeaders: 'absent' }, () => of(''))).toEqual({});
    const claimed = async (pageHeaders: 'tooSmall' | 'tooLarge' | 'garbled') =>
      (await behaving({ pageHeaders }, () => of('')))['pagination-total-items'];
    expect(Number(await claimed('tooSmall'))).toBeLessThan(total);
    expect(Number(await claimed('tooLarge'))).toBeGreaterThan(total);
    expect(await claimed('garbled')).toBe('many');
    await of('');
    server.simulator.world().create('leases', { unitID: 1, propertyID: 1 });
    const stale = (await behaving({ pageHeaders: 'stale' }, () => of('')))['pagination-total-items'];
    expect(Number(stale)).toBeLessThan(server.simulator.world().size('leases'));
  });
});

describe('projections', () => {
  const same = () =>
    behaving({ projections: 'same' }, async () => (await server.client.rows('/leases/export'))[0]?.lease);
  const withNotice = () => server.simulator.world().update('leases', 1, { noticeDate: '2026-10-01' });

  test('a lease’s notice is only in its single read, its flat list of tenants only in the list', async () => {
    withNotice();
    await behaving({ projections: 'real', values: 'native' }, async () => {
      const [row] = await server.client.rows('/leases/export');
      const one = z.object({ lease: z.looseObject({}) }).parse((await server.client.get('/leases/1')).json).lease;
      expect(row?.lease).not.toHaveProperty('noticeDate');
      expect(row?.lease).toHaveProperty('expectedMoveOutDate');
      const tenant = expect.objectContaining({ contactID: expect.any(Number), name: expect.any(String) });
      expect(row?.lease?.tenants).toContainEqual(tenant);
      expect(one).toMatchObject({ noticeDate: '2026-10-01' });
      expect(one).not.toHaveProperty('tenants');
    });
    expect(await same()).toHaveProperty('noticeDate');
  });

  test('includes=tenants brings each tenant of the lease with its contact', async () => {
    await behaving({ projections: 'real', values: 'native' }, async () => {
      const { tenants } = z
        .object({ tenants: z.array(z.looseObject({})) })
        .parse((await server.client.get('/leases/2?includes=tenants')).json);
      const [first] = tenants;
      expect(first).toMatchObject({
        leaseTenant: { leaseTenantID: expect.any(Number), contactID: expect.any(Number), isPrimary: true },
        contact: { contactID: expect.any(Number), email: expect.any(String) },
      });
      expect((await server.client.get('/leases/2')).json).not.toHaveProperty('tenants');
    });
  });

  test('a vendor’s code is only in its single read', async () => {
    const [id = 0] = server.simulator.world().ids('vendors');
    await behaving({ projections: 'real' }, async () => {
      expect((await server.client.rows('/vendors/search'))[0]?.contact).not.toHaveProperty('code');
      expect((await server.client.get(`/vendors/${id}`)).json).toMatchObject({ contact: { code: 'V-0001' } });
    });
  });

  test('a work order has a contact beside it in the list, and a scheduling status in the single read', async () => {
    await behaving({ projections: 'real' }, async () => {
      const rows = await server.client.rows('/maintenance/work-orders?pageSize=40');
      const keys = new Set(rows.map((row) => Object.keys(row).join()));
      expect(keys).toEqual(new Set(['workOrder,contact', 'workOrder']));
      const one = z
        .object({})
        .loose()
        .parse((await server.client.get('/maintenance/work-orders/3')).json);
      expect(Object.keys(one)).toEqual(['workOrder', 'schedulingStatusID']);
    });
  });

  test('what the simulator says it serves is what it serves', async () => {
    await behaving({ projections: 'real' }, async () => {
      expect(server.simulator.servedRow('leases', 1)).toEqual((await server.client.rows('/leases/export'))[0]);
      expect(server.simulator.servedOne('leases', 1)).toEqual((await server.client.get('/leases/1')).json);
      const included = (await server.client.get('/leases/1?includes=tenants')).json;
      expect(server.simulator.servedOne('leases', 1, 'acme', 'tenants')).toEqual(included);
    });
  });
});

describe('filters and dates', () => {
  const min = (at: string) => server.client.ids(`/leases/export?dateTimeModifiedMin=${at}`, 'lease', 'leaseID');
  const max = (at: string) =>
    server.client.ids(`/leases/export?pageSize=100&dateTimeModifiedMax=${at}`, 'lease', 'leaseID');

  test('bounds include their second, or do not', async () => {
    server.simulator.world().touchLease(12);
    expect(await min('2026-11-22 12:00:00')).toContain(12);
    expect(await max('2026-11-22 12:00:00')).toContain(12);
    await behaving({ filterBounds: 'exclusive' }, async () => {
      expect(await min('2026-11-22 12:00:00')).not.toContain(12);
      expect(await max('2026-11-22 12:00:00')).not.toContain(12);
      expect(await min('2026-11-22 11:59:59')).toContain(12);
    });
  });

  test('date-times without a zone are written and read in the account’s', async () => {
    server.simulator.world().touchLease(12);
    await behaving({ zone: 'America/Denver', values: 'strings' }, async () => {
      expect((await server.client.rows('/leases/export?leaseIDs[]=12'))[0]?.lease?.dateTimeModified).toBe(
        '2026-11-22 05:00:00',
      );
      expect(await min('2026-11-22 05:00:00')).toContain(12);
      expect(await min('2026-11-22 05:00:01')).not.toContain(12);
    });
  });
});

test('a list may be elsewhere, its objects and their ids under other keys', async () => {
  const ways = {
    paths: { renewals: '/renewals' },
    rowKeys: { renewals: 'leaseRenewal' },
    idKeys: { renewals: 'renewalID', leases: 'id' },
    values: 'native',
  } as const;
  await behaving(ways, async () => {
    expect((await server.client.get('/leases/renewals')).status).toBe(404);
    const [row] = await server.client.rows('/renewals');
    expect(Object.keys(row ?? {})).toEqual(['leaseRenewal', 'lease']);
    expect(row?.leaseRenewal).toMatchObject({ renewalID: 1 });
    expect(row?.leaseRenewal).not.toHaveProperty('leaseRenewalID');
    expect((await server.client.get('/leases/7')).json).toMatchObject({ lease: { id: 7 } });
  });
  expect((await server.client.rows('/leases/renewals'))[0]?.renewal).toHaveProperty('leaseRenewalID');
});

describe('turning them', () => {
  test('several hold at once', async () => {
    await behaving(
      {
        projections: 'real',
        gone: 'null',
        listEnd: 'lastPage',
        pageHeaders: 'absent',
        keys: 'snake',
        envelope: 'rows',
      },
      async () => {
        expect((await server.client.get('/leases/9999')).text).toBe('null');
        const { json, headers } = await server.client.get('/leases/export?pageSize=50&page=9');
        const { rows } = z.object({ rows: z.array(z.looseObject({ lease: z.looseObject({}) })) }).parse(json);
        expect(rows.length).toBeGreaterThan(0);
        expect(rows[0]?.lease).not.toHaveProperty('notice_date');
        expect(headers.get('pagination-total-items')).toBeNull();
      },
    );
  });

  test('the control path shows and changes them, and leaves the others as they are', async () => {
    const path = '/accounts/acme/ways';
    await sendControl(server.simulator, 'POST', path, { order: 'idDescending' });
    expect((await sendControl(server.simulator, 'POST', path, { gone: { leases: 'text404' } })).json).toMatchObject({
      order: 'idDescending',
      gone: { leases: 'text404' },
      listEnd: 'empty',
    });
    expect((await sendControl(server.simulator, 'GET', path)).json).toMatchObject({ order: 'idDescending' });
    const refused = await sendControl(server.simulator, 'POST', path, { gone: 'loudly' });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('gone')]);
    expect((await sendControl(server.simulator, 'POST', path, { goen: 'null' })).status).toBe(400);
    server.simulator.behave(waysSchema.parse({}));
  });

  test('an account’s own ways win over the server’s', async () => {
    const own = await startSimulator({
      gone: 'text404',
      pageCap: 7,
      counts: { leases: 20 },
      accounts: ['first', { name: 'second', gone: 'null' }],
    });
    expect((await clientOf(own, 'first').get('/leases/99')).text).toBe('Not Found');
    expect((await clientOf(own, 'second').get('/leases/99')).text).toBe('null');
    expect(await clientOf(own, 'second').rows('/leases/export')).toHaveLength(7);
    await own.stop();
  });
});

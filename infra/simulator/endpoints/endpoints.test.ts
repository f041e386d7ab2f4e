import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Simulator, startSimulator } from '../simulator.ts';
import { clientOf } from '../test-client.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
let simulator: Simulator;
let client: ReturnType<typeof clientOf>;

beforeAll(async () => {
  simulator = await startSimulator({ counts: { leases: 60 }, clock: () => noon, values: 'native' });
  client = clientOf(simulator);
});
afterAll(() => simulator.stop());

const parts = z.record(z.string(), z.unknown());

/** What public clients of the API ask for, and the key under which they look for the object. */
describe('what public clients ask for', () => {
  test.each([
    ['/properties', 'property'],
    ['/properties/1', 'property'],
    ['/properties/1/units', 'unit'],
    ['/properties/units', 'unit'],
    ['/leases', 'lease'],
    ['/leases/1', 'lease'],
    ['/leases/1/recurring-charges', 'recurringCharge'],
    ['/leases/renewals', 'renewal'],
    ['/tenants', 'contact'],
    ['/owners', 'contact'],
    ['/vendors', 'contact'],
    ['/portfolios', 'portfolio'],
    ['/applications', 'application'],
    ['/screening/prospects', 'prospect'],
    ['/screening/prospects/1', 'prospect'],
    ['/maintenance/inspections', 'inspection'],
    ['/maintenance/inspections/1', 'inspection'],
    ['/maintenance/materials', 'material'],
    ['/maintenance/vendor-trades', 'vendorTrade'],
    ['/maintenance/work-order/statuses', 'workOrderStatus'],
    ['/maintenance/work-orders/statuses', 'workOrderStatus'],
    ['/maintenance-technicians', 'user'],
    ['/users', 'user'],
    ['/accounting/accounts', 'account'],
    ['/accounting/bills', 'bill'],
    ['/accounting/bills/1?includes=charges', 'bill'],
    ['/accounting/ledgers/1', 'ledger'],
    ['/accounting/transactions/entries/search', 'transactionEntry'],
    ['/accounting/settings', 'settings'],
    ['/object-types', 'objectType'],
    ['/files?objectTypeID=16&objectID=1&includes=attachment', 'file'],
    ['/files/1?includes=attachment', 'file'],
    ['/custom-fields', 'customField'],
  ])('GET %s answers %s', async (path, key) => {
    const { status, json } = await client.get(path);
    expect(status).toBe(200);
    const [first] = Array.isArray(json) ? json : [json];
    expect(parts.parse(first)[key]).toBeDefined();
    if (Array.isArray(json)) expect(json.length).toBeLessThanOrEqual(15);
  });

  test.each(['/contacts/owners', '/maintenance/technicians', '/webhooks', '/maintenance/work-orders/1/line-items'])(
    'GET %s is not there, whatever the reference says',
    async (path) => expect((await client.get(path)).status).toBe(404),
  );

  test('a search of ledgers matches any part of a name, whatever its case', async () => {
    const names = simulator
      .world()
      .all('ledgers')
      .map(({ name }) => String(name));
    const wanted = names[0]?.slice(1, 5) ?? '';
    const expected = names.filter((name) => name.toLowerCase().includes(wanted.toLowerCase()));
    for (const path of ['/accounting/ledgers/search', '/accounting/ledgers']) {
      const rows = await client.rows(`${path}?pageSize=200&search=${wanted.toUpperCase()}`);
      expect(rows.map((row) => row.ledger?.name)).toEqual(expected);
    }
  });

  test('a charge’s account says whether it is rent', async () => {
    const rows = await client.rows('/leases/7/recurring-charges');
    expect(rows.map((row) => row.recurringCharge?.leaseID)).toEqual([7, 7, 7]);
    expect(rows.some((row) => row.account?.isRent === true)).toBe(true);
    expect((await client.get('/leases/999/recurring-charges')).status).toBe(404);
  });

  test('a transaction’s entries balance, with all that they belong to', async () => {
    const rows = await client.rows('/accounting/transactions/entries/search?pageSize=2');
    expect(Object.keys(rows[0] ?? {})).toEqual(
      expect.arrayContaining(['transactionEntry', 'ledger', 'primaryLedger', 'portfolio', 'property', 'transaction']),
    );
    expect(rows[0]?.transactionEntry?.debit).toBe(rows[1]?.transactionEntry?.credit);
  });
});

describe('reports', () => {
  test('are named, and run by name with columns and filters', async () => {
    expect((await client.get('/reports?reportTypeID=1')).json).toHaveProperty('reports');
    const json = JSON.stringify({ displayColumns: ['unitID', 'rent'], filters: { propertyID: 1 } });
    const units = simulator.world().all('units');
    const expected = units.filter(({ propertyID }) => propertyID === 1);
    const rows = z
      .array(z.object({ rowTypeID: z.number(), data: z.looseObject({}) }))
      .parse((await client.get(`/reports/rent-roll?exportTypeID=1&json=${encodeURIComponent(json)}`)).json);
    const data = rows.filter(({ rowTypeID }) => rowTypeID === 1).map((row) => row.data);
    expect(data.map(({ unitID }) => unitID)).toEqual(expected.map(({ unitID }) => unitID));
    expect(Object.keys(data[0] ?? {})).toEqual(['unitID', 'rent']);
    expect(rows.at(-1)?.rowTypeID).toBe(2);
    expect((await client.get('/reports/none?exportTypeID=1')).status).toBe(404);
    expect((await client.get('/reports/rent-roll?exportTypeID=1&json=[')).status).toBe(400);
  });
});

describe('files', () => {
  test('are uploaded as a form, attached to an object, listed with it, and downloaded as they came', async () => {
    const { accessKey, secret } = simulator.authentication().credentials;
    const headers = { authorization: `Basic ${btoa(`${accessKey}:${secret}`)}` };
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array([0, 255, 128, 10])]), 'Leak.JPG');
    const at = `${simulator.baseUrl()}/files?objectTypeID=16&objectID=7&includes=attachment`;
    const made = await fetch(at, { method: 'POST', headers, body: form });
    const { file } = z
      .object({ file: z.object({ fileID: z.number(), fileName: z.string(), fileSize: z.number() }) })
      .parse(await made.json());
    expect(file).toMatchObject({ fileName: 'Leak.JPG', fileSize: 4 });
    const rows = await client.rows('/files?objectTypeID=16&objectID=7&pageSize=100');
    expect(rows.at(-1)).toMatchObject({ file: { fileID: file.fileID }, attachment: { objectID: 7, objectTypeID: 16 } });
    const bytes = await (await fetch(`${simulator.baseUrl()}/files/${file.fileID}/download`, { headers })).bytes();
    expect([...bytes]).toEqual([0, 255, 128, 10]);
    expect((await client.get('/files/1/download')).text).toMatch(/^The content of attachment-1/);
    expect((await client.call('DELETE', `/files/${file.fileID}`)).status).toBe(200);
    expect((await client.get(`/files/${file.fileID}`)).status).toBe(404);
    expect((await client.post('/files', {})).status).toBe(400);
  });
});

describe('writes of their own kind', () => {
  test('a charge on a lease is booked, owed, and booked again when it comes again', async () => {
    const body = { datePosted: '2026-11-22', amount: '12.50', chargeAccountID: '18', description: 'Key' };
    const owed = simulator.world().unpaidCharges(4).length;
    const [first, second] = [
      await client.post('/accounting/leases/4/charges', body),
      await client.post('/leases/4/charges', body),
    ];
    expect(first.json).toMatchObject({ transaction: { transactionTypeID: 1, leaseID: 4, description: 'Key' } });
    expect(first.text).not.toBe(second.text);
    expect(simulator.world().unpaidCharges(4)).toHaveLength(owed + 2);
    expect((await client.post('/accounting/leases/4/charges', { amount: '1' })).json).toEqual({
      chargeAccountID: ['Account is required'],
    });
    const paid = await client.post('/accounting/leases/4/payments', { amount: 5 });
    expect(paid.json).toMatchObject({ transaction: { transactionTypeID: 2 } });
    expect((await client.post('/accounting/leases/999/charges', body)).status).toBe(404);
  });

  test('a recurring charge is created, ended and removed; the lease’s date follows', async () => {
    const body = {
      accountID: '9',
      amount: '10.00',
      dayDue: 1,
      frequency: 1,
      startDate: '01/01/2030',
      description: 'X',
    };
    const made = await client.post('/leases/9/recurring-charges', body);
    const { recurringCharge } = z.object({ recurringCharge: z.looseObject({}) }).parse(made.json);
    expect(recurringCharge).toMatchObject({ leaseID: 9, startDate: '2030-01-01' });
    expect(simulator.world().get('leases', 9)?.dateTimeModified).toBe('2026-11-22T12:00:00.000Z');
    const path = `/leases/9/recurring-charges/${recurringCharge.recurringChargeID}`;
    expect((await client.post(path, { endDate: '02/01/2030' })).json).toMatchObject({
      recurringCharge: { endDate: '2030-02-01' },
    });
    expect((await client.call('DELETE', path)).status).toBe(200);
    expect((await client.get(path)).status).toBe(404);
    expect((await client.call('DELETE', '/leases/9')).status).toBe(404);
  });

  test('a bill takes its own field names only, and waits for approval where the company wants that', async () => {
    const payeeContactID = simulator.world().ids('vendors')[0];
    const charges = [{ ledgerID: 1, chargeAccountID: 19, amount: '4.99' }];
    const body = { payeeContactID, billDate: '2026-11-22', dateDue: '2026-12-22', charges };
    const wrong = { vendorContactID: payeeContactID, billDate: '2026-11-22', dueDate: '2026-12-22' };
    expect((await client.post('/accounting/bills', wrong)).status).toBe(400);
    const unnamed = { ...body, charges: [{ ledgerID: 1, accountID: 19, amount: '4.99' }] };
    expect((await client.post('/accounting/bills', unnamed)).json).toEqual({
      'charges[0].chargeAccountID': ['Account is required'],
    });
    expect((await client.post('/accounting/bills', body)).json).toMatchObject({ bill: { isApproved: true } });
    await client.post('/accounting/settings', { isBillApprovalEnabled: 1 });
    const { bill } = z.object({ bill: z.looseObject({}) }).parse((await client.post('/accounting/bills', body)).json);
    expect(bill.isApproved).toBe(false);
    expect((await client.post(`/accounting/bills/${bill.billID}/approve`, {})).json).toMatchObject({
      bill: { isApproved: true },
    });
  });

  test('an owner’s e-mail address and a prospect’s status are ignored with a 200', async () => {
    const owner = await client.post('/owners', { name: 'A trial owner', email: 'owner@example.com' });
    expect([owner.status, owner.json]).toEqual([
      200,
      { contact: expect.not.objectContaining({ email: expect.anything() }) },
    ]);
    expect((await client.post('/owners', { firstName: 'No name' })).status).toBe(400);
    const made = await client.post('/screening/prospects', { name: 'A trial lead', phone: '+12125550142', unitID: 3 });
    const { prospect } = z.object({ prospect: z.looseObject({}) }).parse(made.json);
    expect(prospect).toMatchObject({ status: 'new', propertyID: simulator.world().get('units', 3)?.propertyID });
    const later = await client.post(`/screening/prospects/${prospect.prospectID}`, { status: 'contacted' });
    expect([later.status, later.json]).toMatchObject([200, { prospect: { status: 'new' } }]);
    expect((await client.post('/screening/prospects', { name: 'Dashes', phone: '212-555-0142' })).status).toBe(400);
  });

  test('a material’s name may be used once', async () => {
    expect((await client.post('/maintenance/materials', { name: 'A new part' })).status).toBe(200);
    expect((await client.post('/maintenance/materials', { name: 'A new part' })).json).toEqual({
      name: ['Name has been taken'],
    });
  });

  test('custom field values are written to objects of their kind', async () => {
    expect((await client.post('/custom-fields/values/4/3', { 2: '2026-11-22' })).status).toBe(200);
    expect((await client.get('/leases/3')).json).toMatchObject({
      lease: { customFieldValues: [{ customFieldID: 2, value: '2026-11-22' }] },
    });
    expect((await client.post('/custom-fields/values/6/3', { 2: 'x' })).status).toBe(400);
    expect((await client.post('/custom-fields/values/4/9999', { 2: 'x' })).status).toBe(404);
  });

  test('reading a chat marks its messages as read', async () => {
    await client.post('/chat/messages', { chatObjectTypeID: 1, objectID: 5, message: '<p>Hello</p>' });
    const read = async () => (await client.rows('/chat/messages?chatObjectTypeID=1&objectID=5'))[0]?.chatMessage;
    expect((await read())?.isRead).toBe(false);
    expect((await read())?.isRead).toBe(true);
    expect(await client.rows('/chat/messages?chatObjectTypeID=1&objectID=6')).toEqual([]);
  });

  test('a property is deactivated and activated', async () => {
    expect((await client.post('/properties/2/deactivate', {})).json).toMatchObject({ property: { isActive: false } });
    expect((await client.post('/properties/2/activate', {})).json).toMatchObject({ property: { isActive: true } });
    expect((await client.post('/properties/999/activate', {})).status).toBe(404);
  });
});

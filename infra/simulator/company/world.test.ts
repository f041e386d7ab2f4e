import { beforeEach, expect, test } from 'vitest';
import { numberAt, objectsAt } from '../generator/wire-object.ts';
import { createWorld } from './create-world.ts';
import type { Change, World } from './world.ts';

let nowMs: number;
let world: World;

beforeEach(() => {
  nowMs = Date.parse('2026-11-22T10:00:00Z');
  world = createWorld({ clock: () => nowMs, counts: { leases: 60, transactions: 200 } });
});

const moment = '2026-11-22T10:00:00.000Z';

test('a change moves dateTimeModified, and a snapshot taken before stays as it was', () => {
  const before = world.all('leases');
  world.update('leases', 5, { noticeDate: '2026-11-22' });
  expect(world.get('leases', 5)).toMatchObject({ noticeDate: '2026-11-22', dateTimeModified: moment });
  expect(before[4]?.dateTimeModified).not.toBe(moment);
});

test('a lease changes when a transaction of it is created or deleted', () => {
  const { transactionID } = world.create('transactions', { leaseID: 7, amount: '10.00', transactionTypeID: 1 });
  expect(world.get('leases', 7)?.dateTimeModified).toBe(moment);
  nowMs += 60_000;
  world.delete('transactions', Number(transactionID));
  expect(world.get('leases', 7)?.dateTimeModified).toBe('2026-11-22T10:01:00.000Z');
});

test('a lease follows its tenant', () => {
  const contactID = numberAt(objectsAt(world.get('leases', 9), 'tenants')[0], 'contactID') ?? 0;
  world.update('tenants', contactID, { phone: '555-0199' });
  expect(objectsAt(world.get('leases', 9), 'tenants')[0]).toMatchObject({ contactID, phone: '555-0199' });
  expect(world.get('leases', 9)?.dateTimeModified).toBe(moment);
});

test('an unpaid charge changes the balances and the lease', () => {
  world.setUnpaidCharges(3, [{ chargeID: 1, description: 'Rent', unpaidAmount: '12.50', isOverdue: true }]);
  expect(world.row('leases', 3)).toMatchObject({
    lease: { dateTimeModified: moment },
    balances: { unpaidTotalAmount: '12.50', pastDueRentAmount: '12.50' },
    unpaidCharges: [{ chargeID: 1 }],
  });
});

test('voiding a transaction moves no date, neither of the transaction nor of its lease', () => {
  const before = world.all('transactions').find(({ leaseID, isVoided }) => leaseID !== null && isVoided === false);
  const lease = world.get('leases', numberAt(before, 'leaseID'));
  const after = world.voidTransaction(Number(before?.transactionID));
  expect(after).toEqual({ ...before, isVoided: true });
  expect(world.get('leases', numberAt(before, 'leaseID'))).toBe(lease);
});

test('a new contact gets an id that no contact of another kind has', () => {
  const highest = Math.max(...world.ids('tenants'), ...world.ids('owners'), ...world.ids('vendors'));
  expect(world.create('owners', { name: 'A' }).contactID).toBe(highest + 1);
  expect(world.create('tenants', { name: 'B' }).contactID).toBe(highest + 2);
});

test('an id is not given twice, also after its object was deleted', () => {
  const first = world.create('workOrders', {});
  world.delete('workOrders', Number(first.workOrderID));
  expect(world.create('workOrders', {}).workOrderID).toBe(Number(first.workOrderID) + 1);
});

test('a tick reports exactly what listeners hear, and the same seed ticks the same', () => {
  const twin = createWorld({ clock: () => nowMs, counts: { leases: 60, transactions: 200 } });
  const heard: Change[] = [];
  world.onChange((change) => heard.push(change));
  const changes = Array.from({ length: 60 }, () => world.tick()).flat();
  expect(heard).toEqual(changes);
  expect(Array.from({ length: 60 }, () => twin.tick()).flat()).toEqual(changes);
  const kinds = new Set(changes.map(({ resource, type }) => `${resource} ${type}`));
  for (const kind of ['transactions created', 'workOrders created', 'workOrders updated', 'leases updated']) {
    expect(kinds).toContain(kind);
  }
});

import { describe, expect, test, vi } from 'vitest';
import { privateMarker } from '../generator/personal.ts';
import { numberAt, objectsAt } from '../generator/wire-object.ts';
import { type ResourceName, resourceByName, resources } from '../resources/catalogue.ts';
import { generateCompany } from './company.ts';

const now = new Date('2026-11-22T00:00:00Z');
const company = generateCompany({ seed: 7, now });
const everything = resources.flatMap((resource) => company.objects(resource));
const objects = (name: ResourceName) => company.objects(resourceByName(name));
/** What is the same in every company: the chart of accounts, the kinds of objects. */
const isFixed = ({ count }: (typeof resources)[number]) => typeof count === 'object' && 'always' in count;

test('the same seed makes the same company, another seed another', () => {
  const again = generateCompany({ seed: 7, now });
  const other = generateCompany({ seed: 8, now });
  for (const resource of resources) {
    expect(again.objects(resource)).toEqual(company.objects(resource));
    if (!isFixed(resource)) expect(other.objects(resource), resource.name).not.toEqual(company.objects(resource));
  }
});

test('a small company has 40 properties, 300 units and a year of transactions', () => {
  expect([company.counts.get('properties'), company.counts.get('units')]).toEqual([40, 300]);
  const posted = objects('transactions').map((transaction) => String(transaction.datePosted));
  expect(posted.toSorted()).toEqual(posted);
  expect(posted[0]).toBe('2025-12-01');
  expect(posted.at(-1)).toBe('2026-11-22');
});

test('ids count up from 1, and contacts of all kinds share one series', () => {
  for (const resource of resources.filter(({ rowKey }) => rowKey !== 'contact' && rowKey !== 'objectType')) {
    const ids = company.objects(resource).map((object) => numberAt(object, resource.idKey));
    expect(ids, resource.name).toEqual(ids.map((_, index) => index + 1));
  }
  const contacts = (['owners', 'vendors', 'tenants'] as const).flatMap(objects);
  expect(contacts.map((contact) => contact.contactID)).toEqual(contacts.map((_, index) => index + 1));
});

test('whatever an object refers to exists', () => {
  const known: Record<string, Set<unknown>> = {};
  for (const resource of resources) {
    const { idKey } = resource;
    const ids = company.objects(resource).map((object) => object[idKey]);
    known[idKey] = new Set([...(known[idKey] ?? []), ...ids]);
  }
  const dangling = everything.flatMap((object) =>
    Object.entries(object)
      .filter(([key, value]) => {
        const target = key.endsWith('ContactID') ? known.contactID : known[key];
        return value !== null && target !== undefined && !target.has(value);
      })
      .map(([key, value]) => `${key} ${value}`),
  );
  expect(dangling).toEqual([]);
  const tenantIDs = new Set(objects('tenants').map((tenant) => tenant.contactID));
  for (const lease of objects('leases')) {
    expect(objectsAt(lease, 'tenants').length).toBeGreaterThan(0);
    for (const tenant of objectsAt(lease, 'tenants')) expect(tenantIDs).toContain(tenant.contactID);
  }
});

test('a unit and its lease agree with each other and about the property', () => {
  const leases = objects('leases');
  const units = objects('units');
  for (const unit of units.filter(({ leaseID }) => leaseID !== null)) {
    expect(leases[Number(unit.leaseID) - 1]).toMatchObject({ unitID: unit.unitID, propertyID: unit.propertyID });
    expect(unit.isVacant).toBe(false);
  }
  const taken = new Set(units.map(({ leaseID }) => leaseID));
  expect(taken.size).toBeGreaterThan(250);
});

test('people are plainly fake and their personal fields carry the marker', () => {
  const text = JSON.stringify(everything);
  const emails = text.match(/[\w.]+@[\w.]+/g) ?? [];
  const phones = text.match(/"phone":"[^"]+"/g) ?? [];
  expect(emails.filter((email) => !/@example\.(com|org)$/.test(email))).toEqual([]);
  expect(phones.filter((phone) => !/555-?01\d\d"$/.test(phone))).toEqual([]);
  for (const name of ['tenants', 'owners', 'vendors'] as const) {
    for (const contact of objects(name)) {
      for (const key of ['birthDate', 'identificationNumber', 'identificationTypeID', 'achAccountNumberTruncated']) {
        expect(String(contact[key])).toContain(privateMarker);
      }
    }
  }
});

test('nothing in a new company was changed in its last day', () => {
  const latest = everything
    .map(({ dateTimeModified }) => String(dateTimeModified ?? ''))
    .toSorted()
    .at(-1);
  expect(latest && latest <= '2026-11-21T00:00:00.000Z').toBe(true);
});

describe('counts', () => {
  test('exact counts are exact', () => {
    const made = generateCompany({ counts: { leases: 1_234, vendors: 0, transactions: 3 }, now });
    const lengths = (['leases', 'vendors', 'transactions'] as const).map(
      (name) => made.objects(resourceByName(name)).length,
    );
    expect(lengths).toEqual([1_234, 0, 3]);
  });

  test('what is made of a company is what is asked for: of 100,000 leases and their charges, the vendors alone', () => {
    const large = generateCompany({ counts: { leases: 100_000 }, now });
    const made = vi.spyOn(resourceByName('leases'), 'make');
    expect(large.objects(resourceByName('vendors')).length).toBeGreaterThan(1_000);
    expect([large.counts.get('leases'), large.counts.get('recurringCharges')]).toEqual([100_000, 300_000]);
    expect(made).not.toHaveBeenCalled();
    made.mockRestore();
  });

  test('counts that contradict each other are refused with the reason', () => {
    expect(() => generateCompany({ counts: { leases: 5, units: 0 } })).toThrow('A company with leases needs units');
  });
});

describe('rents', () => {
  const rentOf = (made: typeof company, leaseID: unknown) => {
    const isRent = new Set(
      made
        .objects(resourceByName('glAccounts'))
        .filter((account) => account.isRent === true)
        .map(({ accountID }) => accountID),
    );
    const today = '2026-11-22';
    return made
      .objects(resourceByName('recurringCharges'))
      .filter((charge) => charge.leaseID === leaseID && isRent.has(charge.accountID ?? null))
      .filter(({ startDate, endDate }) => String(startDate) <= today && (endDate === null || String(endDate) >= today))
      .reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
  };
  const occupied = objects('units').filter(({ leaseID }) => leaseID !== null);

  test('nearly every unit says 1500.00 or 1700.00, and what its tenant pays is in the current recurring charges', () => {
    const placeholders = occupied.filter(({ rent }) => rent === '1500.00' || rent === '1700.00');
    expect(placeholders.length / occupied.length).toBeGreaterThan(0.9);
    const differing = occupied.filter(({ leaseID, rent }) => rentOf(company, leaseID) !== Number(rent) * 100);
    expect(differing.length / occupied.length).toBeGreaterThan(0.9);
  });

  test('with true rents, the current recurring charges of a unit’s lease are its rent to the cent', () => {
    const honest = generateCompany({ seed: 7, now, placeholderRents: false });
    const units = honest.objects(resourceByName('units')).filter(({ leaseID }) => leaseID !== null);
    for (const { leaseID, rent } of units) expect(rentOf(honest, leaseID)).toBe(Math.round(Number(rent) * 100));
  });

  test('most leases have a rent charge that has ended, which a sum of all charges would count', () => {
    const ended = objects('recurringCharges').filter(
      ({ endDate, accountID }) => endDate !== null && accountID === 9 && String(endDate) < '2026-11-22',
    );
    expect(ended.length).toBeGreaterThan(200);
  });
});

test('work orders are cancelled and payments returned, too', () => {
  expect(objects('workOrders').filter((order) => order.primaryWorkOrderStatusID === 5).length).toBeGreaterThan(3);
  const returns = objects('transactions').filter(({ transactionTypeID }) => transactionTypeID === 4);
  expect(returns.length).toBeGreaterThan(20);
  expect(returns.every(({ amount }) => Number(amount) < 0)).toBe(true);
});

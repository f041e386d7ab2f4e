import { describe, expect, test } from 'vitest';
import { resources } from '../../../shared/rentvine/resources/catalogue.ts';
import { wireNames } from '../wire-names.ts';
import { generateCompany } from './company.ts';
import { privateMarker } from './contacts.ts';
import { numberAt, objectsAt } from './wire-object.ts';

const now = new Date('2026-11-22T00:00:00Z');
const company = generateCompany({ seed: 7, now });
const everything = resources.flatMap(({ name }) => company.objects(name));

test('the same seed makes the same company, another seed another', () => {
  const again = generateCompany({ seed: 7, now });
  const other = generateCompany({ seed: 8, now });
  for (const { name } of resources) {
    expect(again.objects(name)).toEqual(company.objects(name));
    expect(other.objects(name)).not.toEqual(company.objects(name));
  }
});

test('a small company has 40 properties, 300 units and a year of transactions', () => {
  expect(company.counts).toMatchObject({ properties: 40, units: 300 });
  const posted = company.objects('transactions').map((transaction) => String(transaction.datePosted));
  expect(posted.toSorted()).toEqual(posted);
  expect(posted[0]).toBe('2025-12-01');
  expect(posted.at(-1)).toBe('2026-11-22');
});

test('ids count up from 1, and contacts of all kinds share one series', () => {
  for (const resource of resources.filter(({ rowKey }) => rowKey !== 'contact')) {
    const ids = company.objects(resource.name).map((object) => numberAt(object, wireNames(resource).idKey));
    expect(ids).toEqual(ids.map((_, index) => index + 1));
  }
  const contacts = (['owners', 'vendors', 'tenants'] as const).flatMap((name) => company.objects(name));
  expect(contacts.map((contact) => contact.contactID)).toEqual(contacts.map((_, index) => index + 1));
});

test('whatever an object refers to exists', () => {
  const known: Record<string, Set<unknown>> = {};
  for (const resource of resources) {
    const { idKey } = wireNames(resource);
    const ids = company.objects(resource.name).map((object) => object[idKey]);
    known[idKey] = new Set([...(known[idKey] ?? []), ...ids]);
  }
  for (const object of everything) {
    for (const [key, value] of Object.entries(object)) {
      const target = key.endsWith('ContactID') ? known.contactID : known[key];
      if (value !== null && target !== undefined) expect(target, `${key} ${value}`).toContain(value);
    }
  }
  const tenantIDs = new Set(company.objects('tenants').map((tenant) => tenant.contactID));
  for (const lease of company.objects('leases')) {
    expect(objectsAt(lease, 'tenants').length).toBeGreaterThan(0);
    for (const tenant of objectsAt(lease, 'tenants')) expect(tenantIDs).toContain(tenant.contactID);
  }
});

test('a unit and its lease agree with each other and about the property', () => {
  const leases = company.objects('leases');
  const units = company.objects('units');
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
  expect(phones.filter((phone) => !/555-01\d\d"$/.test(phone))).toEqual([]);
  for (const name of ['tenants', 'owners', 'vendors'] as const) {
    for (const contact of company.objects(name)) {
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
    expect(made.objects('leases')).toHaveLength(1_234);
    expect(made.objects('vendors')).toHaveLength(0);
    expect(made.objects('transactions')).toHaveLength(3);
  });

  test('100,000 leases are made in a few seconds', () => {
    const startedAt = performance.now();
    expect(generateCompany({ counts: { leases: 100_000 }, now }).objects('leases')).toHaveLength(100_000);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('counts that contradict each other are refused with the reason', () => {
    expect(() => generateCompany({ counts: { leases: 5, units: 0 } })).toThrow('A company with leases needs units');
  });
});

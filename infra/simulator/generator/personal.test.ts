import { expect, test } from 'vitest';
import { generateCompany } from '../company/company.ts';
import { type ResourceName, resourceByName, resources } from '../resources/catalogue.ts';
import { personalValuesIn, privateMarker } from './personal.ts';
import { objectsAt } from './wire-object.ts';

const now = new Date('2026-11-22');
const known = generateCompany({ seed: 3, now });
const planted = generateCompany({ seed: 3, now, personal: 'planted' });
const objects = (name: ResourceName) => planted.objects(resourceByName(name));

test('every planted value can be listed, and found by searching for it', () => {
  const values = [...personalValuesIn(objects('tenants'))];
  const text = JSON.stringify(objects('tenants'));
  expect(values.length).toBeGreaterThan(4 * objects('tenants').length);
  expect(values.filter((value) => !text.includes(value))).toEqual([]);
  const numbers = values.filter((value) => /^777\d{9}$/.test(value));
  expect(numbers.length).toBeGreaterThan(50);
  expect(values.every((value) => value.startsWith(privateMarker) || /^777\d{9}$/.test(value))).toBe(true);
});

test('they are in contacts at every place, and in what is no contact', () => {
  const grown = (name: ResourceName) =>
    personalValuesIn(objects(name)).size - personalValuesIn(known.objects(resourceByName(name))).size;
  for (const name of ['tenants', 'owners', 'vendors', 'portfolios', 'leases', 'applications'] as const) {
    expect(grown(name), name).toBeGreaterThan(objects(name).length / 2);
  }
  for (const name of ['properties', 'workOrders', 'bills', 'prospects'] as const) {
    expect(grown(name), name).toBeGreaterThan(objects(name).length / 4);
  }
  const nested = objects('leases').flatMap((lease) => objectsAt(lease, 'tenants'));
  expect(nested.every((tenant) => personalValuesIn(tenant).size > 0)).toBe(true);
});

test('they hide under many names and in every way that has been met', () => {
  const text = JSON.stringify(objects('tenants'));
  const everything = JSON.stringify(resources.map((resource) => planted.objects(resource)));
  for (const hidden of ['"customFields":[{', '"label":', '"metadata":"{', '"importNote":"Imported', '"documents":[{']) {
    expect(text).toContain(hidden);
  }
  // Cut off: no JSON any more.
  expect(text).toMatch(/"rawRecord":"\[\{[^}]*PRIVATE-[^}]*\{\\"str"/);
  const names = new Set(Array.from(everything.matchAll(/"(\w[\w# -]*)":"PRIVATE-/g), ([, name]) => name));
  expect(names.size).toBeGreaterThan(300);
});

test('names and numbers that are nobody’s stay as they are', () => {
  const { contactID, name, email } = objects('tenants')[5] ?? {};
  expect(known.objects(resourceByName('tenants'))[5]).toMatchObject({ contactID, name, email });
  expect(personalValuesIn(known.objects(resourceByName('units'))).size).toBe(0);
});

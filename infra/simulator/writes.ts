import type { Resource, ResourceName } from '../../shared/rentvine/resource.ts';
import type { Account } from './account.ts';
import { InvalidRequest } from './field-errors.ts';
import { dollars, isWireObject, numberAt, type WireObject, type WireValue } from './generator/wire-object.ts';
import type { SimulatorOptions } from './options.ts';
import type { Route } from './routes.ts';
import { wireNames } from './wire-names.ts';

/** Fields that some servers ignore without a word. */
const ignoredByDefault: NonNullable<SimulatorOptions['ignoredFields']> = {
  leases: ['increaseEligibilityDate'],
  workOrders: ['isSharedWithOwner'],
};

/** Where a field that names another object finds it. */
const references: Readonly<Record<string, { readonly resource: ResourceName; readonly label: string }>> = {
  portfolioID: { resource: 'portfolios', label: 'Portfolio' },
  propertyID: { resource: 'properties', label: 'Property' },
  unitID: { resource: 'units', label: 'Unit' },
  leaseID: { resource: 'leases', label: 'Lease' },
};

const requiredOnCreate: Partial<Record<ResourceName, string>> = {
  properties: 'portfolioID',
  units: 'propertyID',
  leases: 'unitID',
  workOrders: 'propertyID',
};

/**
 * Changes an object by a bare body. A body that is wrapped as reads are, and some fields, change nothing: the answer is
 * 200 all the same.
 *
 * @returns whether there is such an object
 * @throws InvalidRequest when the body does not fit
 */
export function updateOne(
  account: Account,
  { resource, id, parents }: Route & { kind: 'one' },
  body: unknown,
  options: SimulatorOptions,
): boolean {
  const object = account.world.get(resource.name, id);
  if (object === undefined || !belongsTo(object, parents)) return false;
  const fields = parseFields(account, resource, body, options, object);
  if (!isWireObject(fields[wireNames(resource).rowKey]) && Object.keys(fields).length > 0) {
    account.world.update(resource.name, id, fields);
  }
  return true;
}

/**
 * Makes an object of a bare body. Nothing is de-duplicated: the same body twice makes two.
 *
 * @returns the id of the new object
 * @throws InvalidRequest when the body does not fit
 */
export function createOne(
  account: Account,
  { resource, parents }: Route & { kind: 'create' },
  body: unknown,
  options: SimulatorOptions,
): number {
  const fields = { ...parseFields(account, resource, body, options, undefined), ...parents };
  const required = requiredOnCreate[resource.name];
  if (required !== undefined && numberAt(fields, required) === undefined) {
    throw new InvalidRequest(required, `${references[required]?.label ?? required} is required`);
  }
  return numberAt(account.world.create(resource.name, fields), wireNames(resource).idKey) ?? 0;
}

const belongsTo = (object: WireObject, parents: Readonly<Record<string, number>>): boolean =>
  Object.entries(parents).every(([key, id]) => numberAt(object, key) === id);

function parseFields(
  account: Account,
  resource: Resource,
  body: unknown,
  { ignoredFields = ignoredByDefault }: SimulatorOptions,
  existing: WireObject | undefined,
): WireObject {
  if (!isWireObject(body)) throw new InvalidRequest('body', 'The body must be an object');
  const readOnly = [wireNames(resource).idKey, 'dateTimeCreated', 'dateTimeModified'];
  const ignored = existing === undefined ? readOnly : [...readOnly, ...(ignoredFields[resource.name] ?? [])];
  const fields: Record<string, WireValue> = {};
  for (const [key, raw] of Object.entries(body)) {
    if (ignored.includes(key)) continue;
    const value = parseValue(key, raw, existing?.[key]);
    const reference = references[key];
    if (reference !== undefined && value !== null) {
      const found = typeof value === 'number' && account.world.get(reference.resource, value) !== undefined;
      if (!found) throw new InvalidRequest(key, `${reference.label} is Invalid`);
    }
    fields[key] = value;
  }
  return fields;
}

/** A value as a client spells it, as the world keeps it: ids as numbers, booleans as booleans, money as text. */
function parseValue(key: string, value: WireValue, existing: WireValue | undefined): WireValue {
  const isNumber = /ID$/.test(key) || typeof existing === 'number';
  if (isNumber && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (/^is[A-Z]/.test(key) && (value === '1' || value === 1)) return true;
  if (/^is[A-Z]/.test(key) && (value === '0' || value === 0)) return false;
  if (/mount$|^rent$/.test(key) && typeof value === 'number') return dollars(Math.round(value * 100));
  return value;
}

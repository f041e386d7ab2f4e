import type { Account } from '../account.ts';
import { dollars, isWireObject, numberAt, type WireObject, type WireValue } from '../generator/wire-object.ts';
import { type ResourceName, resources } from '../resources/catalogue.ts';
import type { SimulatedResource } from '../resources/resource.ts';
import { InvalidRequest } from './field-errors.ts';
import type { Route } from './routes.ts';

type Resource = SimulatedResource<ResourceName>;

/** What writes need beside the account. */
export interface WriteOptions {
  /** Fields that a POST ignores with a 200, instead of those that the resource names. */
  readonly ignoredFields?: Partial<Record<ResourceName, readonly string[]>>;
}

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
  options: WriteOptions,
): boolean {
  const object = account.world.get(resource.name, id);
  if (object === undefined || !belongsTo(object, parents)) return false;
  const ignored = options.ignoredFields?.[resource.name] ?? resource.writes?.ignored ?? [];
  const fields = parseFields(account, resource, body, ignored, object);
  if (!isWireObject(fields[resource.rowKey]) && Object.keys(fields).length > 0) {
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
export function createOne(account: Account, { resource, parents }: Route & { kind: 'create' }, body: unknown): number {
  const { required = [], ignoredOnCreate = [], check, fill } = resource.writes ?? {};
  const given = { ...parseFields(account, resource, body, ignoredOnCreate, undefined), ...parents };
  for (const key of required) {
    if (given[key] === undefined || given[key] === null) throw new InvalidRequest(key, `${labelOf(key)} is required`);
  }
  for (const [key, problem] of Object.entries(check?.(given, account.world) ?? {})) {
    throw new InvalidRequest(key, problem);
  }
  const fields = { ...fill?.(given, account.world), ...given };
  return numberAt(account.world.create(resource.name, fields), resource.idKey) ?? 0;
}

const belongsTo = (object: WireObject, parents: Readonly<Record<string, number>>): boolean =>
  Object.entries(parents).every(([key, id]) => numberAt(object, key) === id);

/** `Property` for `propertyID`, `Bill date` for `billDate`. */
function labelOf(key: string): string {
  const words = key.replace(/ID$/, '').replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function parseFields(
  account: Account,
  resource: Resource,
  body: unknown,
  ignored: readonly string[],
  existing: WireObject | undefined,
): WireObject {
  if (!isWireObject(body)) throw new InvalidRequest('body', 'The body must be an object');
  const readOnly = [resource.idKey, 'dateTimeCreated', 'dateTimeModified', ...ignored];
  const fields: Record<string, WireValue> = {};
  for (const [key, raw] of Object.entries(body)) {
    if (readOnly.includes(key)) continue;
    const value = parseValue(key, raw, existing?.[key]);
    const referred = resources.find(({ idKey }) => idKey === key);
    if (referred !== undefined && value !== null) {
      const found = typeof value === 'number' && account.world.find(referred, value) !== undefined;
      if (!found && isTold(referred)) throw new InvalidRequest(key, `${labelOf(key)} is Invalid`);
    }
    fields[key] = value;
  }
  return fields;
}

/** Contacts share one series, so that an id says nothing about which list it is in. */
const isTold = ({ idKey }: Resource): boolean => resources.filter((one) => one.idKey === idKey).length === 1;

/** A value as a client spells it, as the world keeps it: ids as numbers, booleans as booleans, money as text. */
function parseValue(key: string, value: WireValue, existing: WireValue | undefined): WireValue {
  const isNumber = /ID$/.test(key) || typeof existing === 'number';
  if (isNumber && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (/^is[A-Z]/.test(key) && (value === '1' || value === 1)) return true;
  if (/^is[A-Z]/.test(key) && (value === '0' || value === 0)) return false;
  if (/mount$|^rent$/.test(key) && typeof value === 'number') return dollars(Math.round(value * 100));
  const american = /Date$/.test(key) && typeof value === 'string' ? /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(value) : null;
  return american === null ? value : `${american[3]}-${american[1]}-${american[2]}`;
}

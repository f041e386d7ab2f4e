import { createCleaner } from './clean-row.ts';
import { isObject } from './keys.ts';
import type { ResourceData } from './resource-data.ts';

/** What does not fit, and where: `tenants.0.isActive` `is not a yes or no`. Never the value. */
export interface Problem {
  readonly path: string;
  readonly what: string;
}

/**
 * Reads one value of a row: undefined where it is blank. What does not fit is put on the list of problems, and the row will
 * not be stored. Plain functions and no zod: a page of 250 rows has ten thousand values, and zod took half of its time.
 */
export type Reader<T = unknown> = (value: unknown, problems: Problem[]) => T | undefined;

/** A reader's name for itself, where its value is part of something larger. */
function within(name: string | number, problems: Problem[], from: number): void {
  for (let index = from; index < problems.length; index++) {
    const problem = problems[index];
    if (problem === undefined) continue;
    const path = problem.path === '' ? String(name) : `${name}.${problem.path}`;
    problems[index] = { path, what: problem.what };
  }
}

/** Reads with `reader`, and names `name` in whatever it has to complain about. */
export function readWithin<T>(
  name: string | number,
  reader: Reader<T>,
  value: unknown,
  problems: Problem[],
): T | undefined {
  const before = problems.length;
  const read = reader(value, problems);
  if (problems.length > before) within(name, problems, before);
  return read;
}

export const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'string' && value.trim() === '');

/** A reader of one kind of value from a function that answers `undefined` for what does not fit. */
export function field<T>(expected: string, read: (value: unknown) => T | undefined): Reader<T> {
  const what = `is not ${expected}`;
  return (value, problems) => {
    if (isBlank(value)) return undefined;
    const result = read(value);
    if (result === undefined) problems.push({ path: '', what });
    return result;
  };
}

/** Anything, as it came. */
export const anything: Reader = (value) => value;

/** An object of any content, as it came. */
export const anyObject: Reader<ResourceData> = (value, problems) => {
  if (isObject(value)) return value;
  problems.push({ path: '', what: 'is not an object' });
  return undefined;
};

/** Of an object, only the named fields; nothing if it is no object. */
export const picked =
  (fields: Readonly<Record<string, Reader>>): Reader<ResourceData> =>
  (value, problems) => {
    if (!isObject(value)) return undefined;
    const entries = Object.entries(fields).map(([name, reader]) => [
      name,
      Object.hasOwn(value, name) ? readWithin(name, reader, value[name], problems) : undefined,
    ]);
    return Object.fromEntries(entries.filter(([, read]) => read !== undefined));
  };

/** What fits is read, and what does not stays as it came. */
export const whereItFits =
  (reader: Reader): Reader =>
  (value) => {
    const problems: Problem[] = [];
    const read = reader(value, problems);
    return problems.length === 0 ? read : value;
  };

/** A list that may come as a JSON string inside the JSON, or as nothing. */
export const list =
  (item: Reader): Reader<unknown[]> =>
  (value, problems) => {
    if (isBlank(value)) return undefined;
    const items = typeof value === 'string' ? parseEmbedded(value) : value;
    if (Array.isArray(items)) return items.map((inner, index) => readWithin(index, item, inner, problems));
    problems.push({ path: '', what: 'is not a list' });
    return undefined;
  };

/** Its personal fields are gone already, its keys are as they came. */
const embedded = createCleaner();

function parseEmbedded(text: string): unknown {
  try {
    return embedded.clean(JSON.parse(text));
  } catch {
    return text;
  }
}

/**
 * One of Rentvine's objects: the named fields typed, all others kept as they came. Money fields are stored under their name
 * with `Cents` behind it, so that the unit is in the name.
 *
 * @param fields readers of the typed fields, by canonical name
 * @param money canonical names of the fields that hold dollars, and how they are read
 */
export function objectReader(
  fields: Readonly<Record<string, Reader>>,
  money: readonly string[],
  cents: Reader<number>,
): Reader<ResourceData> {
  const readers = new Map<string, Reader>(Object.entries(fields));
  const centsNames = new Map(money.map((name) => [name, `${name}Cents`]));
  return (value, problems) => {
    if (!isObject(value)) {
      problems.push({ path: '', what: 'is not an object' });
      return undefined;
    }
    const result: ResourceData = {};
    for (const [name, inner] of Object.entries(value)) {
      if (inner === undefined || name === '__proto__' || centsNames.has(name)) continue;
      const reader = readers.get(name);
      const read = reader === undefined ? inner : readWithin(name, reader, inner, problems);
      if (read !== undefined) result[name] = read;
    }
    // Last, so that an amount is found under its name whatever else is called so.
    for (const [name, stored] of centsNames) {
      const amount = Object.hasOwn(value, name) ? readWithin(name, cents, value[name], problems) : undefined;
      if (amount !== undefined) result[stored] = amount;
    }
    return result;
  };
}

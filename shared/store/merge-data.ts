import { type Data, type Field, isObject, pointerTo } from './carried-fields.ts';

/** What each kind of read has been seen to carry, and what of an answer is to be merged. */
export interface MergeRules {
  /** Of the kind of read that is merged. */
  readonly own: Field;
  /** Of the other kind. */
  readonly other: Field;
  /** Take only what the other kind never carries: its answer is the newer one. */
  readonly onlyWhatOtherLacks: boolean;
  /** Leave items that both kinds carry in their stored order: each kind has its own, and would reorder them for ever. */
  readonly keepsOrder: boolean;
}

/** The fields of both kinds of read below one path, as far as they have ever been answered. */
interface Known {
  readonly own: Field | undefined;
  readonly other: Field | undefined;
}

/**
 * A record's data after one more answer. What the answer has replaces what is stored. What it lacks is gone if its kind of
 * read has ever carried that field; if not, the answer says nothing about it, and it stays.
 *
 * Objects are merged key by key, and lists of objects item by item where it is certain which items are the same. Null counts
 * as absent, and so does an empty text or list of a kind of read that has never had more to say there.
 */
export function mergeData(stored: Data, answer: Data, rules: MergeRules): Record<string, unknown> {
  return mergeObjects(stored, answer, rules, rules);
}

function mergeObjects(stored: Data, answer: Data, known: Known, rules: MergeRules): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(answer), ...Object.keys(stored)])) {
    // Assigning to it would set the prototype.
    if (key === '__proto__') continue;
    const below = { own: known.own?.fields.get(key), other: known.other?.fields.get(key) };
    const value = mergeValues(key, ownValue(stored, key), ownValue(answer, key), below, rules);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function mergeValues(name: string, stored: unknown, answered: unknown, known: Known, rules: MergeRules): unknown {
  if (isObject(stored) && isObject(answered)) return mergeObjects(stored, answered, known, rules);
  if (isListOfObjects(stored) && isListOfObjects(answered)) {
    const merged = mergeItems(name, stored, answered, known, rules);
    if (merged !== undefined) return merged;
  }
  if (isOlderThanOthers(known, rules)) return stored;
  const isCarried = known.own?.carried === true;
  if (isNothing(answered)) return isNothing(stored) || !isCarried ? stored : answered;
  if (isEmpty(answered) && !isCarried && !isNothing(stored)) return stored;
  return isSameScalar(stored, answered) || isReordered(stored, answered, known, rules) ? stored : answered;
}

const isOlderThanOthers = ({ other }: Known, { onlyWhatOtherLacks }: MergeRules): boolean =>
  onlyWhatOtherLacks && other?.carried === true;

const keepsOrderOf = ({ other }: Known, { keepsOrder }: MergeRules): boolean => keepsOrder && other?.carried === true;

/** The items of both lists merged; undefined where it is not certain which of them are the same. */
function mergeItems(
  name: string,
  stored: readonly Data[],
  answered: readonly Data[],
  known: Known,
  rules: MergeRules,
): Data[] | undefined {
  const merge = (item: Data, answer: Data | undefined) =>
    answer === undefined ? item : mergeObjects(item, answer, known, rules);
  const keys = identifyingKeys(name, stored, answered);
  if (keys.length === 0) {
    const areSame = stored.length === answered.length && stored.every((item, at) => agree(item, answered[at]) > 0);
    return areSame ? stored.map((item, at) => merge(item, answered[at])) : undefined;
  }
  const idOf = (item: Data) => identity(item, keys);
  if (isOlderThanOthers(known, rules)) {
    const answers = new Map(answered.map((item) => [idOf(item), item]));
    return stored.map((item) => merge(item, answers.get(idOf(item))));
  }
  const before = new Map(stored.map((item) => [idOf(item), item]));
  const merged = answered.map((answer) => merge(before.get(idOf(answer)) ?? {}, answer));
  if (!keepsOrderOf(known, rules)) return merged;
  const places = new Map([...before.keys()].map((id, place) => [id, place]));
  const placeOf = (item: Data) => places.get(idOf(item)) ?? places.size;
  return merged.sort((a, b) => placeOf(a) - placeOf(b));
}

/**
 * Keys of ids that tell the items of each list apart: the items' own id by its name (`chargeId` in `unpaidCharges`), else all
 * ids that they have in common, since one of them may be an id of what they belong to. None where that is not certain.
 */
function identifyingKeys(name: string, ...lists: readonly (readonly Data[])[]): readonly string[] {
  const items = lists.flat();
  const common = Object.keys(items[0] ?? {}).filter(
    (key) => /^id$|Id$/.test(key) && items.every((item) => isScalar(item[key]) && !isEmpty(item[key])),
  );
  const own = common.filter((key) => key === 'id' || isNamedAfter(name, key.slice(0, -2)));
  const tellsApart = (keys: readonly string[]) =>
    lists.every((list) => new Set(list.map((item) => identity(item, keys))).size === list.length);
  return [...own.map((key) => [key]), common].find((keys) => keys.length > 0 && tellsApart(keys)) ?? [];
}

const identity = (item: Data, keys: readonly string[]): string => JSON.stringify(keys.map((key) => String(item[key])));

/** Whether a list's name ends in the plural of a noun. */
const isNamedAfter = (name: string, noun: string): boolean =>
  [`${noun}s`, `${noun}es`, noun.replace(/y$/, 'ies')].some((plural) =>
    name.toLowerCase().endsWith(plural.toLowerCase()),
  );

/** How many scalars two values have in common, as far as both say something; NaN if they contradict each other. */
function agree(a: unknown, b: unknown): number {
  if (isNothing(a) || isNothing(b)) return 0;
  if (isObject(a) && isObject(b)) return sum(Object.keys(b).map((key) => agree(ownValue(a, key), b[key])));
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return sum(a.map((item, at) => agree(item, b[at])));
  return a === b || isSameScalar(a, b) ? 1 : Number.NaN;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** The same value comes as 850 here and as "850" there, a yes as true or as "1". */
function isSameScalar(a: unknown, b: unknown): boolean {
  if (typeof a === typeof b || !isScalar(a) || !isScalar(b)) return a === b;
  if (isEmpty(a) || isEmpty(b)) return false;
  return Number(a) === Number(b) || String(a).toLowerCase() === String(b).toLowerCase();
}

/** Whether a list of plain values has only come in another order than the other kind of read gives it. */
function isReordered(stored: unknown, answered: unknown, known: Known, rules: MergeRules): boolean {
  if (!Array.isArray(stored) || !Array.isArray(answered) || !keepsOrderOf(known, rules)) return false;
  const sorted = (list: readonly unknown[]) => JSON.stringify(list.map((item) => JSON.stringify(item)).sort());
  return sorted(stored) === sorted(answered);
}

/** So many pointers are kept with a record. The root's stands for more: lists do carry it, so such a record is always looked at. */
const maxBeyond = 200;

/**
 * How a row shows a record, by what lists have been seen to carry, and pointers to what the record has beyond that.
 */
export function listViewOf(data: Data, list: Field): { readonly row: Data; readonly beyond: readonly string[] } {
  const beyond = new Set<string>();
  const row = viewObject(data, list, beyond);
  return { row, beyond: beyond.size > maxBeyond ? [''] : [...beyond] };
}

function viewObject(data: Data, list: Field, beyond: Set<string>): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    if (isNothing(value)) continue;
    const field = list.fields.get(key);
    if (field?.carried) row[key] = view(value, field, beyond);
    else {
      if (!isEmpty(value)) beyond.add(field?.pointer ?? pointerTo(list.pointer, key));
      // A field that lists have always left empty is empty in the next row, too.
      if (field !== undefined) row[key] = isEmpty(value) ? value : emptied(value);
    }
  }
  return row;
}

function view(value: unknown, field: Field, beyond: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => view(item, field, beyond));
  return isObject(value) ? viewObject(value, field, beyond) : value;
}

const ownValue = (object: Data, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);

const isListOfObjects = (value: unknown): value is Data[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject);

const isNothing = (value: unknown): value is null | undefined => value === null || value === undefined;

/** Empty text, list or object: answered, but without saying anything. */
const isEmpty = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.trim() === ''
    : Array.isArray(value)
      ? value.length === 0
      : isObject(value) && Object.values(value).every(isNothing);

const emptied = (value: unknown): unknown => (Array.isArray(value) ? [] : isObject(value) ? {} : '');

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

import { canonicalKey } from './canonical.ts';
import { type Cleaner, createCleaner, everything, listed } from './clean-row.ts';
import type { SeenFields } from './field-catalogue.ts';
import { isObject } from './keys.ts';
import type { Keeping } from './place.ts';
import { type Problem, readWithin } from './reader.ts';
import type { Resource } from './resource.ts';
import type { ResourceData } from './resource-data.ts';
import { id } from './values.ts';

/** One object as Rentvine answered it, typed and cleaned. */
export interface ParsedRow {
  readonly id: string;
  readonly data: ResourceData;
  /** Rentvine's own `dateTimeModified`, ISO 8601 UTC, where the object has one. */
  readonly sourceModifiedAt?: string;
}

/** A row that does not fit its schema. `reason` names the fields and never their values. */
export interface RejectedRow {
  readonly id?: string;
  readonly reason: string;
}

export type RowResult =
  | { readonly ok: true; readonly row: ParsedRow }
  | { readonly ok: false; readonly rejected: RejectedRow };

/** Reads rows of one resource, and takes note of the names and types of what they have. */
export interface RowReader {
  /**
   * Reads one row of a list, or one single answer: `{ "lease": {…}, "balances": {…} }` or the bare object. Keys are
   * canonicalised and personal fields dropped first. Never throws for what Rentvine may send.
   */
  read(raw: unknown): RowResult;
  seen(): SeenFields;
  /** How many rows it has read. */
  rows(): number;
}

/**
 * @param keep what the account keeps beyond the closed lists: `tenants.customFields.Move-in bonus`
 */
export function rowReader(resource: Resource, keep: readonly string[] = []): RowReader {
  const prefix = `${resource.name}.`;
  const allowed = keep.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  const cleaner = createCleaner(partsOf(resource), allowed);
  return { read: (raw) => readRow(resource, raw, cleaner), seen: cleaner.seen, rows: cleaner.rows };
}

const readers = new Map<Resource, RowReader>();

/** Reads one row as `RowReader` does, of an account that keeps nothing beyond the closed lists. */
export function parseRow(resource: Resource, raw: unknown): RowResult {
  const reader = readers.get(resource) ?? rowReader(resource);
  readers.set(resource, reader);
  return reader.read(raw);
}

function readRow(resource: Resource, raw: unknown, cleaner: Cleaner): RowResult {
  if (!isObject(raw)) return { ok: false, rejected: { reason: 'the row is not an object' } };
  const wrapped = wrap(resource, raw);
  if (wrapped === undefined) {
    return { ok: false, rejected: { reason: `the row has no object "${resource.rowKey}"` } };
  }
  let cleaned: unknown;
  try {
    cleaned = cleaner.clean(wrapped);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, rejected: { reason: 'the row is nested too deeply to be stored' } };
  }
  const beside = isObject(cleaned) ? cleaned : {};
  const own = ownObject(beside, resource.rowKey) ?? {};

  nameId(own, resource);
  const rowId = readId(own, resource.idField);
  if (rowId === undefined) {
    return { ok: false, rejected: { reason: `${resource.rowKey}.${resource.idField} is missing or not an id` } };
  }

  const problems: Problem[] = [];
  const data = readWithin(resource.rowKey, resource.read, own, problems);
  const siblings: ResourceData = {};
  for (const [name, reader] of Object.entries(resource.siblings)) {
    if (Object.hasOwn(beside, name) && beside[name] !== null)
      siblings[name] = readWithin(name, reader, beside[name], problems);
  }
  if (data === undefined || problems.length > 0) {
    const reasons = new Set(problems.map(({ path, what }) => `${path} ${what}`));
    return { ok: false, rejected: { id: rowId, reason: [...reasons].slice(0, 10).join('; ') } };
  }
  for (const [name, sibling] of Object.entries(siblings)) if (sibling !== undefined) data[name] = sibling;

  for (const [field, siblingName] of Object.entries(resource.idsFromSiblings)) {
    if (data[field] !== undefined) continue;
    const sibling = ownObject(beside, siblingName);
    const siblingId = sibling && readId(sibling, field);
    if (siblingId !== undefined) data[field] = siblingId;
  }

  return {
    ok: true,
    row: {
      id: rowId,
      data,
      ...(typeof data.dateTimeModified === 'string' && { sourceModifiedAt: data.dateTimeModified }),
    },
  };
}

/** The row with its object under the resource's key, whether it is called so, or otherwise, or the row is the bare object. */
function wrap(resource: Resource, row: ResourceData): ResourceData | undefined {
  const { rowKey, idField, otherRowKeys = [], otherIdFields = [] } = resource;
  if (keyOf(row, rowKey, isObject) !== undefined) return row;
  for (const name of otherRowKeys) {
    const key = keyOf(row, name, isObject);
    if (key !== undefined) return { ...row, [rowKey]: row[key] };
  }
  const isBare = [idField, ...otherIdFields].some((name) => keyOf(row, name) !== undefined);
  return isBare ? { [rowKey]: row } : undefined;
}

/** The key of an object that is this one in some spelling, with a value that fits. */
function keyOf(object: object, canonical: string, fits = (_value: unknown): boolean => true): string | undefined {
  return Object.entries(object).find(([key, value]) => canonicalKey(key) === canonical && fits(value))?.[0];
}

/** Gives an id that has another of its possible names the one that it is known by. */
function nameId(own: ResourceData, { idField, otherIdFields = [] }: Resource): void {
  if (Object.hasOwn(own, idField)) return;
  const name = otherIdFields.find((other) => Object.hasOwn(own, other));
  if (name === undefined) return;
  own[idField] = own[name];
  delete own[name];
}

/** What is used of a row: a page repeats whole properties and portfolios in each of its rows. */
function partsOf({ rowKey, siblings, idsFromSiblings, keeps }: Resource): Keeping {
  const parts = new Map<string, Keeping>();
  for (const [field, sibling] of Object.entries(idsFromSiblings)) {
    const wanted = parts.get(sibling);
    const fields = wanted?.kind === 'parts' ? wanted.parts : [];
    parts.set(sibling, { kind: 'parts', record: '', parts: new Map([...fields, [field, everything]]) });
  }
  for (const name of Object.keys(siblings)) parts.set(name, everything);
  parts.set(rowKey, keeps === undefined ? everything : listed(keeps));
  return { kind: 'parts', record: rowKey, parts };
}

function ownObject(object: ResourceData, key: string): ResourceData | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isObject(value) ? value : undefined;
}

function readId(object: ResourceData, key: string): string | undefined {
  return Object.hasOwn(object, key) ? id(object[key], []) : undefined;
}

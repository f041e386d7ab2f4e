import { canonicalize, canonicalKey, type Wanted } from './canonical.ts';
import { isObject } from './keys.ts';
import { type Problem, readWithin } from './reader.ts';
import type { Resource } from './resource.ts';
import type { ResourceData } from './resource-data.ts';
import { id } from './values.ts';

/** One object as Rentvine answered it, typed and cleaned. */
export interface ParsedRow {
  readonly id: string;
  readonly data: ResourceData;
  /** Names of data fields that come from objects beside this one, and that this answer did not have at all. */
  readonly absentSiblings: readonly string[];
  /** Rentvine's own `dateTimeModified`, ISO 8601 UTC, where the object has one. */
  readonly sourceModifiedAt?: string;
  /** The property that the object belongs to, if any. */
  readonly propertyId?: string;
}

/** A row that does not fit its schema. `reason` names the fields and never their values. */
export interface RejectedRow {
  readonly id?: string;
  readonly reason: string;
}

export type RowResult =
  | { readonly ok: true; readonly row: ParsedRow }
  | { readonly ok: false; readonly rejected: RejectedRow };

/**
 * Reads one row of a list, or one single answer: `{ "lease": {…}, "balances": {…} }` or the bare object. Keys are
 * canonicalised and personal fields dropped first. Never throws for what Rentvine may send.
 */
export function parseRow(resource: Resource, raw: unknown): RowResult {
  let cleaned: unknown;
  try {
    cleaned = canonicalize(raw, isWrapped(resource, raw) ? partsOf(resource) : undefined);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, rejected: { reason: 'the row is nested too deeply to be stored' } };
  }
  if (!isObject(cleaned)) return { ok: false, rejected: { reason: 'the row is not an object' } };
  const wrapped = ownObject(cleaned, resource.rowKey);
  if (wrapped === undefined && !Object.hasOwn(cleaned, resource.idField)) {
    return { ok: false, rejected: { reason: `the row has no object "${resource.rowKey}"` } };
  }
  const beside = wrapped === undefined ? {} : cleaned;
  const own = wrapped ?? cleaned;

  const rowId = readId(own, resource.idField);
  if (rowId === undefined) {
    return { ok: false, rejected: { reason: `${resource.rowKey}.${resource.idField} is missing or not an id` } };
  }

  const problems: Problem[] = [];
  const data = readWithin(resource.rowKey, resource.read, own, problems);
  const absentSiblings: string[] = [];
  const siblings: ResourceData = {};
  for (const [name, reader] of Object.entries(resource.siblings)) {
    if (!Object.hasOwn(beside, name)) absentSiblings.push(name);
    else if (beside[name] !== null) siblings[name] = readWithin(name, reader, beside[name], problems);
  }
  if (data === undefined || problems.length > 0) {
    const reasons = new Set(problems.map(({ path, what }) => `${path} ${what}`));
    return { ok: false, rejected: { id: rowId, reason: [...reasons].slice(0, 10).join('; ') } };
  }
  for (const [name, sibling] of Object.entries(siblings)) if (sibling !== undefined) data[name] = sibling;

  for (const [field, siblingName] of Object.entries(resource.idsFromSiblings)) {
    if (data[field] !== undefined) continue;
    const sibling = ownObject(beside, siblingName);
    if (sibling === undefined) {
      absentSiblings.push(field);
      continue;
    }
    const siblingId = readId(sibling, field);
    if (siblingId !== undefined) data[field] = siblingId;
  }

  const propertyId = data.propertyId;
  return {
    ok: true,
    row: {
      id: rowId,
      data,
      absentSiblings,
      ...(typeof data.dateTimeModified === 'string' && { sourceModifiedAt: data.dateTimeModified }),
      ...(typeof propertyId === 'string' && { propertyId }),
    },
  };
}

/** Whether a row holds its object under a name; then most of what is beside it is of no interest. */
function isWrapped({ rowKey }: Resource, raw: unknown): boolean {
  if (!isObject(raw)) return false;
  for (const key in raw) if (canonicalKey(key) === rowKey && isObject(raw[key])) return true;
  return false;
}

const parts = new Map<Resource, Wanted>();

/** What is used of a wrapped row: a page repeats whole properties and portfolios in each of its rows. */
function partsOf(resource: Resource): Wanted {
  const found = parts.get(resource);
  if (found !== undefined) return found;
  const made = new Map<string, 'everything' | Set<string>>();
  for (const [field, sibling] of Object.entries(resource.idsFromSiblings)) {
    const fields = made.get(sibling);
    made.set(sibling, new Set([...(fields instanceof Set ? fields : []), field]));
  }
  for (const name of [resource.rowKey, ...Object.keys(resource.siblings)]) made.set(name, 'everything');
  parts.set(resource, made);
  return made;
}

function ownObject(object: ResourceData, key: string): ResourceData | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isObject(value) ? value : undefined;
}

function readId(object: ResourceData, key: string): string | undefined {
  return Object.hasOwn(object, key) ? id(object[key], []) : undefined;
}

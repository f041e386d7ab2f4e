import { ContractError } from '../errors.ts';
import { canonicalKey } from './canonical.ts';
import { describeKeys, describeShape, isObject } from './keys.ts';
import type { Resource } from './resource.ts';

/** Names under which a whole answer has been seen wrapped. */
const envelopeKeys = ['data', 'results'] as const;

/**
 * The rows of a list: a bare array, `{ "data": [...] }` or `{ "results": [...] }`. An unknown shape is never an empty list:
 * that would end a sync as complete, and take every record for gone.
 *
 * @throws ContractError for any other shape, naming its keys
 */
export function listRows(resource: Resource, body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  const unknownShape = () =>
    new ContractError(`Rentvine answered the list of ${resource.name} with ${describeShape(body)}, not a list`);
  if (typeof body !== 'object' || body === null) throw unknownShape();

  const lists = envelopeKeys.map((key) => ownValue(body, key)).filter((value) => Array.isArray(value));
  const [rows] = lists;
  if (rows === undefined || lists.length > 1 || reportsErrors(body)) throw unknownShape();
  return rows;
}

/**
 * The object of a single answer, still in its row: `{ "lease": {…} }`, the same inside `data` or `results`, or the bare object.
 *
 * @throws ContractError for any other shape, naming its keys
 */
export function singleRow(resource: Resource, body: unknown): object {
  if (isObject(body)) {
    if (isRow(resource, body)) return body;
    for (const key of envelopeKeys) {
      const inner = ownValue(body, key);
      if (isObject(inner) && isRow(resource, inner)) return inner;
    }
  }
  throw new ContractError(`Rentvine answered one of ${resource.name} with ${describeShape(body)}`);
}

/** The error for a page none of whose rows has an id: these are not bad rows, but rows of an unknown shape. */
export function unknownRows(resource: Resource, rows: readonly unknown[]): ContractError {
  const first = rows[0];
  const found = isObject(first) ? `keys of the first: ${describeKeys(first)}` : `the first is ${describeShape(first)}`;
  return new ContractError(`None of the ${rows.length} rows of ${resource.name} has a known shape; ${found}`);
}

function isRow(resource: Resource, value: object): boolean {
  const names = new Set(Object.keys(value).map(canonicalKey));
  const { rowKey, idField, otherRowKeys = [], otherIdFields = [] } = resource;
  return [rowKey, idField, ...otherRowKeys, ...otherIdFields].some((name) => names.has(name));
}

/** A list beside which errors are reported is not known to be whole. */
function reportsErrors(body: object): boolean {
  return ['error', 'errors'].some((key) => {
    const value = ownValue(body, key);
    if (isObject(value)) return Object.keys(value).length > 0;
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  });
}

function ownValue(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

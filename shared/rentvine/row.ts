import * as z from 'zod';
import { canonicalize } from './canonical.ts';
import type { Resource, ResourceData } from './resource.ts';
import { requiredId } from './values.ts';

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

const rowShape = z.record(z.string(), z.unknown());
const idShape = requiredId();

/**
 * Reads one row of a list, or one single answer: `{ "lease": {…}, "balances": {…} }` or the bare object. Keys are
 * canonicalised and personal fields dropped first. Never throws for what Rentvine may send.
 */
export function parseRow(resource: Resource, raw: unknown): RowResult {
  let cleaned: unknown;
  try {
    cleaned = canonicalize(raw);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, rejected: { reason: 'the row is nested too deeply to be stored' } };
  }
  const row = rowShape.safeParse(cleaned);
  if (!row.success || Array.isArray(raw)) return { ok: false, rejected: { reason: 'the row is not an object' } };
  const wrapped = rowShape.safeParse(row.data[resource.rowKey]);
  if (!wrapped.success && !Object.hasOwn(row.data, resource.idField)) {
    return { ok: false, rejected: { reason: `the row has no object "${resource.rowKey}"` } };
  }
  const beside = wrapped.success ? row.data : {};
  const own = wrapped.success ? wrapped.data : row.data;

  const id = idShape.safeParse(own[resource.idField]);
  if (!id.success || id.data === undefined) {
    return { ok: false, rejected: { reason: `${resource.rowKey}.${resource.idField} is missing or not an id` } };
  }

  const object = resource.schema.safeParse(own);
  const problems = object.success ? [] : describe(object.error, resource.rowKey);
  const siblings: ResourceData = {};
  const absentSiblings: string[] = [];
  for (const [name, schema] of Object.entries(resource.siblings)) {
    if (!Object.hasOwn(beside, name)) absentSiblings.push(name);
    const sibling = schema.safeParse(beside[name] ?? undefined);
    if (!sibling.success) problems.push(...describe(sibling.error, name));
    else if (sibling.data !== undefined) siblings[name] = sibling.data;
  }
  if (!object.success || problems.length > 0) {
    return { ok: false, rejected: { id: id.data, reason: [...new Set(problems)].slice(0, 10).join('; ') } };
  }

  const data: ResourceData = { ...object.data, ...siblings };
  for (const [field, siblingName] of Object.entries(resource.idsFromSiblings)) {
    const fromSibling = rowShape.safeParse(beside[siblingName]);
    if (data[field] !== undefined) continue;
    if (!fromSibling.success) {
      absentSiblings.push(field);
      continue;
    }
    const siblingId = idShape.safeParse(fromSibling.data[field]);
    if (siblingId.success) data[field] = siblingId.data;
  }

  const propertyId = data.propertyId;
  return {
    ok: true,
    row: {
      id: id.data,
      data,
      absentSiblings,
      ...(typeof data.dateTimeModified === 'string' && { sourceModifiedAt: data.dateTimeModified }),
      ...(typeof propertyId === 'string' && { propertyId }),
    },
  };
}

function describe(error: z.ZodError, prefix: string): string[] {
  return error.issues.map((issue) => {
    const path = [prefix, ...issue.path].map(String).join('.');
    return issue.code === 'custom' ? `${path} ${issue.message}` : `${path} does not fit (${issue.code})`;
  });
}

import type { Field, Place } from './place.ts';

/** What an account's rows were seen to have: names and types of fields, and never a value. */
export interface SeenFields {
  readonly rows: number;
  readonly fields: readonly SeenField[];
  /** Fields that were left out because they are personal, or on no list of what is kept. */
  readonly dropped: readonly DroppedField[];
  /** Names of the objects beside the row's own that are of no interest. */
  readonly ignored: readonly string[];
}

/** What is seen where nothing was read. */
export const noFields: SeenFields = { rows: 0, fields: [], dropped: [], ignored: [] };

export interface SeenField {
  /** Canonical names from the object on, lists passed through: `tenants.isPrimary`. */
  readonly path: string;
  /** In how many places it was there: more than rows where it is in a list. */
  readonly seen: number;
  readonly types: readonly FieldType[];
}

export interface DroppedField {
  readonly path: string;
  readonly count: number;
}

export const fieldTypes = ['text', 'number', 'boolean', 'object', 'list', 'null'] as const;
/** JSON's own types; money and ids come as texts and as numbers. */
export type FieldType = (typeof fieldTypes)[number];

/** The bit of a value's type. */
export function typeBit(value: unknown): number {
  if (typeof value === 'string') return 1;
  if (typeof value === 'number') return 2;
  if (typeof value === 'boolean') return 4;
  if (value === null) return 32;
  return Array.isArray(value) ? 16 : 8;
}

const typesOf = (bits: number): FieldType[] => fieldTypes.filter((_, index) => (bits & (1 << index)) !== 0);

/** For keys that may be data themselves: objects keyed by numbers of something, or by what somebody typed. */
export const unnamed = '(unnamed)';
const maxNameLength = 64;

/** A key as it may be told: one with a number in it may itself be what nobody should see. */
const tellable = (key: string): string =>
  key.length <= maxNameLength && /^\p{L}[^\p{C}@<>{}"\\]*$/u.test(key) && !/\d\D*\d\D*\d/.test(key) ? key : unnamed;

/** What was seen at a place and below. */
export function seenFields(root: Place, rows: number): SeenFields {
  const fields = new Map<string, { seen: number; types: number }>();
  const dropped = new Map<string, number>();
  const ignored = new Set<string>();

  function visit(place: Place, path: readonly string[]): void {
    const here = path.join('.');
    if (place.droppedHere > 0) add(dropped, here, place.droppedHere);
    for (const field of place.fields.values()) note(field, path);
    if (place.asContact !== undefined) visit(place.asContact, path);
  }

  function note({ name, fate, place, seen, types }: Field, path: readonly string[]): void {
    const below = place.isRecord ? [] : [...path, tellable(name)];
    const here = below.join('.');
    if (fate === 'copied' && !place.isRecord) {
      const before = fields.get(here);
      fields.set(here, { seen: (before?.seen ?? 0) + seen, types: (before?.types ?? 0) | types });
    }
    if (fate === 'dropped') add(dropped, here, seen);
    // Of an object beside the record only its id may be wanted; the rest of it is its own resource's.
    if (fate === 'ignored' && path.length === 0) ignored.add(here);
    visit(place, below);
  }

  visit(root, []);
  return {
    rows,
    fields: [...fields].map(([path, { seen, types }]) => ({ path, seen, types: typesOf(types) })).sort(byPath),
    dropped: [...dropped].map(([path, count]) => ({ path, count })).sort(byPath),
    ignored: [...ignored].sort(),
  };
}

/** What was seen since some earlier time; types are all that were ever seen. */
export function seenSince(before: SeenFields, now: SeenFields): SeenFields {
  const seenBefore = new Map(before.fields.map(({ path, seen }) => [path, seen]));
  const droppedBefore = new Map(before.dropped.map(({ path, count }) => [path, count]));
  return {
    rows: now.rows - before.rows,
    fields: now.fields
      .map((field) => ({ ...field, seen: field.seen - (seenBefore.get(field.path) ?? 0) }))
      .filter(({ seen }) => seen > 0),
    dropped: now.dropped
      .map(({ path, count }) => ({ path, count: count - (droppedBefore.get(path) ?? 0) }))
      .filter(({ count }) => count > 0),
    ignored: now.ignored,
  };
}

const add = (counts: Map<string, number>, key: string, count: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + count);
};
const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => (a.path < b.path ? -1 : 1);

import { type SeenField, type SeenFields, unnamed } from '../rentvine/field-catalogue.ts';
import type { ReadKind } from '../rentvine/row-readers.ts';
import { type FieldCatalogue, type FieldChange, type KnownField, type Reading, withTypes } from './field-catalogue.ts';

/** What some answers of one kind were seen to have. */
export interface FieldsRead {
  readonly kind: ReadKind;
  readonly seen: SeenFields;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Where the answers are what one slice of a full run read: of which run, its which slice, and how that ended. */
  readonly fullRun?: { readonly id: string; readonly slice: number; readonly isProven: boolean };
}

export interface AfterRead {
  readonly catalogue: FieldCatalogue;
  /** What is to be told of it. */
  readonly changes: readonly FieldChange[];
  /** Whether the catalogue is worth a write. */
  readonly hasNews: boolean;
}

const dayMs = 86_400_000;
/** Single reads come one by one: what the first of them show is how they are, and no change. */
const minSingleReads = 20;
/** A field that is optional goes with the few objects that had it; one that so many had should be there. */
const minExpected = 10;
/** One that every object had is missed in fewer. */
const minRows = 3;
/** An item of DynamoDB holds 400 KB. Keys that are data themselves come in any number. */
const maxFields = 1_000;
const maxDropped = 500;
const maxPathLength = 200;
/** EventBridge takes 256 KB; what is over is told with the next read. */
const maxChanges = 100;
const maxRecent = 50;

/**
 * A catalogue after some more answers. Pure, so that it can be worked out anew when somebody else has written meanwhile.
 *
 * A field is `new` when it first comes, `retyped` when it comes with a JSON type that it never had, and `vanished` when a
 * proven full read of enough rows has it in none of them: one that is merely null is there. What only single reads have been
 * seen to carry never vanishes. Nothing is told of what the first proven full read has shown, nor the same of one field twice
 * within a day: what has come and gone meanwhile is told as it is after that.
 */
export function afterRead(before: FieldCatalogue, read: FieldsRead): AfterRead {
  const { kind, seen, at, fullRun } = read;
  const isSilent = before.baselineAt === undefined || (kind === 'single' && before.singleReads < minSingleReads);
  const fields = new Map(Object.entries(before.fields));
  const dropped = new Map(Object.entries(before.dropped));
  const isCounted = kind === 'single' && before.singleReads < minSingleReads;
  let hasNews = fullRun !== undefined || isCounted || isDayAfter(before.savedAt[kind], at);

  // What lies less deep goes first, where there is not room for all.
  for (const field of [...seen.fields].sort((a, b) => depth(a.path) - depth(b.path))) {
    const known = fields.get(field.path);
    if (known === undefined && (fields.size >= maxFields || field.path.length > maxPathLength)) continue;
    // What was left out until now is nothing new of Rentvine's.
    const after = sighted(known, field, kind, at, isSilent || dropped.has(field.path));
    hasNews ||= known === undefined || after.types.length > known.types.length || known[kind] === undefined;
    fields.set(field.path, after);
  }
  for (const { path, count } of seen.dropped) {
    const known = dropped.get(path);
    if (known === undefined && (dropped.size >= maxDropped || path.length > maxPathLength)) continue;
    hasNews ||= known === undefined;
    dropped.set(path, { count: known?.count ?? count, first: known?.first ?? at, last: at });
  }

  const reading = fullRun && readingAfter(before.reading, fullRun, seen);
  const whole = fullRun?.isProven && reading !== undefined && reading.rows > 0 ? reading : undefined;
  if (whole !== undefined) {
    for (const [path, count] of Object.entries(whole.dropped)) {
      const known = dropped.get(path);
      if (known !== undefined) dropped.set(path, { ...known, count });
      // The account, or a new version of ours, does not keep it any more.
      if (whole.fields[path] === undefined) fields.delete(path);
    }
    const objectsAt = objectsByPlace(whole);
    for (const [path, field] of fields) {
      fields.set(path, compared(field, whole.fields[path], objectsAt.get(parentOf(path)) ?? 0, at));
    }
  }

  const changes = tell(fields, kind, at);
  const { reading: _reading, ...rest } = before;
  const catalogue: FieldCatalogue = {
    ...rest,
    fields: Object.fromEntries(fields),
    dropped: Object.fromEntries(dropped),
    singleReads: kind === 'single' ? before.singleReads + seen.rows : before.singleReads,
    ...(whole !== undefined && before.baselineAt === undefined && { baselineAt: at }),
    ...(fullRun === undefined && before.reading !== undefined && { reading: before.reading }),
    ...(reading !== undefined && !fullRun?.isProven && { reading }),
    revision: before.revision + (changes.length > 0 ? 1 : 0),
    recent: [...changes.map((change) => ({ ...change, at })), ...before.recent].slice(0, maxRecent),
    savedAt: { ...before.savedAt, [kind]: at },
  };
  return { catalogue, changes, hasNews: hasNews || changes.length > 0 };
}

const depth = (path: string): number => path.split('.').length;
const isDayAfter = (time: string | undefined, now: string): boolean =>
  time === undefined || Date.parse(now) - Date.parse(time) >= dayMs;

/** A field after it was seen. */
function sighted(
  known: KnownField | undefined,
  seen: SeenField,
  kind: ReadKind,
  at: string,
  isSilent: boolean,
): KnownField {
  const types = withTypes(known?.types ?? [], seen.types);
  const told = known?.told ?? { isThere: isSilent, types: [] };
  const { vanishedAt, ...rest } = known ?? {};
  // What has only ever been null had no type that could change.
  const isFirstType = known?.types.length === 0 && told.isThere;
  return {
    ...rest,
    types,
    [kind]: { first: known?.[kind]?.first ?? at, last: at },
    ...(vanishedAt !== undefined && kind === 'single' && { vanishedAt }),
    told: isSilent || isFirstType ? { ...told, types: withTypes(told.types, seen.types) } : told,
  };
}

/**
 * What a full run's slices have seen together; undefined where one of them is not accounted for, as after a crash: then what
 * seems to be missing may have been there.
 */
function readingAfter(
  before: Reading | undefined,
  { id, slice }: NonNullable<FieldsRead['fullRun']>,
  { rows, fields, dropped }: SeenFields,
): Reading | undefined {
  const counted: Reading = {
    runId: id,
    slices: slice,
    rows,
    fields: Object.fromEntries(fields.map(({ path, seen }) => [path, seen])),
    dropped: Object.fromEntries(dropped.map(({ path, count }) => [path, count])),
  };
  if (slice === 1) return counted;
  if (before?.runId !== id || before.slices !== slice - 1) return undefined;
  return {
    ...counted,
    rows: before.rows + rows,
    fields: added(before.fields, counted.fields),
    dropped: added(before.dropped, counted.dropped),
  };
}

function added(a: Reading['fields'], b: Reading['fields']): Reading['fields'] {
  const sums = { ...a };
  for (const [path, count] of Object.entries(b)) sums[path] = (sums[path] ?? 0) + count;
  return sums;
}

/**
 * A field after a proven full read of everything.
 *
 * @param seen how many of the objects at its place had it, if any had
 */
function compared(field: KnownField, seen: number | undefined, objects: number, at: string): KnownField {
  if (seen !== undefined) return { ...field, share: Math.min(1, seen / Math.max(1, objects)) };
  const { share, vanishedAt } = field;
  if (share === undefined || vanishedAt !== undefined) return field;
  const isMissed = share * objects >= minExpected || (share === 1 && objects >= minRows);
  return isMissed ? { ...field, vanishedAt: at } : field;
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

/** How many objects were read at each place: as many as there are rows, or as had any one field there. */
function objectsByPlace({ rows, fields }: Reading): ReadonlyMap<string, number> {
  const objects = new Map<string, number>();
  for (const [path, seen] of Object.entries(fields)) {
    const place = parentOf(path);
    objects.set(place, Math.max(seen, objects.get(place) ?? 0));
  }
  return objects.set('', rows);
}

/** Takes note of what is told now, and returns it. */
function tell(fields: Map<string, KnownField>, kind: ReadKind, at: string): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const [path, field] of fields) {
    if (changes.length === maxChanges) break;
    // Under this name any number of keys may have been seen.
    const change = path.includes(unnamed) ? undefined : changeOf(field);
    if (change === undefined || !isDayAfter(field.told[change], at)) continue;
    const { types, told } = field;
    const isGone = change === 'vanished';
    changes.push({
      field: path,
      change,
      read: isGone ? 'list' : kind,
      types,
      ...(change === 'retyped' && { previousTypes: told.types }),
    });
    fields.set(path, { ...field, told: { ...told, isThere: !isGone, types, [change]: at } });
  }
  return changes;
}

/** How a field differs from what was told of it. */
function changeOf({ types, vanishedAt, told }: KnownField): FieldChange['change'] | undefined {
  const isThere = vanishedAt === undefined;
  if (isThere !== told.isThere) return isThere ? 'new' : 'vanished';
  return isThere && types.some((type) => !told.types.includes(type)) ? 'retyped' : undefined;
}

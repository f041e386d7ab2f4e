import * as z from 'zod/mini';
import { type FieldType, fieldTypes } from '../rentvine/field-catalogue.ts';
import { readKinds } from '../rentvine/row-readers.ts';

const types = z.array(z.enum(fieldTypes));
const sighting = z.object({ first: z.string(), last: z.string() });

const fieldChange = z.object({
  /** Names from the object on, lists passed through: `tenants.isPrimary`. */
  field: z.string(),
  change: z.enum(['new', 'vanished', 'retyped']),
  /** The kind of read that shows it. */
  read: z.enum(readKinds),
  /** All JSON types that it has been seen to have. */
  types,
  /** Those of them that were known before, where it was retyped. */
  previousTypes: z.optional(types),
});

/** Something that changed in what Rentvine answers: names and types, never a value. */
export type FieldChange = z.infer<typeof fieldChange>;

const knownField = z.object({
  /** JSON types of all values that came; null says nothing about a type. */
  types,
  list: z.optional(sighting),
  single: z.optional(sighting),
  /** In the last proven full read that showed it: the share of the objects at its place that had it. */
  share: z.optional(z.number()),
  /** When a proven full read first showed it no more. */
  vanishedAt: z.optional(z.string()),
  /** What those who follow the events know of it, and when they were last told what. */
  told: z.object({
    isThere: z.boolean(),
    types,
    new: z.optional(z.string()),
    vanished: z.optional(z.string()),
    retyped: z.optional(z.string()),
  }),
});

/** One field of one account's resource. All times are ISO 8601 UTC. */
export type KnownField = z.infer<typeof knownField>;

const counts = z.record(z.string(), z.number());

/** What the slices of a full run have seen so far. */
const readingSchema = z.object({
  runId: z.string(),
  slices: z.number(),
  rows: z.number(),
  fields: counts,
  dropped: counts,
});
export type Reading = z.infer<typeof readingSchema>;

export const fieldCatalogueSchema = z.object({
  fields: z.record(z.string(), knownField),
  /** Names that are left out of every record, with how often: in the last full read, or the first that had them. */
  dropped: z.record(z.string(), z.object({ count: z.number(), first: z.string(), last: z.string() })),
  /** When a proven full read first showed rows: what was seen until then is how the account is, and no change. */
  baselineAt: z.optional(z.string()),
  /** Single reads that were looked at, as far as they are counted. */
  singleReads: z.number(),
  reading: z.optional(readingSchema),
  /** Counts up by one each time that changes are told. */
  revision: z.number(),
  /** The latest changes that were told, newest first. */
  recent: z.array(z.extend(fieldChange, { at: z.string() })),
  savedAt: z.object({ list: z.optional(z.string()), single: z.optional(z.string()) }),
});

/** What is known of the fields of one account's resource: names and types, never a value. */
export type FieldCatalogue = z.infer<typeof fieldCatalogueSchema>;

export const emptyCatalogue: FieldCatalogue = {
  fields: {},
  dropped: {},
  singleReads: 0,
  revision: 0,
  recent: [],
  savedAt: {},
};

/** Types with others added to them, in their usual order. */
export const withTypes = (known: readonly FieldType[], more: readonly FieldType[]): FieldType[] =>
  fieldTypes.filter((type) => type !== 'null' && (known.includes(type) || more.includes(type)));

import * as z from 'zod';

/** Names and types of fields, by canonical path: `{ "tenants.name": ["text"] }`. */
const fields = z.record(z.string(), z.array(z.string()));
/** Status and nature of an answer: `404 json`. */
const answer = z.string();

/** How a server answers about one resource: shapes, names and types, and never a value that is somebody's data. */
export const resourceObservationSchema = z.object({
  resource: z.string(),
  /** Of the first page. */
  list: answer,
  /** `array`, or the key that the list is wrapped in; absent where the answer is no list. */
  envelope: z.string().optional(),
  rows: z.number(),
  /** Rows that do not fit what the code expects, and why, by field. */
  unfit: z.number(),
  reasons: z.array(z.string()),
  /** Rows asked for and given, where more than that many exist. */
  pageSize: z.object({ asked: z.number(), given: z.number() }).optional(),
  /** Names of pagination headers. */
  headers: z.array(z.string()),
  /** Whether the total in them is what was counted; absent where it cannot be counted in a page. */
  totalIsRight: z.boolean().optional(),
  order: z.enum(['ascending', 'descending', 'none']).optional(),
  /** How numbers, booleans and date-times are written: `text`, `number`, `zoneless`, … */
  numbers: z.array(z.string()),
  booleans: z.array(z.string()),
  dateTimes: z.array(z.string()),
  /** Whether a `dateTimeModified`, read as UTC, lies beyond the server's clock. */
  modifiedInFuture: z.boolean().optional(),
  /** `empty`, `lastPage`, `rows`, or the answer. */
  listEnd: z.string().optional(),
  /** Of the object that the list has first. */
  one: answer.optional(),
  oneIsFound: z.boolean().optional(),
  /** Of ids that cannot exist; absent where two of them were answered differently. */
  gone: answer.optional(),
  goneIsTold: z.boolean().optional(),
  filter: z
    .object({
      /** Rows modified after a day far in the future. */
      future: z.number(),
      /** Whether the very second of the bounds is included. */
      inclusive: z.boolean().optional(),
    })
    .optional(),
  /** Of the list, of the list's row of the object that was read singly, and of that single read. */
  fields: z.object({ list: fields, listed: fields, one: fields }),
  /** Values outside the published enumerations, counted by field. */
  unknownCodes: z.record(z.string(), z.number()),
});
export type ResourceObservation = z.infer<typeof resourceObservationSchema>;

/** What was found out about an account's server; says nothing of whose it is. */
export const observationSchema = z.object({
  version: z.literal(1),
  /** Seconds by which the server's `Date` is ahead of this machine's clock; absent without the header. */
  clockAheadS: z.number().optional(),
  limitHeaders: z.array(z.string()),
  /** Rows given for `limit=1&offset=0` without a page size. */
  rowsForLimitOne: z.number().optional(),
  resources: z.array(resourceObservationSchema),
});
export type Observation = z.infer<typeof observationSchema>;

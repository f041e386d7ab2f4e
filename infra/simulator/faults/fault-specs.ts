import * as z from 'zod';
import { resourceName } from '../ways.ts';

const common = {
  /** How often a request that the fault applies to gets it, 0 to 1. */
  probability: z.number().min(0).max(1).default(1),
  /** Only requests for this resource. */
  resource: resourceName.optional(),
  account: z.string().optional(),
  /** Only requests of this kind. */
  only: z.enum(['list', 'one', 'write', 'token']).optional(),
  /** Only requests for this page of a list. */
  page: z.int().positive().optional(),
  /** Ends after so many requests had it. */
  times: z.int().positive().optional(),
};

/**
 * One fault. A request gets at most one of those that replace the answer (`rateLimit` to `emptyList`), the first that
 * applies, and any number of those that only change it.
 */
export const faultSpec = z.discriminatedUnion('kind', [
  /** 429. `retryAfter` in seconds from now, negative for a date in the past, null for no header. */
  z.object({
    kind: z.literal('rateLimit'),
    retryAfter: z.number().nullable().default(1),
    as: z.enum(['seconds', 'date']).default('seconds'),
    ...common,
  }),
  /** A status with a JSON body: 500, 503, 404. */
  z.object({ kind: z.literal('status'), status: z.int().min(400).max(599).default(500), ...common }),
  /** A page of the front end where JSON should be; also with status 200. */
  z.object({ kind: z.literal('html'), status: z.int().min(200).max(599).default(502), ...common }),
  /** Never answers. */
  z.object({ kind: z.literal('hang'), ...common }),
  /** Closes the connection instead of answering. */
  z.object({ kind: z.literal('drop'), ...common }),
  /** 401, whatever the credentials. */
  z.object({ kind: z.literal('unauthorized'), ...common }),
  /** 403, as for a role that may not read this. */
  z.object({ kind: z.literal('forbidden'), ...common }),
  /** A list without rows where there are some. */
  z.object({ kind: z.literal('emptyList'), ...common }),
  /** Valid HTTP whose JSON ends early. */
  z.object({ kind: z.literal('truncate'), ...common }),
  /** Closes the connection in the middle of the body. */
  z.object({ kind: z.literal('dropMidBody'), ...common }),
  /** Answers later, `ms` milliseconds of real time. */
  z.object({ kind: z.literal('latency'), ms: z.number().min(0), ...common }),
  /** Every object has keys that nobody has heard of. */
  z.object({ kind: z.literal('unknownFields'), ...common }),
  /** Objects have fields that they did not have, lack some that they had, and have some with another type: `5` is `[5]`. */
  z.object({
    kind: z.literal('changedFields'),
    gained: z.record(z.string(), z.json()).default({}),
    lost: z.array(z.string()).default([]),
    retyped: z.array(z.string()).default([]),
    ...common,
  }),
  /** Rows that do not fit: those of `ids`, else every row with the given probability, always the same ones. */
  z.object({
    kind: z.literal('malformedRows'),
    how: z.enum(['missingId', 'badDate', 'badAmount', 'badFlag', 'notAnObject']),
    ids: z.array(z.int()).optional(),
    fraction: z.number().min(0).max(1).default(1),
    ...common,
  }),
]);

/** What a test or the control path gives. */
export type FaultSpec = z.input<typeof faultSpec>;
export type Fault = z.output<typeof faultSpec>;
export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** Changes of a list while it is being read, before the answer to a page after the first. */
export const driftSpec = z.object({
  resource: resourceName,
  account: z.string().optional(),
  /**
   * - `delete`: rows that were read already vanish, so that later ones move up and are missed
   * - `insert`: new objects appear, at the place their order gives them or in front
   * - `move`: rows that were not read yet jump in front of those that were, so that they are missed
   * - `double`: rows that were read already are listed again further on
   */
  kind: z.enum(['delete', 'insert', 'move', 'double']),
  /** Happens before page n+1, 2n+1, ... */
  everyPages: z.int().positive().default(1),
  /** Rows each time. */
  count: z.int().positive().default(1),
  times: z.int().positive().optional(),
  /** Where inserted rows appear. */
  at: z.enum(['order', 'front']).default('order'),
});

export type DriftSpec = z.input<typeof driftSpec>;
export type Drift = z.output<typeof driftSpec>;

/** `true` until told otherwise, `{ forMs }` for that long by the simulator's clock. */
export const downSpec = z.union([z.boolean(), z.object({ forMs: z.number().positive() })]);
export type DownSpec = z.infer<typeof downSpec>;

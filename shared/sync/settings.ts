import * as z from 'zod/mini';

/** Longest slice of work that leaves its function time to save, queue the rest and return within five minutes. */
const maxSliceSeconds = 240;

/** The tuning of a sync; what each stage may override in `cdk.json`. Times are in the unit that the name says. */
export const syncSettingsSchema = z.strictObject({
  /** Rows asked for per page; Rentvine may cap it silently. */
  pageSize: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 250),
  /** Calls per second and account, over all functions together. */
  requestsPerSecond: z._default(z.number().check(z.minimum(0.1), z.maximum(100)), 10),
  /** Calls that may be made at once after a pause. */
  burst: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 20),
  /** Calls per account that may be waiting for an answer at the same time. */
  maxInFlight: z._default(z.int().check(z.minimum(1), z.maximum(50)), 4),
  requestTimeoutSeconds: z._default(z.number().check(z.minimum(0.1), z.maximum(40)), 30),
  /** How far an incremental read reaches back behind its cursor. */
  overlapMinutes: z._default(z.number().check(z.minimum(0), z.maximum(1440)), 10),
  /** How long one invocation works before it queues the rest. */
  sliceSeconds: z._default(z.number().check(z.minimum(0.1), z.maximum(maxSliceSeconds)), maxSliceSeconds),
  /** One run may mark as deleted at most `percent` of a resource's records, but always `atLeast` of them. */
  deletionGuard: z.prefault(
    z.strictObject({
      percent: z._default(z.number().check(z.minimum(0), z.maximum(100)), 5),
      atLeast: z._default(z.int().check(z.minimum(0)), 10),
    }),
    {},
  ),
});

export type SyncSettings = z.output<typeof syncSettingsSchema>;

import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { isResourceName, type ResourceName } from '../rentvine/resources/catalogue.ts';

const resource = z.custom<ResourceName>((value) => typeof value === 'string' && isResourceName(value), {
  error: 'is no resource',
});

/** What asks for a sync: a schedule's tick, or an operator. */
export const syncRequestSchema = z.object({
  resource,
  mode: z.enum(['full', 'incremental']),
  /** ISO 8601: the time the tick was due; one tick is one run, however often it is delivered. */
  scheduledAt: z.iso.datetime({ offset: true }),
  correlationId: z.string().check(z.minLength(1)),
  /** Active leases and properties only; never marks anything deleted. */
  activeOnly: z._default(z.boolean(), false),
  /** Only these accounts; all configured ones without it. */
  accounts: z.optional(z.array(z.string())),
});
export type SyncRequest = z.output<typeof syncRequestSchema>;

/** A message of the sync-jobs queue: one account's resource. */
export const syncJobSchema = z.extend(z.omit(syncRequestSchema, { accounts: true }), {
  account: z.string(),
  runId: z.string(),
  /** ISO 8601; a message that comes earlier is put back until then. */
  notBefore: z.optional(z.iso.datetime()),
});
export type SyncJob = z.output<typeof syncJobSchema>;

/** The run that a tick asks for. Sorts by time; the same tick always gives the same run. */
export const runIdOf = ({ scheduledAt, mode, activeOnly }: SyncRequest): string =>
  `${new Date(scheduledAt).toISOString()}-${mode}${activeOnly ? '-active' : ''}`;

/** FIFO message group: one account's resource is never synced twice at once, others run in parallel. */
export const messageGroupOf = (job: SyncJob): string => `${job.account}#${job.resource}`;

/** FIFO de-duplication id of a job. `part` tells a run's continuations from its first message. */
export const deduplicationIdOf = (job: SyncJob, part: string): string =>
  createHash('sha256').update([job.account, job.resource, job.runId, part].join('\n')).digest('hex');

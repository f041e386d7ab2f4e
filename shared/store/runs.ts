import * as z from 'zod/mini';
import type { Collection } from './collection.ts';
import { expiresInDays, itemPages, type Key, putItem, readItem, type Table } from './dynamo-table.ts';
import { syncPartition } from './sync-state.ts';

const counts = z.object({
  /** HTTP attempts made, retries included. */
  requests: z.number(),
  /** Pages read, the empty last ones included. */
  pages: z.number(),
  /** Distinct objects that the pages held, quarantined rows included. */
  fetched: z.number(),
  created: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  deleted: z.number(),
  quarantined: z.number(),
});

/** Numbers of one run, as people see them in the summary. */
export type RunCounts = z.infer<typeof counts>;

/**
 * `waiting`: interrupted, and a message is queued that will go on with it. `held`: everything is stored, but more
 * records are gone than the deletion guard allows, so none was marked deleted. `covered`: an earlier run started after
 * this one was asked for, so there was nothing to do.
 */
const status = z.enum(['running', 'waiting', 'succeeded', 'failed', 'held', 'covered']);
export type RunStatus = z.infer<typeof status>;

export const runSchema = z.object({
  runId: z.string(),
  mode: z.enum(['full', 'incremental']),
  activeOnly: z.boolean(),
  status,
  /** ISO 8601 by our clock. */
  startedAt: z.string(),
  updatedAt: z.string(),
  finishedAt: z.optional(z.string()),
  /** Rentvine's clock when the run's first page was answered: where the next incremental read starts. */
  serverStartedAt: z.optional(z.string()),
  /** Rows of the whole list, as its last page claimed: for telling how far the run is. */
  total: z.optional(z.number()),
  /** What an operator should know of a run that succeeded. */
  remark: z.optional(z.string()),
  /** Lower bound of an incremental read, as the change filter takes it. */
  since: z.optional(z.string()),
  phase: z.enum(['read', 'verify']),
  /** The pass being read, from 1. */
  pass: z.number(),
  /** The page size asked for in this run. */
  pageSize: z.number(),
  counts,
  /** Milliseconds worked, without the waits between slices. */
  workedMs: z.number(),
  slices: z.number(),
  /** Times in a row that the run was put off without getting any further. */
  stalled: z.number(),
  error: z.optional(z.object({ code: z.string(), message: z.string() })),
  /** When a run that waits goes on, ISO 8601. */
  resumesAt: z.optional(z.string()),
  /** The run that did the work, where this one had nothing left to do. */
  coveredBy: z.optional(z.string()),
  correlationId: z.string(),
});

/** One sync run: its checkpoint while it is under way, its report afterwards. */
export type Run = z.infer<typeof runSchema>;

/** A run that has just been asked for. */
export const newRun = (
  plan: Pick<Run, 'runId' | 'mode' | 'activeOnly' | 'since' | 'pageSize' | 'correlationId'>,
  now: Date,
): Run => ({
  ...plan,
  status: 'running',
  startedAt: now.toISOString(),
  updatedAt: now.toISOString(),
  phase: 'read',
  pass: 1,
  counts: { requests: 0, pages: 0, fetched: 0, created: 0, updated: 0, unchanged: 0, deleted: 0, quarantined: 0 },
  workedMs: 0,
  slices: 0,
  stalled: 0,
});

const runsAreKeptDays = 30;
const keyOf = (collection: Collection, runId: string): Key => ({ pk: syncPartition(collection), sk: `run#${runId}` });

export const isFinished = (current: Run): boolean => current.status !== 'running' && current.status !== 'waiting';

export async function readRun(table: Table, collection: Collection, runId: string): Promise<Run | undefined> {
  const item = await readItem(table, keyOf(collection, runId));
  return item && runSchema.parse(item);
}

export async function saveRun(table: Table, collection: Collection, current: Run, now: Date): Promise<void> {
  const updatedAt = now.toISOString();
  const expiresAt = expiresInDays(now, runsAreKeptDays);
  await putItem(table, { ...keyOf(collection, current.runId), ...current, updatedAt, expiresAt });
}

/** The most recent runs, newest first; run ids begin with the time they were scheduled for. */
export async function recentRuns(table: Table, collection: Collection, limit: number): Promise<Run[]> {
  const found: Run[] = [];
  const latestFirst = { prefix: 'run#', ScanIndexForward: false, Limit: limit };
  for await (const items of itemPages(table, syncPartition(collection), latestFirst)) {
    found.push(...items.map((item) => runSchema.parse(item)));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

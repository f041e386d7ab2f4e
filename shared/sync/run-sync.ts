import { BreakerOpenError, NotFoundError, PlatformError, RateLimitedError } from '../errors.ts';
import { quarantinedRows, releaseQuarantined } from '../store/quarantine.ts';
import type { Run } from '../store/runs.ts';
import { readSyncState, updateSyncState } from '../store/sync-state.ts';
import { absentRemark, isKnownAbsent, switchOffIfAbsent } from './absent-list.ts';
import { deleteMissing } from './delete-missing.ts';
import { isWhole, readUntilProven } from './read-list.ts';
import { RunRecord } from './run-record.ts';
import type { SliceEnd, SyncSlice } from './slice.ts';

/** Times in a row that a run is put off without getting further before it is reported as failed. */
const maxStalls = 3;
const firstBackoffMs = 5_000;
const maxBackoffMs = 300_000;

/**
 * Works on a run for one slice, from where its checkpoint is.
 *
 * Every failure that has a type ends up in the run's report: what can pass by itself postpones the run, with its progress
 * kept, and anything else ends it as failed. Progress is kept then too: the next run of the resource goes on from there.
 *
 * @throws whatever is not a PlatformError, with the run left as it is
 */
export async function workOnRun(slice: SyncSlice, interrupted: Run): Promise<SliceEnd> {
  const { resumesAt: _resumesAt, error: _error, finishedAt: _finishedAt, ...rest } = interrupted;
  const record = new RunRecord(slice, { ...rest, status: 'running', slices: interrupted.slices + 1 });
  try {
    return (await proceed(record)) ? { kind: 'finished', run: record.run } : await outOfTime(record);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return interruptedBy(error, record);
  }
}

/** Returns whether the run is over; if not, time ran out. */
async function proceed(record: RunRecord): Promise<boolean> {
  const state = await readSyncState(record.slice.state, record.collection);
  if (isKnownAbsent(record, state)) {
    await rest(record);
    return true;
  }
  await record.load();
  await record.save();
  if (record.run.phase === 'read') {
    try {
      if (!(await readUntilProven(record, state))) return false;
    } catch (error) {
      if (!(error instanceof NotFoundError) || !(await switchOffIfAbsent(record, state, error))) throw error;
      await rest(record);
      return true;
    }
    record.update({ phase: 'verify' });
    await record.save();
  }
  if (record.run.mode === 'full' && !record.run.activeOnly) {
    const deletion = await deleteMissing(record);
    if (deletion.kind === 'outOfTime') return false;
    if (deletion.kind === 'held') {
      await hold(record, deletion.why);
      return true;
    }
  }
  await succeed(record);
  return true;
}

/** Ends a run of a resource that the account does not have; there is nothing to be late with. */
async function rest(record: RunRecord): Promise<void> {
  const now = record.slice.now().toISOString();
  record.update({ remark: absentRemark(record) });
  await updateSyncState(record.slice.state, record.collection, { anyStartedAt: record.run.startedAt, freshAt: now });
  await end(record, 'covered');
}

async function hold(record: RunRecord, message: string): Promise<void> {
  const { fullStartedAt: _fullStartedAt, ...covered } = coveredBy(record);
  await updateSyncState(record.slice.state, record.collection, covered);
  await end(record, 'held', { code: 'DELETION_HELD', message });
}

async function succeed(record: RunRecord): Promise<void> {
  const { mode, activeOnly } = record.run;
  if (mode === 'full') await releaseWhatFitsAgain(record);
  if (!activeOnly) await updateSyncState(record.slice.state, record.collection, coveredBy(record));
  await end(record, 'succeeded');
}

function coveredBy(record: RunRecord): Parameters<typeof updateSyncState>[2] {
  const { serverStartedAt, startedAt, mode } = record.run;
  return {
    ...(serverStartedAt !== undefined && { cursor: serverStartedAt }),
    anyStartedAt: startedAt,
    freshAt: record.slice.now().toISOString(),
    ...(mode === 'full' && { fullStartedAt: startedAt, absentPath: null, absentAskedAt: null }),
    ...(isWhole(record) && { listedRows: record.listedIds.size }),
  };
}

async function releaseWhatFitsAgain({ slice: { state }, run, collection, beside, rejectedIds }: RunRecord) {
  const still = new Set([...beside.rejected, ...rejectedIds]);
  const rows = await quarantinedRows(state, collection);
  const over = rows.filter((row) => row.runId !== run.runId && !still.has(row.id));
  await releaseQuarantined(
    state,
    collection,
    over.map((row) => row.id),
  );
}

async function end(record: RunRecord, status: Run['status'], error?: NonNullable<Run['error']>): Promise<void> {
  const { state, now } = record.slice;
  record.update({ status, finishedAt: now().toISOString(), stalled: 0, ...(error && { error }) });
  await record.save();
  if (status === 'failed') return;
  const { activeRunId } = await readSyncState(state, record.collection);
  if (activeRunId === record.run.runId) await updateSyncState(state, record.collection, { activeRunId: null });
  await record.progress.clear();
}

async function outOfTime(record: RunRecord): Promise<SliceEnd> {
  record.update({ status: 'waiting', stalled: 0, resumesAt: record.slice.now().toISOString() });
  await record.save();
  return { kind: 'outOfTime', run: record.run };
}

async function interruptedBy(error: PlatformError, record: RunRecord): Promise<SliceEnd> {
  const stalled = record.gotFurther ? 0 : record.run.stalled + 1;
  const report = { code: error.code, message: error.message };
  if (!error.retryable || stalled > maxStalls) {
    await end(record, 'failed', report);
    return { kind: 'finished', run: record.run };
  }
  const asked = error instanceof RateLimitedError || error instanceof BreakerOpenError ? error.retryAfterMs : 0;
  const backoff = Math.min(firstBackoffMs * 2 ** stalled, maxBackoffMs);
  const resumeAt = new Date(record.slice.now().getTime() + (asked > 0 ? asked : backoff));
  record.update({ status: 'waiting', stalled, error: report, resumesAt: resumeAt.toISOString() });
  await record.save();
  return { kind: 'postponed', run: record.run, resumeAt };
}

import type { Account } from '../../shared/account/secret.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { resourceByName } from '../../shared/rentvine/resources/catalogue.ts';
import { rowReaders } from '../../shared/rentvine/row-readers.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { type Run, saveRun } from '../../shared/store/runs.ts';
import type { SyncJob } from '../../shared/sync/job.ts';
import { workOnRun } from '../../shared/sync/run-sync.ts';
import type { SyncSettings } from '../../shared/sync/settings.ts';
import type { SliceEnd } from '../../shared/sync/slice.ts';
import { rentvineAccess } from '../rentvine-access.ts';
import { noteFields } from './note-fields.ts';
import { observeSlice } from './observe-slice.ts';

export interface SliceDependencies {
  readonly records: Table;
  readonly state: Table;
  readonly settings: SyncSettings;
  /** The account's settings and credentials. */
  readonly readAccount: (name: string) => Promise<Account>;
  readonly now: () => Date;
}

/** Calls may still begin this long after the slice's end, so that even a very short slice reads a page. */
const lateCallMs = 5_000;

/**
 * Works on a run for one slice, as its account's settings have it, and records how that ended. A run whose account has no
 * usable secret ends as failed: a person has to correct it, and trying again before that cannot help.
 *
 * @param endsAt epoch milliseconds at which the slice ends
 */
export async function workOnSlice(
  run: Run,
  collection: Pick<SyncJob, 'account' | 'resource'>,
  endsAt: number,
  dependencies: SliceDependencies,
): Promise<SliceEnd> {
  const { state, now } = dependencies;
  const end = await proceed(run, collection, endsAt, dependencies).catch(async (error: unknown): Promise<SliceEnd> => {
    if (!(error instanceof ConfigurationError)) throw error;
    const report = { code: error.code, message: error.message };
    const failed: Run = { ...run, status: 'failed', finishedAt: now().toISOString(), error: report };
    await saveRun(state, collection, failed, now());
    return { kind: 'finished', run: failed };
  });
  observeSlice(collection, end, now());
  return end;
}

async function proceed(
  run: Run,
  collection: Pick<SyncJob, 'account' | 'resource'>,
  endsAt: number,
  { settings, state, records, now, readAccount }: SliceDependencies,
): Promise<SliceEnd> {
  const account = await readAccount(collection.account);
  const readers = rowReaders(account.keep);
  let requests = 0;
  const client = rentvineAccess({
    account,
    state,
    settings,
    readers,
    deadline: () => endsAt + lateCallMs,
    onRequest: () => {
      requests += 1;
    },
  });
  logger.info('Working on a sync run.', { ...collection, mode: run.mode, runId: run.runId, slice: run.slices + 1 });
  const slice = {
    account,
    resource: resourceByName(collection.resource),
    client,
    records,
    state,
    guard: settings.deletionGuard,
    maxInFlight: settings.maxInFlight,
    now,
    endsAt,
    requests: () => requests,
  };
  const end = await workOnRun(slice, run);
  await noteFields({ state, records, collection, readers, now }, end);
  return end;
}

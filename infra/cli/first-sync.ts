import { type ResourceName, resourceByName, resources } from '../../shared/rentvine/resources/catalogue.ts';
import type { Collection } from '../../shared/store/collection.ts';
import { isFinished, type Run, readRun } from '../../shared/store/runs.ts';
import { readSyncState } from '../../shared/store/sync-state.ts';
import type { PlannedJob, Platform } from '../platform/platform.ts';
import { followRuns } from './follow-runs.ts';
import { showProgress } from './progress.ts';
import type { StartOptions } from './start-options.ts';
import { type ResourceReport, reportOf } from './sync-report.ts';

/**
 * Asks for one run of every resource, as schedules' ticks would, and follows them to their end.
 *
 * @param idle resolves when the stack has nothing left to work on
 */
export async function firstSync(
  platform: Platform,
  account: string,
  options: Pick<StartOptions, 'resources' | 'mode' | 'active-only'>,
  idle: () => Promise<void>,
): Promise<ResourceReport[]> {
  // What takes a request for each lease is left to its schedule: a first copy need not wait for it.
  const names = options.resources ?? resources.filter(({ parent }) => parent === undefined).map(({ name }) => name);
  const isNamed = (name: ResourceName) => resourceByName(name).activeOnly?.namedBy !== undefined;
  const later = options['active-only'] ? names.filter(isNamed) : [];
  const first = names.filter((name) => !later.includes(name));
  const reports: ResourceReport[] = [];
  // What others' records name as active is asked for when those are there.
  for (const together of [first, later]) {
    const asked: { readonly job: PlannedJob; readonly mode: Run['mode'] }[] = [];
    for (const resource of together) asked.push(await ask(platform, { account, resource }, options));
    const jobs = asked.map(({ job }) => job);
    if (jobs.length === 0) continue;
    const runs = await followRuns(platform, jobs, idle, showProgress(process.stderr));
    reports.push(...runs.map((followed, index) => reportOf(followed, asked[index]?.mode ?? 'full')));
  }
  return reports;
}

async function ask(
  platform: Platform,
  collection: Collection & { readonly resource: ResourceName },
  { mode: wanted, 'active-only': activeOnly }: Pick<StartOptions, 'mode' | 'active-only'>,
): Promise<{ job: PlannedJob; mode: Run['mode'] }> {
  const state = await readSyncState(platform.state, collection);
  const interrupted = await interruptedRun(platform, collection, state.activeRunId);
  const isKept = state.fullStartedAt !== undefined || interrupted?.mode === 'full';
  const mode = wanted ?? (isKept && !activeOnly ? 'incremental' : 'full');
  const { account, resource } = collection;
  const [job] = await platform.plan({ resource, mode, activeOnly, accounts: [account] });
  if (job === undefined) throw new Error(`The planner planned no run of ${resource}.`);
  // What a killed process left is finished by whichever job comes first, so that is the run to tell about.
  const goesOn = interrupted !== undefined && wanted === undefined && !activeOnly;
  return { job: goesOn ? { ...job, runId: interrupted.runId } : job, mode };
}

/** The run that an earlier process was in the middle of, if there is one to go on with. */
async function interruptedRun(
  { state }: Platform,
  collection: Collection,
  runId: string | undefined,
): Promise<Run | undefined> {
  const run = runId === undefined ? undefined : await readRun(state, collection, runId);
  return run === undefined || isFinished(run) ? undefined : run;
}

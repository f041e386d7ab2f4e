import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import { isFinished, type Run, readRun } from '../../shared/store/runs.ts';
import { runIdOf } from '../../shared/sync/job.ts';
import { until } from '../integration/eventually.ts';
import type { StackUnderChaos } from './stack-under-chaos.ts';

/** The sync runs that were asked for. */
export interface SyncJobs {
  /** Asks for a run as a schedule's tick does: again, when the planner dies. */
  request(resource: ResourceName, mode: Run['mode']): Promise<string>;
  /** Asks for runs of all these resources and waits until they are over. */
  syncAll(resources: readonly ResourceName[], mode: Run['mode'], deadlineMs: number): Promise<void>;
  /** Every run so far as it stands; `run` is undefined where its job never got to the worker. */
  all(): Promise<readonly { readonly resource: ResourceName; readonly runId: string; readonly run: Run | undefined }[]>;
}

const plannerAttempts = 20;

export function makeSyncJobs({ platform, state }: StackUnderChaos, account: string): SyncJobs {
  const requested: { resource: ResourceName; runId: string }[] = [];
  const read = (resource: ResourceName, runId: string) => readRun(state, { account, resource }, runId);

  async function request(resource: ResourceName, mode: Run['mode']): Promise<string> {
    const tick = { resource, mode, activeOnly: false, scheduledAt: new Date().toISOString(), correlationId: 'chaos' };
    const runId = runIdOf(tick);
    requested.push({ resource, runId });
    for (let attempt = 1; attempt <= plannerAttempts; attempt++) {
      const planned = await platform.plan({ ...tick, accounts: [account] }).catch(() => []);
      if (planned.length > 0) return runId;
    }
    throw new Error(`The planner failed ${plannerAttempts} times.`);
  }

  return {
    request,
    async syncAll(resources, mode, deadlineMs) {
      const asked = await Promise.all(
        resources.map(async (resource) => ({ resource, runId: await request(resource, mode) })),
      );
      await until(
        `the end of the ${mode} syncs`,
        async () => {
          const runs = await Promise.all(asked.map(({ resource, runId }) => read(resource, runId)));
          return runs.every((run) => run !== undefined && isFinished(run));
        },
        { deadlineMs },
      );
    },
    all: () =>
      Promise.all(
        requested.map(async ({ resource, runId }) => ({ resource, runId, run: await read(resource, runId) })),
      ),
  };
}

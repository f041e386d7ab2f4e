import { setTimeout as delay } from 'node:timers/promises';
import type { Collection } from '../../shared/store/collection.ts';
import { isFinished, type Run, readRun } from '../../shared/store/runs.ts';
import type { Platform } from '../platform/platform.ts';

/** A run that was asked for, and what has become of it so far. */
export interface FollowedRun extends Collection {
  readonly runId: string;
  /** Undefined until a worker has taken the job. */
  readonly run?: Run;
}

const pollMs = 250;
/** A run that waits for longer than this is not waited for. */
const patienceMs = 90_000;

/**
 * Follows runs until each is over. A run whose work was done by another is followed to that one.
 *
 * @param idle resolves when the system has nothing left to work on: what is not over by then never will be
 * @param onProgress told several times a second
 */
export async function followRuns(
  platform: Platform,
  asked: readonly FollowedRun[],
  idle: () => Promise<void>,
  onProgress: (runs: readonly FollowedRun[]) => void,
): Promise<FollowedRun[]> {
  let runs = [...asked];
  let isIdle = false;
  const watching = idle().then(() => {
    isIdle = true;
  });
  for (;;) {
    const lastLook = isIdle;
    runs = await Promise.all(runs.map((followed) => currentOf(platform.state, followed)));
    onProgress(runs);
    if (lastLook || runs.every(({ run }) => run !== undefined && (isFinished(run) || isPutOff(run, platform.now()))))
      return runs;
    await Promise.race([delay(pollMs), watching]);
  }
}

async function currentOf(state: Platform['state'], followed: FollowedRun): Promise<FollowedRun> {
  if (followed.run !== undefined && isFinished(followed.run)) return followed;
  let run = await readRun(state, followed, followed.runId);
  if (run?.coveredBy !== undefined) run = (await readRun(state, followed, run.coveredBy)) ?? run;
  return { ...followed, ...(run !== undefined && { run }) };
}

const isPutOff = ({ status, resumesAt }: Run, now: Date): boolean =>
  status === 'waiting' && resumesAt !== undefined && Date.parse(resumesAt) - now.getTime() > patienceMs;

import { isFinished, type Run } from '../../shared/store/runs.ts';
import type { FollowedRun } from './follow-runs.ts';

/**
 * Shows how runs get on, on stderr: on a terminal a block that is drawn over and over, elsewhere a line when a run ends.
 */
export function showProgress(stream: NodeJS.WriteStream): (runs: readonly FollowedRun[]) => void {
  const told = new Set<string>();
  let drawn = 0;
  return (runs) => {
    if (stream.isTTY) {
      stream.write(`${drawn > 0 ? `\u001b[${drawn}A` : ''}${runs.map((run) => `\u001b[2K${lineOf(run)}\n`).join('')}`);
      drawn = runs.length;
      return;
    }
    for (const followed of runs) {
      if (followed.run === undefined || !isFinished(followed.run) || told.has(followed.runId + followed.resource))
        continue;
      told.add(followed.runId + followed.resource);
      stream.write(`${lineOf(followed)}\n`);
    }
  };
}

/** Where the list says how many rows it has: the share that is read, and how long the rest takes at the pace so far. */
function howFar({ status, phase, total = 0, workedMs, counts: { fetched } }: Run): string {
  if (status !== 'running' || phase !== 'read' || fetched === 0 || total <= fetched) return '';
  const leftS = Math.ceil((workedMs * (total / fetched - 1)) / 1000);
  return `, ${Math.floor((100 * fetched) / total)} %, about ${leftS < 120 ? `${leftS} s` : `${Math.ceil(leftS / 60)} min`} left`;
}

function lineOf({ resource, run }: FollowedRun): string {
  const name = resource.padEnd(13);
  if (run === undefined) return `  ${name} queued`;
  const { fetched, requests } = run.counts;
  const numbers = `${String(fetched).padStart(7)} objects, ${requests} requests${howFar(run)}`;
  const waiting = run.status === 'waiting' && run.error !== undefined ? `: ${run.error.message}` : '';
  const phase =
    run.status === 'running'
      ? run.phase === 'read'
        ? `reading${run.pass > 1 ? ` (pass ${run.pass})` : ''}`
        : 'verifying'
      : run.status;
  return `  ${name} ${phase.padEnd(16)} ${numbers}${waiting}`;
}

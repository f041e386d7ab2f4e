import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import { isFinished, type Run } from '../../shared/store/runs.ts';
import type { FollowedRun } from './follow-runs.ts';
import { printableInLine } from './say.ts';

/** Without a page from Rentvine for so long, a person is told that this is what is waited for. */
const silenceMs = 8_000;
const summaryEveryMs = 10_000;
const nameWidth = Math.max(...resources.map(({ name }) => name.length));

/**
 * Shows how runs get on: on a terminal in a block that is drawn over and over, elsewhere in a line when a run ends and in a
 * summary every ten seconds.
 *
 * @param now milliseconds that only grow
 */
export function showProgress(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  now: () => number = () => performance.now(),
): (runs: readonly FollowedRun[]) => void {
  const beganAt = now();
  const told = new Set<string>();
  let summarizedAt = beganAt;
  let isSilenceTold = false;
  let drawn = 0;

  function draw(runs: readonly FollowedRun[]): void {
    stream.write(`${drawn > 0 ? `\u001b[${drawn}A` : ''}${runs.map((run) => `\u001b[2K${lineOf(run)}\n`).join('')}`);
    drawn = runs.length;
  }

  function tell(runs: readonly FollowedRun[]): void {
    for (const followed of runs) {
      if (followed.run === undefined || !isFinished(followed.run) || told.has(followed.resource)) continue;
      told.add(followed.resource);
      stream.write(`${lineOf(followed)}\n`);
      summarizedAt = now();
    }
    if (now() - summarizedAt < summaryEveryMs) return;
    summarizedAt = now();
    stream.write(`${summaryOf(runs)}\n`);
  }

  return (runs) => {
    if (!isSilenceTold && now() - beganAt > silenceMs && runs.every(({ run }) => (run?.counts.pages ?? 0) === 0)) {
      isSilenceTold = true;
      drawn = 0;
      stream.write('Rentvine has not answered yet. Going on trying until it does; Ctrl-C stops.\n');
    }
    if (stream.isTTY) draw(runs);
    else tell(runs);
  };
}

function summaryOf(runs: readonly FollowedRun[]): string {
  const done = runs.filter(({ run }) => run !== undefined && isFinished(run)).length;
  const sum = (of: 'fetched' | 'requests') => runs.reduce((total, { run }) => total + (run?.counts[of] ?? 0), 0);
  const reason = runs.map(({ run }) => waitingFor(run)).find((message) => message !== '') ?? '';
  return `  … ${done} of ${runs.length} done: ${sum('fetched')} objects, ${sum('requests')} requests${reason}`;
}

const waitingFor = (run: FollowedRun['run']): string =>
  run?.status === 'waiting' && run.error !== undefined ? `: ${printableInLine(run.error.message)}` : '';

/** Where the list says how many rows it has: the share that is read, and how long the rest takes at the pace so far. */
function howFar({ status, phase, total = 0, workedMs, counts: { fetched } }: Run): string {
  if (status !== 'running' || phase !== 'read' || fetched === 0 || total <= fetched) return '';
  const leftS = Math.ceil((workedMs * (total / fetched - 1)) / 1000);
  return `, ${Math.floor((100 * fetched) / total)} %, about ${leftS < 120 ? `${leftS} s` : `${Math.ceil(leftS / 60)} min`} left`;
}

function lineOf({ resource, run }: FollowedRun): string {
  const name = resource.padEnd(nameWidth);
  if (run === undefined) return `  ${name} queued`;
  const { fetched, requests } = run.counts;
  const reading = run.phase === 'read' ? `reading${run.pass > 1 ? ` (pass ${run.pass})` : ''}` : 'verifying';
  const state = run.status === 'running' ? reading : run.status;
  const numbers = `${String(fetched).padStart(7)} objects, ${requests} requests${howFar(run)}`;
  return `  ${name} ${state.padEnd(16)} ${numbers}${waitingFor(run)}`;
}

import { expect, it } from 'vitest';
import type { Run } from '../../shared/store/runs.ts';
import type { FollowedRun } from './follow-runs.ts';
import { showProgress } from './progress.ts';

/** Where the progress is written to, and the clock that it goes by. */
function terminal({ isTTY }: { readonly isTTY: boolean }) {
  const lines: string[] = [];
  let now = 0;
  const show = showProgress({ isTTY, write: (text: string) => lines.push(text) > 0 }, () => now);
  const showAt = (seconds: number, runs: readonly FollowedRun[]): string => {
    now = seconds * 1000;
    lines.length = 0;
    show(runs);
    return lines.join('');
  };
  return { showAt };
}

const counts = { requests: 1, pages: 0, fetched: 0, created: 0, updated: 0, unchanged: 0, deleted: 0, quarantined: 0 };
const runOf = (resource: FollowedRun['resource'], run: Partial<Run>): FollowedRun => ({
  account: 'acme',
  resource,
  runId: 'r',
  run: { status: 'running', phase: 'read', pass: 1, counts, ...run } as Run,
});
const silent = runOf('leases', {});
const read = runOf('leases', { counts: { ...counts, pages: 1, fetched: 340 } });
const silence = 'Rentvine has not answered yet';

it.each([true, false])('says within ten seconds, once, that Rentvine does not answer (on a terminal: %s)', (isTTY) => {
  const { showAt } = terminal({ isTTY });
  expect(showAt(7, [silent])).not.toContain(silence);
  expect(showAt(9, [silent])).toContain(silence);
  expect(showAt(12, [silent])).not.toContain(silence);
});

it('says nothing of the kind once a page has come', () => {
  expect(terminal({ isTTY: false }).showAt(9, [silent, read])).not.toContain(silence);
});

it('is never silent for more than ten seconds where nothing can be drawn over, and says what is waited for', () => {
  const { showAt } = terminal({ isTTY: false });
  const error = { code: 'BREAKER_OPEN', message: 'The API is not answering.' };
  const waiting = runOf('units', { status: 'waiting', error });
  expect(showAt(9, [read, waiting])).toBe('');
  expect(showAt(11, [read, waiting])).toContain('0 of 2 done: 340 objects, 2 requests: The API is not answering.');
  const done = runOf('leases', { status: 'succeeded', counts: { ...counts, pages: 1, fetched: 340 } });
  expect(showAt(12, [done, waiting])).toMatch(/^ {2}leases +succeeded +340 objects, 1 requests\n$/);
  expect(showAt(13, [done, waiting])).toBe('');
});

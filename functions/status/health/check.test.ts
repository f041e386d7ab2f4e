import { expect, it } from 'vitest';
import { answering, runCheck } from './check.ts';

const clock = { now: () => 0, patienceMs: 5 };
const check = { name: 'a-table', ifItFails: 'unhealthy', judge: answering } as const;

it('gives up on what hangs, and does not wait for it', async () => {
  const { result, value } = await runCheck({ ...check, read: () => new Promise(() => {}) }, clock);
  expect(result).toMatchObject({ name: 'a-table', status: 'unhealthy', message: 'It did not answer in time.' });
  expect(value).toBeUndefined();
});

it('tells that something failed, and nothing of what the error says', async () => {
  const read = () => Promise.reject(new Error('no access to account very-secret'));
  const { result } = await runCheck({ ...check, ifItFails: 'degraded', read }, clock);
  expect(result.status).toBe('degraded');
  expect(JSON.stringify(result)).not.toContain('very-secret');
});

it('keeps a late failure of what hung to itself', async () => {
  let fail = (_: Error): void => {};
  const read = () =>
    new Promise<never>((_, reject) => {
      fail = reject;
    });
  await runCheck({ ...check, read }, clock);
  fail(new Error('late'));
  // An unhandled rejection would fail the whole run.
  await new Promise((resolve) => setImmediate(resolve));
});

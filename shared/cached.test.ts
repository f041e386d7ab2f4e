import { expect, it } from 'vitest';
import { cached } from './cached.ts';

it('reads once for all who ask at the same moment or soon after, and again later', async () => {
  let [now, reads] = [0, 0];
  const read = cached(
    10_000,
    () => now,
    async () => ++reads,
  );
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
  now = 9_999;
  expect(await read()).toBe(1);
  now = 10_000;
  expect(await read()).toBe(2);
});

it('does not remember a failure', async () => {
  let reads = 0;
  const read = cached(
    10_000,
    () => 0,
    async () => {
      reads += 1;
      if (reads === 1) throw new Error('not now');
      return reads;
    },
  );
  await expect(read()).rejects.toThrow('not now');
  expect(await read()).toBe(2);
});

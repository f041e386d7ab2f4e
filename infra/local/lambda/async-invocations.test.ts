import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { asyncInvocations, defaultRetryAttempts } from './async-invocations.ts';
import type { FunctionPool, InvocationOutcome } from './function-pool.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const failed: InvocationOutcome = { ok: false, error: { errorType: 'Error', errorMessage: 'not now' } };

/** A function that fails so many times, and what it was called with. */
function failing(times: number): { pool: FunctionPool; calls: string[] } {
  const calls: string[] = [];
  const invoke = async (payload: string): Promise<InvocationOutcome> => {
    calls.push(payload);
    return calls.length <= times ? failed : { ok: true, payload: 'null' };
  };
  const definition = { name: 'f', arn: 'f', module: '', exportName: '', memoryMb: 128, timeoutMs: 1, concurrency: 1 };
  return {
    calls,
    pool: {
      definition: { ...definition, environment: {} },
      invoke,
      active: () => 0,
      written: async () => {},
      stop: async () => {},
    },
  };
}

test.each([
  ['an event that always fails is tried twice more, then given up as it was', 3, defaultRetryAttempts, 3, 1],
  ['an event that succeeds at the second retry is not given up', 2, defaultRetryAttempts, 3, 0],
  ['an event without retries is given up at once', 1, 0, 1, 1],
])('%s', async (_promise, failures, maximumRetryAttempts, expectedCalls, expectedLetters) => {
  const { pool, calls } = failing(failures);
  const letters: [string, Record<string, string>][] = [];
  const asyncs = asyncInvocations();
  const giveUp = async (...letter: [string, Record<string, string>]) => void letters.push(letter);
  asyncs.accept(pool, { maximumRetryAttempts, giveUp }, '{"n":1}');
  expect(asyncs.active()).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asyncs.active()).toBe(0);
  expect(calls).toEqual(Array.from({ length: expectedCalls }, () => '{"n":1}'));
  expect(letters).toEqual(
    Array.from({ length: expectedLetters }, () => ['{"n":1}', { ErrorCode: '200', ErrorMessage: 'not now' }]),
  );
});

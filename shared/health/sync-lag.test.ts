import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LagOptions, syncLag } from './sync-lag.ts';

const minute = 60_000;
const now = new Date('2026-03-01T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * minute);
const usual: LagOptions = {
  schedule: { resource: 'leases', intervalMinutes: 5, isScheduled: true },
  breaker: 'closed',
  lastSuccessAt: minutesAgo(10).toISOString(),
  createdAt: minutesAgo(10_000),
  closedAt: minutesAgo(9_000).getTime(),
  now,
};

it('counts the intervals since the start of the last run that ended well', () => {
  expect(syncLag(usual)).toBe(2);
  expect(syncLag({ ...usual, schedule: { ...usual.schedule, intervalMinutes: 60 } })).toBeCloseTo(1 / 6);
});

it('counts since the account was asked for, while nothing has ended well', () => {
  const { lastSuccessAt: _, ...never } = usual;
  expect(syncLag({ ...never, createdAt: minutesAgo(40), closedAt: undefined })).toBe(8);
  expect(syncLag({ ...never, createdAt: undefined })).toBeUndefined();
});

it('gives a resource its usual time to catch up after an outage', () => {
  expect(syncLag({ ...usual, lastSuccessAt: minutesAgo(600).toISOString(), closedAt: minutesAgo(5).getTime() })).toBe(
    1,
  );
});

it.each(['open', 'half-open'] as const)('expects nothing of an account whose breaker is %s', (breaker) => {
  expect(syncLag({ ...usual, breaker })).toBeUndefined();
});

it('expects nothing of a resource whose schedules are off', () => {
  expect(syncLag({ ...usual, schedule: { ...usual.schedule, isScheduled: false } })).toBeUndefined();
});

it('is never below zero, and never grows with a later success or a later closing', () => {
  const ago = fc.double({ min: -5, max: 100_000, noNaN: true });
  fc.assert(
    fc.property(ago, ago, ago, (success, closing, later) => {
      const lag = (successAgo: number, closingAgo: number) =>
        syncLag({
          ...usual,
          lastSuccessAt: minutesAgo(successAgo).toISOString(),
          closedAt: minutesAgo(closingAgo).getTime(),
        }) ?? Number.NaN;
      expect(lag(success, closing)).toBeGreaterThanOrEqual(0);
      expect(lag(Math.min(success, later), closing)).toBeLessThanOrEqual(lag(success, closing));
      expect(lag(success, Math.min(closing, later))).toBeLessThanOrEqual(lag(success, closing));
    }),
  );
});

it('takes a long run that gets on for no delay, and one that no longer does for one', () => {
  const long = { ...usual, lastSuccessAt: minutesAgo(600).toISOString() };
  expect(syncLag({ ...long, progressAt: minutesAgo(4).toISOString() })).toBeCloseTo(0.8);
  expect(syncLag({ ...long, progressAt: minutesAgo(20).toISOString() })).toBe(4);
});

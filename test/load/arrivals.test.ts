import { describe, expect, it } from 'vitest';
import { dueAt, requestsIn } from './arrivals.ts';

describe('the arrivals of a load', () => {
  const due = Array.from({ length: requestsIn(100, 4, 10) }, (_, n) => dueAt(n, 100, 4));
  const between = (from: number, to: number) => due.filter((at) => at >= from && at < to).length;

  it('never go back in time', () => {
    expect(due.every((at, n) => n === 0 || at >= (due[n - 1] ?? 0))).toBe(true);
  });

  it('grow evenly during the ramp-up', () => {
    expect([between(0, 1000), between(1000, 2000), between(3000, 4000)]).toEqual([13, 37, 87]);
  });

  it('hold the rate afterwards, to the end', () => {
    expect([between(4000, 5000), between(12_000, 13_000)]).toEqual([100, 100]);
    expect(due.at(-1)).toBeLessThan(14_000);
    expect(due.at(-1)).toBeGreaterThan(13_900);
  });

  it('begin at the full rate without a ramp-up', () => {
    expect(dueAt(50, 100, 0)).toBe(500);
  });
});

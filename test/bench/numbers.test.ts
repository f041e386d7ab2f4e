import fc from 'fast-check';
import { expect, it } from 'vitest';
import { admit, closedGate, type GateState } from '../../shared/store/gate-rules.ts';
import { median, overRateLimit } from './numbers.ts';

it('finds a stretch of calls that is over the rate limit, wherever it is', () => {
  const polite = [0, 100, 200, 300, 400];
  expect(overRateLimit(polite, 10, 1)).toBe(0);
  expect(overRateLimit([0, 0, 0], 10, 2)).toBe(1);
  expect(overRateLimit([...polite, 5000, 5010, 5020], 10, 1)).toBeCloseTo(1.8);
});

it('finds nothing wrong with what the account’s own gate lets through', () => {
  const settings = { requestsPerSecond: 20, burst: 5, maxInFlight: 8, slotMs: 1000 };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }), (pauses) => {
      const arrivals: number[] = [];
      let state: GateState = closedGate;
      let now = 1_000_000;
      for (const pause of pauses) {
        now += pause;
        const admission = admit(state, settings, now, 1);
        if (admission.kind !== 'admit') continue;
        state = { ...state, arrivalAt: admission.arrivalAt };
        arrivals.push(now);
      }
      expect(overRateLimit(arrivals, settings.requestsPerSecond, settings.burst)).toBeLessThan(0.001);
    }),
  );
});

it('takes the middle value', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([])).toBeNaN();
});

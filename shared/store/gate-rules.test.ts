import fc from 'fast-check';
import { expect, it } from 'vitest';
import { admit, breakerState, closedGate, type GateState, isOpeningDue, openForMs } from './gate-rules.ts';

const settingsOf = fc.record({
  requestsPerSecond: fc.double({ min: 0.1, max: 100, noNaN: true }),
  burst: fc.integer({ min: 1, max: 50 }),
  maxInFlight: fc.integer({ min: 1, max: 50 }),
  slotMs: fc.constant(45_000),
});

it('admits in no stretch of time more than the burst and what the rate allows, and does not starve anybody', () => {
  const asks = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 2_000 }), wanted: fc.integer({ min: 1, max: 60 }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(settingsOf, asks, (settings, all) => {
      let state: GateState = closedGate;
      let now = 1_000_000;
      const admitted: { at: number; calls: number }[] = [];
      for (const { afterMs, wanted } of all) {
        now += afterMs;
        const admission = admit(state, settings, now, wanted);
        if (admission.kind === 'admit') {
          expect(admission.calls).toBeGreaterThanOrEqual(1);
          expect(admission.calls).toBeLessThanOrEqual(Math.min(wanted, settings.maxInFlight));
          state = { ...state, arrivalAt: admission.arrivalAt };
          admitted.push({ at: now, calls: admission.calls });
          continue;
        }
        expect(admission.reason).toBe('rate');
        expect(admission.waitMs).toBeGreaterThan(0);
        expect(admit(state, settings, now + admission.waitMs, 1).kind).toBe('admit');
      }
      for (const [first, from] of admitted.entries()) {
        let calls = 0;
        for (const { at, calls: more } of admitted.slice(first)) {
          calls += more;
          const allowed = settings.burst + ((at - from.at) / 1000) * settings.requestsPerSecond;
          expect(calls).toBeLessThanOrEqual(allowed + 1e-3);
        }
      }
    }),
  );
});

const settings = { requestsPerSecond: 10, burst: 20, maxInFlight: 4, slotMs: 45_000 };

it('counts only slots that are still held', () => {
  const slots = { a: 5_000, b: 5_000, c: 900, d: 1_000 };
  expect(admit({ ...closedGate, slots }, settings, 1_000, 9)).toMatchObject({ kind: 'admit', calls: 2 });
  expect(admit({ ...closedGate, slots }, settings, 800, 9)).toMatchObject({ kind: 'wait', reason: 'slots' });
});

it('lets the longest-lasting reason speak first: an open breaker before a wait, a wait before a full house', () => {
  const slots = { a: 9e9, b: 9e9, c: 9e9, d: 9e9 };
  const all = { ...closedGate, slots, consecutiveFailures: 3, openings: 1, openUntil: 2_000, blockedUntil: 3_000 };
  expect(admit(all, settings, 1_000, 1)).toEqual({ kind: 'wait', reason: 'breaker', waitMs: 1_000 });
  expect(admit(all, settings, 2_500, 1)).toEqual({ kind: 'wait', reason: 'blocked', waitMs: 500 });
  expect(admit(all, settings, 3_500, 1)).toMatchObject({ kind: 'wait', reason: 'slots' });
});

it('calls the breaker what a person would', () => {
  const failing = { ...closedGate, consecutiveFailures: 3, openings: 1, openUntil: 2_000 };
  expect(breakerState({ ...closedGate, consecutiveFailures: 2 }, 0)).toBe('closed');
  expect(breakerState(failing, 1_000)).toBe('open');
  expect(breakerState(failing, 2_000)).toBe('half-open');
  expect(isOpeningDue({ ...failing, openings: 0 })).toBe(true);
  expect(isOpeningDue(failing)).toBe(false);
});

it('keeps the breaker open for 4 to 5 seconds at first and for at most 5 minutes', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (openings, random) => {
      const ms = openForMs(openings, () => random);
      expect(ms).toBeGreaterThanOrEqual(4_000);
      expect(ms).toBeLessThanOrEqual(300_000);
    }),
  );
});

import { describe, expect, it } from 'vitest';
import { type DeliveryTrace, fateOf } from './delivery-fate.ts';

const done = { parked: 0, isDeadLetter: false };
const taken: DeliveryTrace = { isGenuine: true, answers: [{ status: 202 }], puts: 1, messages: [done] };

describe('the fate of a delivery', () => {
  it('is "processed" when it was taken and its message is done with', () => {
    expect(fateOf(taken)).toEqual({ name: 'processed', broken: false });
  });

  it('follows a parked hint to its last copy', () => {
    const messages = [done, { parked: 1, isDeadLetter: true }];
    expect(fateOf({ ...taken, puts: 2, messages }).name).toBe('kept as a dead letter');
  });

  it('names the last refusal', () => {
    const answers = [{ status: 500 }, { status: 503 }];
    expect(fateOf({ ...taken, answers, puts: 0, messages: [] })).toEqual({ name: 'refused with 503', broken: false });
    expect(fateOf({ ...taken, answers }).name).toBe('processed, though refused with 503');
  });

  it.each([
    ['was answered 2xx and never queued', { ...taken, puts: 0, messages: [] }],
    ['was queued and never came out', { ...taken, messages: [] }],
    ['lost its parked copy', { ...taken, puts: 2 }],
    ['was forged and queued', { ...taken, isGenuine: false }],
    ['was forged and answered 2xx', { ...taken, isGenuine: false, puts: 0, messages: [] }],
  ])('is broken when it %s', (_, trace) => {
    expect(fateOf(trace).broken).toBe(true);
  });
});

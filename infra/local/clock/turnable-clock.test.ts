import { expect, test } from 'vitest';
import { turnableClock } from './turnable-clock.ts';

const minuteMs = 60_000;

test('turning the clock plays what became due, in the order in which it was', async () => {
  const clock = turnableClock();
  const played: string[] = [];
  clock.after(2 * minuteMs, () => played.push('second'));
  clock.after(minuteMs, () => {
    played.push('first');
    // It is later already, so this is due only in the next turn.
    clock.after(minuteMs, () => played.push('fourth'));
  });
  clock.after(3 * minuteMs, () => played.push('third'));
  const cancel = clock.after(minuteMs, () => played.push('never'));
  cancel();
  await clock.advance(5 * minuteMs);
  expect(played).toEqual(['first', 'second', 'third']);
  await clock.advance(minuteMs);
  expect(played).toEqual(['first', 'second', 'third', 'fourth']);
});

test('a turn resolves after what it started', async () => {
  const clock = turnableClock();
  let settled = 0;
  const leave = clock.onTurn?.({
    async settled() {
      await new Promise((resolve) => setImmediate(resolve));
      settled += 1;
    },
  });
  await clock.advance(10 * minuteMs, { stepMs: 4 * minuteMs });
  expect(settled).toBe(3);
  leave?.();
  await clock.advance(minuteMs);
  expect(settled).toBe(3);
});

test('it knows what it showed at a time of the machine, before and after a turn', async () => {
  const clock = turnableClock();
  const before = new Date();
  await clock.advance(60 * minuteMs);
  const after = new Date();
  expect(clock.at?.(before).getTime()).toBeLessThanOrEqual(after.getTime() + 60 * minuteMs);
  expect((clock.at?.(after).getTime() ?? 0) - after.getTime()).toBe(60 * minuteMs);
  expect(clock.at?.(new Date(before.getTime() - 1))).toEqual(new Date(before.getTime() - 1));
});

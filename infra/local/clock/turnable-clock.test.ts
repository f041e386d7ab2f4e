import { expect, test } from 'vitest';
import { parseSchedule } from '../scheduler/schedule-expression.ts';
import { createScheduler } from '../scheduler/scheduler.ts';
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
  const leave = clock.onTurn?.(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    settled += 1;
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

test('a schedule that was due many times fires once, for the last of them; in steps it fires in each', async () => {
  const clock = turnableClock();
  const times: string[] = [];
  const scheduler = createScheduler({ path: undefined, clock });
  scheduler.add({
    name: 'each-minute',
    arn: 'arn',
    expression: 'cron(* * * * ? *)',
    timezone: 'UTC',
    enabled: true,
    input: '<aws.scheduler.scheduled-time>',
    maximumRetryAttempts: 0,
    async deliver(input) {
      times.push(input);
    },
  });
  scheduler.start();
  await clock.advance(91 * 24 * 60 * minuteMs);
  expect(times).toHaveLength(1);
  const age = clock.now().getTime() - new Date(times[0] ?? '').getTime();
  expect(age).toBeGreaterThanOrEqual(0);
  expect(age).toBeLessThan(minuteMs);
  await clock.advance(5 * minuteMs, { stepMs: minuteMs });
  expect(times).toHaveLength(6);
  scheduler.stop();
});

test.each([
  ['rate(5 minutes)', '2026-01-01T00:02:00Z', '2026-01-08T00:01:00Z', '2026-01-07T23:57:00.000Z'],
  ['rate(1 day)', '2026-01-01T00:02:00Z', '2026-01-01T23:00:00Z', '2026-01-01T00:02:00.000Z'],
  ['cron(0 3 * * ? *)', '2026-01-01T03:00:00Z', '2026-03-05T02:59:59Z', '2026-03-04T03:00:00.000Z'],
  ['cron(0/15 * * * ? *)', '2026-01-01T03:00:00Z', '2026-03-05T02:59:59Z', '2026-03-05T02:45:00.000Z'],
  ['cron(0 3 1 * ? *)', '2026-01-01T03:00:00Z', '2026-03-05T02:59:59Z', '2026-03-01T03:00:00.000Z'],
  ['cron(0 3 * * ? *)', '2026-01-01T03:00:00Z', '2026-01-01T03:00:00Z', '2026-01-01T03:00:00.000Z'],
  ['at(2026-01-01T00:00:00)', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-01-01T00:00:00.000Z'],
])('%s, due from %s on, was due last before %s at %s', (expression, first, now, latest) => {
  expect(parseSchedule(expression).latest(new Date(first), new Date(now)).toISOString()).toBe(latest);
});

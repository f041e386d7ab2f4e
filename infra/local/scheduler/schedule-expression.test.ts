import { describe, expect, test } from 'vitest';
import { parseSchedule } from './schedule-expression.ts';

describe('a schedule expression', () => {
  const at = (text: string) => new Date(text);
  const next = (expression: string, now: string, timezone?: string) =>
    parseSchedule(expression, timezone).next(at(now), undefined)?.toISOString();

  test.each([
    ['cron(0 3 * * ? *)', '2026-05-01T03:00:00Z', '2026-05-02T03:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-05-01T03:01:00Z', '2026-05-01T03:15:00.000Z'],
    // The 3rd of May 2026 is a Sunday, weekday 1 for Scheduler.
    ['cron(30 6 ? * 1 *)', '2026-05-01T00:00:00Z', '2026-05-03T06:30:00.000Z'],
    ['cron(30 6 ? * MON-FRI *)', '2026-05-02T00:00:00Z', '2026-05-04T06:30:00.000Z'],
    ['cron(0 0 L * ? *)', '2026-02-10T00:00:00Z', '2026-02-28T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2030)', '2026-02-10T00:00:00Z', '2030-01-01T00:00:00.000Z'],
  ])('%s fires when Scheduler would', (expression, now, expected) => {
    expect(next(expression, now)).toBe(expected);
  });

  test('honours its time zone', () => {
    expect(next('cron(0 3 * * ? *)', '2026-07-01T00:00:00Z', 'America/Denver')).toBe('2026-07-01T09:00:00.000Z');
  });

  test('of a rate counts from the last time, also when that was missed', () => {
    const rate = parseSchedule('rate(5 minutes)');
    const now = at('2026-01-01T00:00:00Z');
    expect(rate.next(now, undefined)).toEqual(now);
    expect(rate.next(now, at('2025-12-31T23:58:00Z'))).toEqual(at('2026-01-01T00:03:00Z'));
    expect(rate.next(now, at('2025-12-01T00:00:00Z'))).toEqual(now);
  });

  test.each(['every day', 'cron(0 3 * * *)', 'cron(99 3 * * ? *)', 'rate(1 fortnight)', 'at(2030-01-01T10:00:00)'])(
    '%s is refused',
    (text) => {
      expect(() => parseSchedule(text)).toThrow(text);
    },
  );
});

test.each([
  ['rate(5 minutes)', '2026-01-01T00:02:00Z', '2026-01-08T00:01:00Z', '2026-01-07T23:57:00.000Z'],
  ['rate(1 day)', '2026-01-01T00:02:00Z', '2026-01-01T23:00:00Z', '2026-01-01T00:02:00.000Z'],
  ['cron(0 3 * * ? *)', '2026-01-01T03:00:00Z', '2026-03-05T02:59:59Z', '2026-03-04T03:00:00.000Z'],
  ['cron(0/15 * * * ? *)', '2026-01-01T03:00:00Z', '2026-03-05T02:59:59Z', '2026-03-05T02:45:00.000Z'],
  ['cron(0 3 1 * ? *)', '2026-01-01T03:00:00Z', '2026-03-05T02:59:59Z', '2026-03-01T03:00:00.000Z'],
  ['cron(0 3 * * ? *)', '2026-01-01T03:00:00Z', '2026-01-01T03:00:00Z', '2026-01-01T03:00:00.000Z'],
])('%s, due from %s on, was due last before %s at %s', (expression, first, now, latest) => {
  expect(parseSchedule(expression).latest(new Date(first), new Date(now)).toISOString()).toBe(latest);
});

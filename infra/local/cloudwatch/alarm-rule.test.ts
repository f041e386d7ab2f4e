import { expect, test } from 'vitest';
import { parseAlarmRule } from './alarm-rule.ts';
import type { AlarmState } from './missing-data.ts';

const states: Readonly<Record<string, AlarmState>> = { red: 'ALARM', green: 'OK', grey: 'INSUFFICIENT_DATA' };
const holds = (rule: string): boolean => parseAlarmRule(rule).holds((name) => states[name] ?? 'OK');

test.each([
  ['ALARM(red)', true],
  ['ALARM("green")', false],
  ['OK(green) AND INSUFFICIENT_DATA(grey)', true],
  ['ALARM(green) AND OK(green) OR ALARM(red)', true],
  ['ALARM(red) OR ALARM(red) AND ALARM(green)', true],
  ['(ALARM(red) OR ALARM(red)) AND ALARM(green)', false],
  ['NOT ALARM(green) AND TRUE', true],
  ['NOT (ALARM(red) OR FALSE)', false],
  ['ALARM("arn:aws:cloudwatch:us-east-1:000000000000:alarm:red")', true],
])('%s is %s', (rule, expected) => {
  expect(holds(rule)).toBe(expected);
});

test('a rule names the alarms that it asks for', () => {
  expect(parseAlarmRule('ALARM(a) OR (OK("b c") AND NOT ALARM(a))').alarms).toEqual(['a', 'b c']);
});

test.each(['', 'ALARM(a', 'ALARM(a) OK(b)', 'AT_LEAST(1, ALARM, (a, b))', '(ALARM(a)'])('%j is refused', (rule) => {
  expect(() => parseAlarmRule(rule)).toThrow('Alarm rule');
});

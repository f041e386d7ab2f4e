import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../fixtures/harness.ts';
import { modelOf } from '../fixtures/model.ts';
import { readAlarms } from './alarm-definitions.ts';
import { type AlarmBoard, alarmBoard } from './alarms.ts';
import { type MetricStore, metricStore } from './metric-store.ts';

const begin = new Date('2026-01-01T00:00:00Z');
const metricOf = (name: string) => ({ namespace: 'Test', name, dimensions: {} });
const at = (seconds: number): Date => new Date(begin.getTime() + seconds * 1000);
const topic = 'arn:aws:sns:us-east-1:000000000000:topic';

/** Rings when the metric of its name is above zero. */
const metricAlarm = (AlarmName: string) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName,
    AlarmActions: [topic],
    Namespace: 'Test',
    MetricName: AlarmName,
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    TreatMissingData: 'notBreaching',
  },
});

const compositeAlarm = (AlarmName: string, AlarmRule: string) => ({
  Type: 'AWS::CloudWatch::CompositeAlarm',
  Properties: { AlarmName, AlarmRule, AlarmActions: [topic] },
});

function boardOf(
  resources: Parameters<typeof modelOf>[0],
  path?: string,
): { board: AlarmBoard; store: MetricStore; told: string[] } {
  const store = metricStore(begin);
  const told: string[] = [];
  const definitions = readAlarms(modelOf(resources).resources);
  const board = alarmBoard({ definitions, store, path, tell: ({ alarmName }) => told.push(alarmName) });
  return { board, store, told };
}

test('a composite alarm rings with the first of those that it names, by name or ARN, and tells of it once', () => {
  const arn = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:b';
  const { board, store, told } = boardOf({
    Any: compositeAlarm('any', `(ALARM("a") OR ALARM("${arn}"))`),
    A: metricAlarm('a'),
    B: metricAlarm('b'),
  });
  board.evaluate(at(0));
  store.record(metricOf('b'), 1, at(60));
  board.evaluate(at(60));
  store.record(metricOf('a'), 1, at(61));
  board.evaluate(at(61));
  expect(told).toEqual(['b', 'any', 'a']);
});

test.each([
  ['ALARM("a") AND ALARM("b")', 'a rule other than'],
  ['NOT ALARM("a")', 'a rule other than'],
  ['OK("a")', 'a rule other than'],
  ['ALARM("c")', 'its rule names c, which is no alarm on metrics'],
])('the rule %s is refused, saying why', (rule, problem) => {
  const resources = { Any: compositeAlarm('any', rule), A: metricAlarm('a'), B: metricAlarm('b') };
  expect(() => boardOf(resources)).toThrow(`Fixture/Any (AWS::CloudWatch::CompositeAlarm): ${problem}`);
});

test('an alarm tells of a change once', () => {
  const { board, store, told } = boardOf({ A: metricAlarm('a') });
  store.record(metricOf('a'), 1, at(60));
  board.evaluate(at(60));
  board.evaluate(at(70));
  expect(told).toEqual(['a']);
});

test('an alarm is after a restart what it was before, and does not tell of it again', () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'alarms.json');
  const before = boardOf({ A: metricAlarm('a') }, path);
  before.store.record(metricOf('a'), 1, at(60));
  before.board.evaluate(at(60));
  const after = boardOf({ A: metricAlarm('a') }, path);
  expect(after.board.statuses()).toMatchObject([{ state: 'ALARM', since: at(60) }]);
  after.store.record(metricOf('a'), 1, at(120));
  after.board.evaluate(at(120));
  expect([before.told, after.told]).toEqual([['a'], []]);
  rmSync(directory, { recursive: true });
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../fixtures/harness.ts';
import type { CompositeAlarm, MetricAlarm } from './alarm-definitions.ts';
import { parseAlarmRule } from './alarm-rule.ts';
import { type AlarmBoard, alarmBoard } from './alarms.ts';
import { type MetricStore, metricStore } from './metric-store.ts';

const begin = new Date('2026-01-01T00:00:00Z');
const metricOf = (name: string) => ({ namespace: 'Test', name, dimensions: {} });
const at = (seconds: number): Date => new Date(begin.getTime() + seconds * 1000);

const common = (name: string) => ({
  name,
  arn: `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`,
  description: '',
  actionsEnabled: true,
  actions: { ALARM: ['arn:aws:sns:us-east-1:000000000000:topic'], OK: [], INSUFFICIENT_DATA: [] },
  properties: {},
});

/** Rings when the metric of its name is above zero. */
const metricAlarm = (name: string): MetricAlarm => ({
  ...common(name),
  kind: 'metric',
  queries: [
    {
      id: 'm',
      kind: 'metric',
      metric: metricOf(name),
      statistic: 'Maximum',
      label: undefined,
      returned: true,
      periodSeconds: 60,
    },
  ],
  watched: 'm',
  periodMs: 60_000,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 0,
  comparison: 'greater than',
  treatMissing: 'notBreaching',
  breaches: (value) => value > 0,
});

const compositeAlarm = (name: string, rule: string, suppression: Partial<CompositeAlarm> = {}): CompositeAlarm => ({
  ...common(name),
  kind: 'composite',
  rule: parseAlarmRule(rule),
  suppressor: undefined,
  suppressorWaitMs: 0,
  suppressorExtensionMs: 0,
  ...suppression,
});

function boardOf(
  definitions: readonly (MetricAlarm | CompositeAlarm)[],
  path?: string,
): {
  board: AlarmBoard;
  store: MetricStore;
  told: string[];
} {
  const store = metricStore(begin);
  const told: string[] = [];
  const board = alarmBoard({
    definitions,
    store,
    path,
    quota: 1000,
    accountId: '000000000000',
    region: 'us-east-1',
    async tell(_topic, { alarmName }) {
      told.push(alarmName);
    },
  });
  return { board, store, told };
}

test('a composite alarm waits for those that it names: one that shall stay quiet never rings in between', async () => {
  const { board, store, told } = boardOf([
    compositeAlarm('outer', 'ALARM(a) AND NOT ALARM(inner)'),
    compositeAlarm('inner', 'ALARM(b)'),
    metricAlarm('a'),
    metricAlarm('b'),
  ]);
  await board.evaluate(at(0));
  store.record(metricOf('a'), 1, at(60));
  store.record(metricOf('b'), 1, at(60));
  await board.evaluate(at(60));
  expect(told.sort()).toEqual(['a', 'b', 'inner']);
});

test('alarms that depend on each other are refused', () => {
  expect(() => boardOf([compositeAlarm('x', 'OK(y)'), compositeAlarm('y', 'OK(x)')])).toThrow('depends on itself');
});

test('an alarm tells of a change once, and not at all while its actions are off', async () => {
  const { board, store, told } = boardOf([metricAlarm('a'), { ...metricAlarm('b'), actionsEnabled: false }]);
  for (const name of ['a', 'b']) store.record(metricOf(name), 1, at(60));
  await board.evaluate(at(60));
  await board.evaluate(at(70));
  expect(told).toEqual(['a']);
  expect(board.statuses().map(({ state }) => state)).toEqual(['ALARM', 'ALARM']);
});

test('a suppressed composite alarm tells nobody until its suppressor is over, and then what is still true', async () => {
  const suppression = { suppressor: 'maintenance', suppressorWaitMs: 30_000, suppressorExtensionMs: 30_000 };
  const { board, store, told } = boardOf([
    metricAlarm('a'),
    { ...metricAlarm('maintenance'), actionsEnabled: false },
    compositeAlarm('all', 'ALARM(a)', suppression),
  ]);
  const during = async (seconds: number, values: Readonly<Record<string, number>>): Promise<string[]> => {
    for (const [name, value] of Object.entries(values)) store.record(metricOf(name), value, at(seconds));
    await board.evaluate(at(seconds));
    return told.splice(0).filter((name) => name === 'all');
  };
  expect(await during(0, { a: 0, maintenance: 0 })).toEqual([]);
  expect(await during(60, { a: 1 })).toEqual([]);
  expect(await during(80, { maintenance: 1 })).toEqual([]);
  expect(await during(120, { a: 1, maintenance: 1 })).toEqual([]);
  expect(await during(240, { a: 1, maintenance: 0 })).toEqual(['all']);
  expect(await during(300, { a: 0, maintenance: 0 })).toEqual([]);
  // To be OK again has waited long enough as well, but no topic is told of that.
  expect(await during(340, {})).toEqual([]);
  // Nobody suppresses: it rings after the wait.
  expect(await during(360, { a: 1, maintenance: 0 })).toEqual([]);
  expect(await during(400, { a: 1, maintenance: 0 })).toEqual(['all']);
});

test('an alarm is after a restart what it was before, and does not tell of it again', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'alarms.json');
  const before = boardOf([metricAlarm('a')], path);
  before.store.record(metricOf('a'), 1, at(60));
  await before.board.evaluate(at(60));
  const after = boardOf([metricAlarm('a')], path);
  expect(after.board.statuses()).toMatchObject([{ state: 'ALARM', since: at(60) }]);
  after.store.record(metricOf('a'), 1, at(120));
  await after.board.evaluate(at(120));
  expect([before.told, after.told]).toEqual([['a'], []]);
  rmSync(directory, { recursive: true });
});

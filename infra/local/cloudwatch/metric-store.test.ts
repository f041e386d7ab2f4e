import { expect, test } from 'vitest';
import { embeddedMetrics } from './embedded-metrics.ts';
import { metricStore } from './metric-store.ts';
import { addValue, emptySet, isStatistic, statisticOf } from './statistics.ts';

const begin = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number): Date => new Date(begin.getTime() + seconds * 1000);
const id = { namespace: 'Test', name: 'Latency', dimensions: { service: 'a' } };

test('every statistic of a set of values is what CloudWatch calls by that name', () => {
  const set = emptySet();
  for (let value = 1; value <= 100; value += 1) addValue(set, value);
  const named = (name: string) => statisticOf(set, name);
  expect(['Sum', 'Average', 'Maximum', 'SampleCount'].map(named)).toEqual([5050, 50.5, 100, 100]);
  expect(['p50', 'p95', 'p99.9', 'p100', 'p0'].map(named)).toEqual([50, 95, 100, 100, 1]);
  expect(isStatistic('p95')).toBe(true);
  expect(isStatistic('TM(10%:90%)')).toBe(false);
});

test('a percentile tells values just above and just below a threshold apart', () => {
  const set = emptySet();
  const add = (value: number, times: number) => Array.from({ length: times }, () => addValue(set, value));
  add(1999.6, 95);
  add(2000.9, 5);
  expect(statisticOf(set, 'p95')).toBeLessThanOrEqual(2000);
  add(2001.4, 5);
  expect(statisticOf(set, 'p95')).toBeGreaterThan(2000);
});

test('nothing recorded is missing data, not zero', () => {
  expect(statisticOf(emptySet(), 'Sum')).toBeUndefined();
});

test('values are found by the minute in which they came, whatever the order of the dimensions', () => {
  const store = metricStore(begin);
  const two = { ...id, dimensions: { service: 'a', mode: 'full' } };
  store.record(two, 1, later(59));
  store.record({ ...id, dimensions: { mode: 'full', service: 'a' } }, 3, later(60));
  expect(store.between(two, begin.getTime(), later(60).getTime()).sum).toBe(1);
  expect(store.between(two, begin.getTime(), later(120).getTime()).sum).toBe(4);
  expect(store.between(id, begin.getTime(), later(120).getTime()).count).toBe(0);
  expect(store.points(two, later(60))).toEqual([{ at: later(60), sum: 3, maximum: 3, sampleCount: 1 }]);
});

test('of a metric that comes every minute two days are kept, the newest', () => {
  const store = metricStore(begin);
  const minutes = 60 * 24 * 7;
  for (let minute = 0; minute < minutes; minute += 1) store.record(id, 1, later(minute * 60));
  const points = store.points(id);
  expect(points.length).toBeGreaterThanOrEqual(2 * 24 * 60);
  expect(points.length).toBeLessThan(3 * 24 * 60);
  expect(points.at(-1)?.at).toEqual(later((minutes - 1) * 60));
});

test('a line in embedded metric format yields each value of each metric and set of dimensions', () => {
  const line = JSON.stringify({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [
        {
          Namespace: 'N',
          Dimensions: [['service'], ['service', 'resource']],
          Metrics: [
            { Name: 'Rows', Unit: 'Count' },
            { Name: 'Absent', Unit: 'Count' },
          ],
        },
      ],
    },
    service: 'worker',
    resource: 'leases',
    Rows: [1, 2],
  });
  const found = embeddedMetrics(line).map(({ id: metric, value }) => [metric.name, metric.dimensions, value]);
  const both = { service: 'worker', resource: 'leases' };
  expect(found).toEqual([
    ['Rows', { service: 'worker' }, 1],
    ['Rows', { service: 'worker' }, 2],
    ['Rows', both, 1],
    ['Rows', both, 2],
  ]);
});

test.each(['plain text', '{"message":"about _aws"}', '{"_aws": broken', '{"_aws":{"Timestamp":1}}'])(
  'the line %s holds no metrics',
  (line) => {
    expect(embeddedMetrics(line)).toEqual([]);
  },
);

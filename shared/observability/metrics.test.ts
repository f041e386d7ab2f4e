import { beforeEach, expect, it, vi } from 'vitest';
import { capturedOutput } from '../../test/captured-output.ts';
import {
  createMetricRecorder,
  type MetricDefinition,
  metricDefinitions,
  metrics,
  metricsNamespace,
} from './metrics.ts';

const output = capturedOutput(['stdout']);

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'sync-worker');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', metricsNamespace('prod'));
});

it('prints one embedded-metric line per set of dimensions, with unit and namespace', () => {
  const recorder = createMetricRecorder({ enabled: true });
  recorder.record('RecordsCreated', 3, { resource: 'leases', account: 'acme' });
  recorder.record('RecordsUnchanged', 247, { resource: 'leases', account: 'acme' });
  recorder.record('ApiLatency', 120, { account: 'acme' });
  recorder.publish();
  recorder.publish();
  expect(output.lines()).toHaveLength(2);
  expect(output.lines()[0]).toMatchObject({
    service: 'sync-worker',
    resource: 'leases',
    account: 'acme',
    RecordsCreated: 3,
    RecordsUnchanged: 247,
  });
  expect(output.lines()[0]._aws.CloudWatchMetrics).toEqual([
    {
      Namespace: 'Aictive/Rentvine/prod',
      Dimensions: [['service', 'resource']],
      Metrics: [
        { Name: 'RecordsCreated', Unit: 'Count' },
        { Name: 'RecordsUnchanged', Unit: 'Count' },
      ],
    },
  ]);
  expect(output.lines()[1]._aws.CloudWatchMetrics[0]).toMatchObject({
    Dimensions: [['service']],
    Metrics: [{ Name: 'ApiLatency', Unit: 'Milliseconds' }],
  });
});

it('sends no count of nothing, which would be billed, but every other zero', () => {
  const recorder = createMetricRecorder({ enabled: true });
  recorder.record('RecordsDeleted', 0, { resource: 'leases', account: 'acme' });
  recorder.publish();
  expect(output.lines()).toEqual([]);
  recorder.record('RateLimitWait', 0, { account: 'acme' });
  recorder.publish();
  expect(output.lines()).toHaveLength(1);
});

it('keeps every value of a metric that is recorded more often than one line can hold', () => {
  const recorder = createMetricRecorder({ enabled: true });
  for (let index = 0; index < 250; index += 1) recorder.record('ApiLatency', index, { account: 'acme' });
  recorder.publish();
  expect(output.lines().flatMap((line) => line.ApiLatency)).toHaveLength(250);
  expect(output.lines().every((line) => line.account === 'acme')).toBe(true);
});

it('drops what is no number instead of failing', () => {
  const recorder = createMetricRecorder({ enabled: true });
  expect(() => recorder.record('ApiLatency', Number.NaN, {})).not.toThrow();
  recorder.publish();
  expect(output.text()).toBe('');
});

it('says nothing outside Lambda', () => {
  metrics.record('SyncRuns', 1, { resource: 'leases', mode: 'full', outcome: 'succeeded' });
  metrics.publish();
  expect(output.text()).toBe('');
});

it('has few dimensions, never an id, and the account only of business figures', () => {
  const definitions: readonly MetricDefinition[] = Object.values(metricDefinitions);
  const dimensionsOf = (gauges: boolean) =>
    [
      ...new Set(definitions.filter(({ gauge = false }) => gauge === gauges).flatMap((each) => [...each.dimensions])),
    ].sort();
  expect(dimensionsOf(false)).toEqual(['answer', 'mode', 'outcome', 'resource', 'source', 'statusClass']);
  expect(dimensionsOf(true)).toEqual(['account', 'priority', 'withinDays']);
});

it('sends a figure of nothing, but not a count of nothing', () => {
  const recorder = createMetricRecorder({ enabled: true });
  recorder.record('UnitsVacant', 0, { account: 'acme' });
  recorder.record('RowsQuarantined', 0, {});
  recorder.publish();
  expect(output.lines()).toEqual([expect.objectContaining({ UnitsVacant: 0, account: 'acme' })]);
});

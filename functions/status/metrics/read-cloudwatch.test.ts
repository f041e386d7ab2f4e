import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { metricDefinitions, metricsNamespace } from '../../../shared/observability/metrics.ts';
import { awsStub } from '../../../test/aws-stub.ts';
import { cloudWatchCatalogue } from './cloudwatch-catalogue.ts';
import type { Family } from './exposition.ts';
import { readCloudWatch } from './read-cloudwatch.ts';

const queriesSchema = z.object({
  StartTime: z.number(),
  EndTime: z.number(),
  NextToken: z.string().optional(),
  MetricDataQueries: z.array(
    z.object({
      Id: z.string(),
      MetricStat: z.object({
        Metric: z.object({
          Namespace: z.string(),
          MetricName: z.string(),
          Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
        }),
        Period: z.number(),
        Stat: z.string(),
      }),
    }),
  ),
});
type Queries = z.output<typeof queriesSchema>;

const functions = [
  'business-reporter',
  'change-publisher',
  'dead-letter-keeper',
  'status',
  'sync-planner',
  'sync-worker',
  'watcher',
  'webhook-processor',
  'webhook-receiver',
];
const catalogue = cloudWatchCatalogue({
  stage: 'dev',
  apiId: 'api-1',
  functions,
  queues: [{ name: 'sync-jobs', physicalName: 'aictive-dev-sync-jobs.fifo' }],
  tables: [{ name: 'records', physicalName: 'aictive-dev-records' }],
  deadLetterSources: ['sync-jobs', 'webhook-events'],
});

/** CloudWatch that answers each metric's values, two metrics to a page. */
function cloudWatch(valuesOf: (metric: string, labels: Record<string, string>) => number[]) {
  const calls: Queries[] = [];
  const client = new CloudWatchClient(
    awsStub(({ body }) => {
      const call = queriesSchema.parse(body);
      calls.push(call);
      const start = Number(call.NextToken ?? 0);
      const results = call.MetricDataQueries.slice(start, start + 2).map(({ Id, MetricStat: { Metric } }) => ({
        Id,
        Values: valuesOf(
          Metric.MetricName,
          Object.fromEntries(Metric.Dimensions.map(({ Name, Value }) => [Name, Value])),
        ),
        Timestamps: [],
      }));
      const more = start + 2 < call.MetricDataQueries.length;
      return { MetricDataResults: results, ...(more && { NextToken: String(start + 2) }) };
    }),
  );
  return { client, calls };
}

const family = (families: readonly Family[], name: string) => families.find((each) => each.name === name)?.samples;

it('adds the minutes of a count up, takes the worst minute of anything else, and turns it into the family’s unit', async () => {
  const { client, calls } = cloudWatch((metric, { FunctionName, service }) => {
    if (metric === 'Errors' && FunctionName === 'aictive-dev-sync-worker') return [2, 0, 1];
    if (metric === 'Latency') return [120, 250, 80];
    if (metric === 'MemoryUsed' && service === 'status') return [101.5];
    return [];
  });
  const families = await readCloudWatch(client, catalogue, Date.parse('2026-03-01T10:07:31Z'));

  const errors = family(families, 'function_errors_last_5m');
  expect(errors).toContainEqual({ labels: { function: 'sync-worker' }, value: 3 });
  // Nobody counted any: that is none, and not unknown.
  expect(errors).toContainEqual({ labels: { function: 'watcher' }, value: 0 });
  expect(family(families, 'http_latency_seconds')).toContainEqual({ labels: { statistic: 'p95' }, value: 0.25 });
  expect(family(families, 'function_memory_used_bytes')).toEqual([
    { labels: { function: 'status' }, value: 101.5 * 1024 * 1024 },
  ]);
  expect(family(families, 'rentvine_latency_seconds')).toEqual([]);

  const [first] = calls;
  expect(first).toMatchObject({
    StartTime: Date.parse('2026-03-01T10:03:00Z') / 1000,
    EndTime: Date.parse('2026-03-01T10:08:00Z') / 1000,
  });
  expect(new Set(first?.MetricDataQueries.map(({ MetricStat }) => MetricStat.Period))).toEqual(new Set([60]));
});

it('asks only for metrics that exist, with the dimensions that they are recorded with', () => {
  for (const { metric, namespace, dimensions } of catalogue.flatMap(({ series }) => series)) {
    if (namespace !== metricsNamespace('dev')) continue;
    const definition = Object.entries(metricDefinitions).find(([name]) => name === metric)?.[1];
    expect(Object.keys(dimensions), metric).toEqual(['service', ...(definition?.dimensions ?? ['is no metric'])]);
    expect(functions, metric).toContain(dimensions.service);
  }
});

it('costs what the README says: fewer than 150 metrics a scrape', () => {
  expect(catalogue.flatMap(({ series }) => series).length).toBeLessThan(150);
});

it('has its unit in the name of each family, and no name twice', () => {
  const names = catalogue.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/_(?:last_5m|seconds|bytes|executions)$/);
});

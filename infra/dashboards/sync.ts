import { lambdaMetric, ownMetric, queueMetric } from '../alarms/metric-ref.ts';
import { type PlatformNames, queueNames, resourceNames } from '../alarms/platform-names.ts';
import { type Dashboard, each, line, type Series } from './dashboard.ts';

const modes = ['incremental', 'full'] as const;

const runs = (outcome: 'succeeded' | 'failed'): Series[] =>
  resourceNames.map((resource) => ({
    label: resource,
    expression: 'SUM([incremental, full])',
    metrics: Object.fromEntries(
      modes.map((mode) => [mode, ownMetric('sync-worker', 'SyncRuns', 'Sum', { resource, mode, outcome })]),
    ),
  }));

const perResource = (name: 'RecordsCreated' | 'RecordsUpdated' | 'RecordsDeleted' | 'RecordsQuarantined'): Series[] =>
  each(resourceNames, (resource) => ownMetric('sync-worker', name, 'Sum', { resource }));

export const sync = (names: PlatformNames): Dashboard => ({
  name: 'sync',
  title: 'Sync',
  about: 'Which resource is behind or fails, and what the runs change.',
  rows: [
    [
      {
        title: 'Furthest behind, in intervals',
        kind: 'graph',
        unit: 'intervals',
        width: 8,
        alarmAt: 3,
        periodSeconds: 60,
        series: [line('worst of all', ownMetric('watcher', 'SyncLag', 'Maximum'))],
      },
      {
        title: 'Time since each resource was read',
        kind: 'graph',
        unit: 'seconds',
        width: 8,
        series: each(resourceNames, (resource) => ownMetric('watcher', 'SyncFreshness', 'Maximum', { resource })),
      },
      {
        title: 'Failures',
        kind: 'stacked',
        unit: 'count',
        width: 8,
        series: [
          line('runs', ownMetric('sync-worker', 'SyncRunsFailed', 'Sum')),
          line('jobs', ownMetric('sync-worker', 'JobsFailed', 'Sum')),
        ],
      },
    ],
    [
      { title: 'Runs that succeeded', kind: 'stacked', unit: 'count', width: 12, series: runs('succeeded') },
      { title: 'Runs that failed', kind: 'stacked', unit: 'count', width: 12, series: runs('failed') },
    ],
    [
      {
        title: 'Duration of full runs',
        kind: 'graph',
        unit: 'milliseconds',
        width: 8,
        periodSeconds: 3600,
        series: each(resourceNames, (resource) =>
          ownMetric('sync-worker', 'SyncDuration', 'Maximum', { resource, mode: 'full' }),
        ),
      },
      {
        title: 'Duration of incremental runs, p95',
        kind: 'graph',
        unit: 'milliseconds',
        width: 8,
        series: each(resourceNames, (resource) =>
          ownMetric('sync-worker', 'SyncDuration', 'p95', { resource, mode: 'incremental' }),
        ),
      },
      {
        title: 'Slices and continuations',
        kind: 'graph',
        unit: 'count',
        width: 8,
        series: modes.flatMap((mode) => [
          line(`${mode} slices`, ownMetric('sync-worker', 'Slices', 'Sum', { mode })),
          line(`${mode} continuations`, ownMetric('sync-worker', 'Continuations', 'Sum', { mode })),
        ]),
      },
    ],
    [
      { title: 'Records created', kind: 'stacked', unit: 'count', width: 6, series: perResource('RecordsCreated') },
      { title: 'Records updated', kind: 'stacked', unit: 'count', width: 6, series: perResource('RecordsUpdated') },
      { title: 'Records deleted', kind: 'stacked', unit: 'count', width: 6, series: perResource('RecordsDeleted') },
      {
        title: 'Rows quarantined',
        kind: 'stacked',
        unit: 'count',
        width: 6,
        series: perResource('RecordsQuarantined'),
      },
    ],
    [
      {
        title: 'Sync jobs waiting',
        kind: 'graph',
        unit: 'count',
        width: 8,
        series: [
          line('visible', queueMetric(names, 'ApproximateNumberOfMessagesVisible', 'Maximum', queueNames.syncJobs)),
          line('workers', lambdaMetric(names, 'ConcurrentExecutions', 'Maximum', 'sync-worker')),
        ],
      },
      {
        title: 'Change events published',
        kind: 'stacked',
        unit: 'count',
        width: 8,
        series: each(resourceNames, (resource) =>
          ownMetric('change-publisher', 'ChangeEventsPublished', 'Sum', { resource }),
        ),
      },
      {
        title: 'Change events: age of the stream, and delay',
        kind: 'graph',
        unit: 'milliseconds',
        width: 8,
        alarmAt: 3_600_000,
        series: [
          line('age of the stream', lambdaMetric(names, 'IteratorAge', 'Maximum', 'change-publisher')),
          line('delay, p95', ownMetric('change-publisher', 'ChangeEventDelay', 'p95')),
        ],
      },
    ],
  ],
});

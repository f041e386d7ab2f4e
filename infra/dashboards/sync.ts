import { lambdaMetric, ownMetric, queueMetric } from '../alarms/metric-ref.ts';
import { type PlatformNames, queueNames, resourceNames } from '../alarms/platform-names.ts';
import { type Dashboard, each, graph, line, type Series, stacked } from './dashboard.ts';

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

const durations = (mode: (typeof modes)[number], statistic: 'Maximum' | 'p95'): Series[] =>
  each(resourceNames, (resource) => ownMetric('sync-worker', 'SyncDuration', statistic, { resource, mode }));

export const sync = (names: PlatformNames): Dashboard => ({
  name: 'sync',
  title: 'Sync',
  about: 'Which resource is behind or fails, and what the runs change.',
  rows: [
    [
      graph(
        'Furthest behind, in intervals',
        'intervals',
        [line('worst of all', ownMetric('watcher', 'SyncLag', 'Maximum'))],
        { alarm: 'stale-resource' },
      ),
      graph(
        'Time since each resource was read',
        'seconds',
        each(resourceNames, (resource) => ownMetric('watcher', 'SyncFreshness', 'Maximum', { resource })),
      ),
      stacked('Failures', 'count', [
        line('runs', ownMetric('sync-worker', 'SyncRunsFailed', 'Sum')),
        line('jobs', ownMetric('sync-worker', 'JobsFailed', 'Sum')),
      ]),
    ],
    [stacked('Runs that succeeded', 'count', runs('succeeded')), stacked('Runs that failed', 'count', runs('failed'))],
    [
      graph('Duration of full runs', 'milliseconds', durations('full', 'Maximum'), { periodSeconds: 3600 }),
      graph('Duration of incremental runs, p95', 'milliseconds', durations('incremental', 'p95')),
      graph(
        'Slices and continuations',
        'count',
        modes.flatMap((mode) => [
          line(`${mode} slices`, ownMetric('sync-worker', 'Slices', 'Sum', { mode })),
          line(`${mode} continuations`, ownMetric('sync-worker', 'Continuations', 'Sum', { mode })),
        ]),
      ),
    ],
    [
      stacked('Records created', 'count', perResource('RecordsCreated')),
      stacked('Records updated', 'count', perResource('RecordsUpdated')),
      stacked('Records deleted', 'count', perResource('RecordsDeleted')),
      stacked('Rows quarantined', 'count', perResource('RecordsQuarantined')),
    ],
    [
      graph('Sync jobs waiting', 'count', [
        line('visible', queueMetric(names, 'ApproximateNumberOfMessagesVisible', 'Maximum', queueNames.syncJobs)),
        line('workers', lambdaMetric(names, 'ConcurrentExecutions', 'Maximum', 'sync-worker')),
      ]),
      stacked(
        'Change events published',
        'count',
        each(resourceNames, (resource) => ownMetric('change-publisher', 'ChangeEventsPublished', 'Sum', { resource })),
      ),
      graph(
        'Change events: age of the stream, and delay',
        'milliseconds',
        [
          line('age of the stream', lambdaMetric(names, 'IteratorAge', 'Maximum', 'change-publisher')),
          line('delay, p95', ownMetric('change-publisher', 'ChangeEventDelay', 'p95')),
        ],
        { alarm: 'change-events-late' },
      ),
    ],
  ],
});

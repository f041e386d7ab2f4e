import {
  accountConcurrency,
  apiMetric,
  lambdaMetric,
  ownMetric,
  queueMetric,
  tableMetric,
} from '../alarms/metric-ref.ts';
import { functionNames, type PlatformNames, queueNames, resourceNames } from '../alarms/platform-names.ts';
import { type Dashboard, each, line } from './dashboard.ts';

const queues = Object.values(queueNames);

export const overview = (names: PlatformNames): Dashboard => ({
  name: 'overview',
  title: 'Overview',
  about: 'Is the copy current, and is anything failing?',
  rows: [
    [
      {
        title: 'Furthest behind',
        kind: 'number',
        unit: 'intervals',
        width: 4,
        series: [line('intervals', ownMetric('watcher', 'SyncLag', 'Maximum'))],
      },
      {
        title: 'Breakers open',
        kind: 'number',
        unit: 'count',
        width: 4,
        series: [line('accounts', ownMetric('watcher', 'BreakersOpen', 'Maximum'))],
      },
      {
        title: 'Oldest dead letter',
        kind: 'number',
        unit: 'seconds',
        width: 4,
        series: [line('age', ownMetric('watcher', 'DeadLetterAge', 'Maximum'))],
      },
      {
        title: 'Deletions held',
        kind: 'number',
        unit: 'count',
        width: 4,
        series: [line('resources', ownMetric('watcher', 'DeletionHolds', 'Maximum'))],
      },
      {
        title: 'Watcher rounds',
        kind: 'number',
        unit: 'count',
        width: 4,
        series: [line('in 5 minutes', ownMetric('watcher', 'WatcherRounds', 'Sum'))],
      },
      {
        title: 'Oldest secret',
        kind: 'number',
        unit: 'seconds',
        width: 4,
        series: [line('age', ownMetric('watcher', 'SecretAge', 'Maximum'))],
      },
    ],
    [
      {
        title: 'Failed invocations',
        kind: 'stacked',
        unit: 'count',
        width: 8,
        alarmAt: 10,
        series: [
          ...each(functionNames, (name) => lambdaMetric(names, 'Errors', 'Sum', name)),
          line('API 5xx', apiMetric(names, '5xx', 'Sum')),
        ],
      },
      {
        title: 'Oldest message of each queue',
        kind: 'graph',
        unit: 'seconds',
        width: 8,
        alarmAt: 300,
        series: each(queues, (queue) => queueMetric(names, 'ApproximateAgeOfOldestMessage', 'Maximum', queue)),
      },
      {
        title: 'Time since each resource was read',
        kind: 'graph',
        unit: 'seconds',
        width: 8,
        series: each(resourceNames, (resource) => ownMetric('watcher', 'SyncFreshness', 'Maximum', { resource })),
      },
    ],
    [
      {
        title: 'Invocations turned away',
        kind: 'stacked',
        unit: 'count',
        width: 8,
        series: each(functionNames, (name) => lambdaMetric(names, 'Throttles', 'Sum', name)),
      },
      {
        title: 'Functions running at once',
        kind: 'graph',
        unit: 'count',
        width: 8,
        series: [
          line('all of the AWS account', accountConcurrency),
          ...each(['sync-worker', 'webhook-processor', 'webhook-receiver'], (name) =>
            lambdaMetric(names, 'ConcurrentExecutions', 'Maximum', name),
          ),
        ],
      },
      {
        title: 'Table throttles',
        kind: 'stacked',
        unit: 'count',
        width: 8,
        series: [
          line('records, reads', tableMetric(names, 'ReadThrottleEvents', 'records')),
          line('records, writes', tableMetric(names, 'WriteThrottleEvents', 'records')),
          line('state, reads', tableMetric(names, 'ReadThrottleEvents', 'state')),
          line('state, writes', tableMetric(names, 'WriteThrottleEvents', 'state')),
        ],
      },
    ],
    [
      {
        title: 'Invocations',
        kind: 'stacked',
        unit: 'count',
        width: 8,
        series: each(functionNames, (name) => lambdaMetric(names, 'Invocations', 'Sum', name)),
      },
      {
        title: 'Duration, p95',
        kind: 'graph',
        unit: 'milliseconds',
        width: 8,
        series: each(functionNames, (name) => lambdaMetric(names, 'Duration', 'p95', name)),
      },
      {
        title: 'Memory used',
        kind: 'graph',
        unit: 'megabytes',
        width: 8,
        series: each(['sync-worker', 'webhook-processor'], (service) => ownMetric(service, 'MemoryUsed', 'Maximum')),
      },
    ],
  ],
});

import {
  accountConcurrency,
  apiMetric,
  lambdaMetric,
  ownMetric,
  queueMetric,
  tableMetric,
} from '../alarms/metric-ref.ts';
import { functionNames, type PlatformNames, queueNames, resourceNames } from '../alarms/platform-names.ts';
import { type Dashboard, each, figure, graph, line, stacked } from './dashboard.ts';

export const overview = (names: PlatformNames): Dashboard => ({
  name: 'overview',
  title: 'Overview',
  about: 'Is the copy current, and is anything failing?',
  rows: [
    [
      figure('Furthest behind', 'intervals', 'intervals', ownMetric('watcher', 'SyncLag', 'Maximum')),
      figure('Breakers open', 'count', 'accounts', ownMetric('watcher', 'BreakersOpen', 'Maximum')),
      figure('Oldest dead letter', 'seconds', 'age', ownMetric('watcher', 'DeadLetterAge', 'Maximum')),
      figure('Deletions held', 'count', 'resources', ownMetric('watcher', 'DeletionHolds', 'Maximum')),
      figure('Watcher rounds', 'count', 'in 5 minutes', ownMetric('watcher', 'WatcherRounds', 'Sum')),
      figure('Oldest secret', 'seconds', 'age', ownMetric('watcher', 'SecretAge', 'Maximum')),
    ],
    [
      stacked(
        'Failed invocations',
        'count',
        [
          ...each(functionNames, (name) => lambdaMetric(names, 'Errors', 'Sum', name)),
          line('API 5xx', apiMetric(names, '5xx', 'Sum')),
        ],
        { alarm: 'high-error-rate' },
      ),
      graph(
        'Oldest message of each queue',
        'seconds',
        each(Object.values(queueNames), (queue) =>
          queueMetric(names, 'ApproximateAgeOfOldestMessage', 'Maximum', queue),
        ),
        { alarm: 'queue-backlog' },
      ),
      graph(
        'Time since each resource was read',
        'seconds',
        each(resourceNames, (resource) => ownMetric('watcher', 'SyncFreshness', 'Maximum', { resource })),
      ),
    ],
    [
      stacked(
        'Invocations turned away',
        'count',
        each(functionNames, (name) => lambdaMetric(names, 'Throttles', 'Sum', name)),
      ),
      graph('Functions running at once', 'count', [
        line('all of the AWS account', accountConcurrency),
        ...each(['sync-worker', 'webhook-processor', 'webhook-receiver'], (name) =>
          lambdaMetric(names, 'ConcurrentExecutions', 'Maximum', name),
        ),
      ]),
      stacked('Table throttles', 'count', [
        line('records, reads', tableMetric(names, 'ReadThrottleEvents', 'records')),
        line('records, writes', tableMetric(names, 'WriteThrottleEvents', 'records')),
        line('state, reads', tableMetric(names, 'ReadThrottleEvents', 'state')),
        line('state, writes', tableMetric(names, 'WriteThrottleEvents', 'state')),
      ]),
    ],
    [
      stacked(
        'Invocations',
        'count',
        each(functionNames, (name) => lambdaMetric(names, 'Invocations', 'Sum', name)),
      ),
      graph(
        'Duration, p95',
        'milliseconds',
        each(functionNames, (name) => lambdaMetric(names, 'Duration', 'p95', name)),
      ),
      graph(
        'Memory used',
        'megabytes',
        each(['sync-worker', 'webhook-processor'], (service) => ownMetric(service, 'MemoryUsed', 'Maximum')),
      ),
    ],
  ],
});

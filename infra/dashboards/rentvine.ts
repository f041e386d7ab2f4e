import { ownMetric } from '../alarms/metric-ref.ts';
import { type Dashboard, line, type Series } from './dashboard.ts';

const callers = ['sync-worker', 'webhook-processor'] as const;
const statusClasses = ['2xx', '3xx', '4xx', '429', '5xx', 'network'] as const;

const answers: Series[] = statusClasses.map((statusClass) => ({
  label: statusClass,
  expression: 'SUM([sync, webhooks])',
  metrics: {
    sync: ownMetric('sync-worker', 'ApiRequests', 'Sum', { statusClass }),
    webhooks: ownMetric('webhook-processor', 'ApiRequests', 'Sum', { statusClass }),
  },
}));

const ofCallers = (name: 'ApiRetries' | 'BreakerOpened' | 'BreakerClosed', what: string): Series[] =>
  callers.map((service) => line(`${what} (${service})`, ownMetric(service, name, 'Sum')));

export const rentvine = (): Dashboard => ({
  name: 'rentvine',
  title: 'Rentvine API',
  about: 'Does Rentvine answer, how fast, and is what it says understood?',
  rows: [
    [
      {
        title: 'Breakers open',
        kind: 'graph',
        unit: 'count',
        width: 8,
        alarmAt: 1,
        periodSeconds: 60,
        series: [line('accounts', ownMetric('watcher', 'BreakersOpen', 'Maximum'))],
      },
      { title: 'Calls by answer', kind: 'stacked', unit: 'count', width: 8, series: answers },
      {
        title: 'Latency of a call',
        kind: 'graph',
        unit: 'milliseconds',
        width: 8,
        alarmAt: 5000,
        series: callers.flatMap((service) => [
          line(`p50 (${service})`, ownMetric(service, 'ApiLatency', 'p50')),
          line(`p95 (${service})`, ownMetric(service, 'ApiLatency', 'p95')),
        ]),
      },
    ],
    [
      {
        title: 'Breaker changes',
        kind: 'graph',
        unit: 'count',
        width: 8,
        series: [...ofCallers('BreakerOpened', 'opened'), ...ofCallers('BreakerClosed', 'closed')],
      },
      { title: 'Retries', kind: 'stacked', unit: 'count', width: 8, series: ofCallers('ApiRetries', 'retries') },
      {
        title: 'Wait for the rate limit and the in-flight cap',
        kind: 'graph',
        unit: 'milliseconds',
        width: 8,
        series: callers.map((service) => line(`p95 (${service})`, ownMetric(service, 'RateLimitWait', 'p95'))),
      },
    ],
    [
      {
        title: 'Rows that did not fit',
        kind: 'graph',
        unit: 'percent',
        width: 8,
        alarmAt: 0.5,
        periodSeconds: 3600,
        series: [
          {
            label: 'of the rows read',
            expression: '100 * quarantined / rows',
            metrics: {
              rows: ownMetric('sync-worker', 'RowsRead', 'Sum'),
              quarantined: ownMetric('sync-worker', 'RowsQuarantined', 'Sum'),
            },
          },
        ],
      },
      {
        title: 'Runs that failed for the shape of an answer',
        kind: 'graph',
        unit: 'count',
        width: 8,
        series: [line('runs', ownMetric('sync-worker', 'ContractViolations', 'Sum'))],
      },
      {
        title: 'Oldest secret',
        kind: 'graph',
        unit: 'seconds',
        width: 8,
        alarmAt: 90 * 86_400,
        series: [line('age', ownMetric('watcher', 'SecretAge', 'Maximum'))],
      },
    ],
  ],
});

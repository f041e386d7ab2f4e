import { ownMetric } from '../alarms/metric-ref.ts';
import { type Dashboard, graph, line, type Series, stacked } from './dashboard.ts';

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

const rowsThatDidNotFit: Series = {
  label: 'of the rows read',
  expression: '100 * quarantined / rows',
  metrics: {
    rows: ownMetric('sync-worker', 'RowsRead', 'Sum'),
    quarantined: ownMetric('sync-worker', 'RowsQuarantined', 'Sum'),
  },
};

export const rentvine = (): Dashboard => ({
  name: 'rentvine',
  title: 'Rentvine API',
  about: 'Does Rentvine answer, how fast, and is what it says understood?',
  rows: [
    [
      graph('Breakers open', 'count', [line('accounts', ownMetric('watcher', 'BreakersOpen', 'Maximum'))], {
        alarm: 'rentvine-api-down',
      }),
      stacked('Calls by answer', 'count', answers),
      graph(
        'Latency of a call',
        'milliseconds',
        callers.flatMap((service) => [
          line(`p50 (${service})`, ownMetric(service, 'ApiLatency', 'p50')),
          line(`p95 (${service})`, ownMetric(service, 'ApiLatency', 'p95')),
        ]),
        { alarm: 'rentvine-latency' },
      ),
    ],
    [
      graph('Breaker changes', 'count', [
        ...ofCallers('BreakerOpened', 'opened'),
        ...ofCallers('BreakerClosed', 'closed'),
      ]),
      stacked('Retries', 'count', ofCallers('ApiRetries', 'retries')),
      graph(
        'Wait for the rate limit and the in-flight cap',
        'milliseconds',
        callers.map((service) => line(`p95 (${service})`, ownMetric(service, 'RateLimitWait', 'p95'))),
      ),
    ],
    [
      graph('Rows that did not fit', 'percent', [rowsThatDidNotFit], { alarm: 'contract-violations' }),
      graph('Runs that failed for the shape of an answer', 'count', [
        line('runs', ownMetric('sync-worker', 'ContractViolations', 'Sum')),
      ]),
      graph('Fields that are new, gone or of another type', 'count', [
        line('changes', ownMetric('change-publisher', 'SchemaChanges', 'Sum')),
      ]),
      graph('Oldest secret', 'seconds', [line('age', ownMetric('watcher', 'SecretAge', 'Maximum'))], {
        alarm: 'secret-rotation',
      }),
    ],
  ],
});

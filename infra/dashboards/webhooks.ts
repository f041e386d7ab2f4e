import { webhookAnswers } from '../../shared/webhook/answers.ts';
import { apiMetric, ownMetric, queueMetric } from '../alarms/metric-ref.ts';
import { deadLetterSources, type PlatformNames, queueNames, resourceNames } from '../alarms/platform-names.ts';
import { type Dashboard, each, graph, line, stacked } from './dashboard.ts';

export const webhooks = (names: PlatformNames): Dashboard => ({
  name: 'webhooks',
  title: 'Webhooks',
  about: 'Do webhooks arrive, are they believed, and how soon is their object stored?',
  rows: [
    [
      stacked(
        'Webhooks by answer',
        'count',
        each(webhookAnswers, (answer) => ownMetric('webhook-receiver', 'WebhooksReceived', 'Sum', { answer })),
      ),
      graph(
        'Refused signatures',
        'count',
        [line('refused', ownMetric('webhook-receiver', 'WebhookSignatureFailures', 'Sum'))],
        { alarm: 'signature-failures' },
      ),
      graph(
        'Latency of the HTTP API',
        'milliseconds',
        [line('p50', apiMetric(names, 'Latency', 'p50')), line('p95', apiMetric(names, 'Latency', 'p95'))],
        { alarm: 'api-latency' },
      ),
    ],
    [
      graph(
        'From arrival to stored record, p95',
        'milliseconds',
        each(resourceNames, (resource) => ownMetric('webhook-processor', 'WebhookDelay', 'p95', { resource })),
      ),
      graph('Wait in the queue', 'milliseconds', [
        line('p95', ownMetric('webhook-processor', 'WebhookQueueWait', 'p95')),
        line('longest', ownMetric('webhook-processor', 'WebhookQueueWait', 'Maximum')),
      ]),
      graph(
        'Oldest webhook in the queue',
        'seconds',
        [line('age', queueMetric(names, 'ApproximateAgeOfOldestMessage', 'Maximum', queueNames.webhookEvents))],
        { alarm: 'queue-backlog' },
      ),
    ],
    [
      graph('Hints', 'count', [
        line('queued', ownMetric('webhook-receiver', 'WebhookHintsQueued', 'Sum')),
        line('failed', ownMetric('webhook-processor', 'WebhookHintsFailed', 'Sum')),
        line('put off', ownMetric('webhook-processor', 'WebhookHintsParked', 'Sum')),
        line('not understood', ownMetric('webhook-processor', 'WebhookEventsUnknown', 'Sum')),
      ]),
      stacked(
        'Objects read',
        'count',
        each(resourceNames, (resource) => ownMetric('webhook-processor', 'WebhookObjectsRead', 'Sum', { resource })),
      ),
      graph(
        'Requests to the HTTP API',
        'count',
        [
          line('all', apiMetric(names, 'Count', 'Sum')),
          line('4xx', apiMetric(names, '4xx', 'Sum')),
          line('5xx', apiMetric(names, '5xx', 'Sum')),
        ],
        { alarm: 'api-flooded' },
      ),
    ],
    [
      stacked(
        'New dead letters',
        'count',
        each(deadLetterSources, (source) => ownMetric('dead-letter-keeper', 'DeadLettersKept', 'Sum', { source })),
      ),
      stacked(
        'Dead letters that wait for an operator',
        'count',
        each(deadLetterSources, (source) => ownMetric('watcher', 'DeadLetters', 'Maximum', { source })),
      ),
      graph('Oldest dead letter', 'seconds', [line('age', ownMetric('watcher', 'DeadLetterAge', 'Maximum'))], {
        alarm: 'dead-letter-unhandled',
      }),
    ],
  ],
});

import { webhookAnswers } from '../../shared/webhook/answers.ts';
import { apiMetric, ownMetric, queueMetric } from '../alarms/metric-ref.ts';
import { deadLetterSources, type PlatformNames, queueNames, resourceNames } from '../alarms/platform-names.ts';
import { type Dashboard, each, line } from './dashboard.ts';

export const webhooks = (names: PlatformNames): Dashboard => ({
  name: 'webhooks',
  title: 'Webhooks',
  about: 'Do webhooks arrive, are they believed, and how soon is their object stored?',
  rows: [
    [
      {
        title: 'Webhooks by answer',
        kind: 'stacked',
        unit: 'count',
        width: 8,
        series: each(webhookAnswers, (answer) => ownMetric('webhook-receiver', 'WebhooksReceived', 'Sum', { answer })),
      },
      {
        title: 'Refused signatures',
        kind: 'graph',
        unit: 'count',
        width: 8,
        alarmAt: 20,
        series: [line('refused', ownMetric('webhook-receiver', 'WebhookSignatureFailures', 'Sum'))],
      },
      {
        title: 'Latency of the HTTP API',
        kind: 'graph',
        unit: 'milliseconds',
        width: 8,
        alarmAt: 2000,
        series: [line('p50', apiMetric(names, 'Latency', 'p50')), line('p95', apiMetric(names, 'Latency', 'p95'))],
      },
    ],
    [
      {
        title: 'From arrival to stored record, p95',
        kind: 'graph',
        unit: 'milliseconds',
        width: 8,
        series: each(resourceNames, (resource) => ownMetric('webhook-processor', 'WebhookDelay', 'p95', { resource })),
      },
      {
        title: 'Wait in the queue',
        kind: 'graph',
        unit: 'milliseconds',
        width: 8,
        series: [
          line('p95', ownMetric('webhook-processor', 'WebhookQueueWait', 'p95')),
          line('longest', ownMetric('webhook-processor', 'WebhookQueueWait', 'Maximum')),
        ],
      },
      {
        title: 'Oldest webhook in the queue',
        kind: 'graph',
        unit: 'seconds',
        width: 8,
        alarmAt: 300,
        series: [line('age', queueMetric(names, 'ApproximateAgeOfOldestMessage', 'Maximum', queueNames.webhookEvents))],
      },
    ],
    [
      {
        title: 'Hints',
        kind: 'graph',
        unit: 'count',
        width: 8,
        series: [
          line('queued', ownMetric('webhook-receiver', 'WebhookHintsQueued', 'Sum')),
          line('failed', ownMetric('webhook-processor', 'WebhookHintsFailed', 'Sum')),
          line('put off', ownMetric('webhook-processor', 'WebhookHintsParked', 'Sum')),
          line('not understood', ownMetric('webhook-processor', 'WebhookEventsUnknown', 'Sum')),
        ],
      },
      {
        title: 'Objects read',
        kind: 'stacked',
        unit: 'count',
        width: 8,
        series: each(resourceNames, (resource) =>
          ownMetric('webhook-processor', 'WebhookObjectsRead', 'Sum', { resource }),
        ),
      },
      {
        title: 'Requests to the HTTP API',
        kind: 'graph',
        unit: 'count',
        width: 8,
        series: [
          line('all', apiMetric(names, 'Count', 'Sum')),
          line('4xx', apiMetric(names, '4xx', 'Sum')),
          line('5xx', apiMetric(names, '5xx', 'Sum')),
        ],
      },
    ],
    [
      {
        title: 'New dead letters',
        kind: 'stacked',
        unit: 'count',
        width: 8,
        series: each(deadLetterSources, (source) =>
          ownMetric('dead-letter-keeper', 'DeadLettersKept', 'Sum', { source }),
        ),
      },
      {
        title: 'Dead letters that wait for an operator',
        kind: 'stacked',
        unit: 'count',
        width: 8,
        series: each(deadLetterSources, (source) => ownMetric('watcher', 'DeadLetters', 'Maximum', { source })),
      },
      {
        title: 'Oldest dead letter',
        kind: 'graph',
        unit: 'seconds',
        width: 8,
        alarmAt: 3600,
        series: [line('age', ownMetric('watcher', 'DeadLetterAge', 'Maximum'))],
      },
    ],
  ],
});

import { resources } from '../../../shared/rentvine/resources/catalogue.ts';
import { webhookAnswers } from '../../../shared/webhook/answers.ts';
import type { WebhooksView } from '../view.ts';
import { chartedMinutes, type MetricReader } from './metrics.ts';

/** How webhooks were answered, and how long they took to become records. */
export function collectWebhooks(metrics: MetricReader): WebhooksView {
  const delays = resources.map(({ name: resource }) =>
    metrics.minutes(metrics.own('webhook-processor', 'WebhookDelay', { resource })),
  );
  return {
    answers: webhookAnswers
      .map((answer) => ({
        answer,
        perMinute: metrics
          .minutes(metrics.own('webhook-receiver', 'WebhooksReceived', { answer }))
          .map((minute) => minute?.sum ?? 0),
      }))
      .filter(({ answer, perMinute }) => answer === 'queued' || perMinute.some((count) => count > 0)),
    slowestMs: Array.from({ length: chartedMinutes }, (_, minute) => {
      const values = delays.flatMap((each) => each[minute]?.maximum ?? []);
      return values.length === 0 ? null : Math.round(Math.max(...values));
    }),
  };
}

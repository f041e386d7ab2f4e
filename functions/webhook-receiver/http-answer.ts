import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { WebhookAnswerKind } from '../../shared/webhook/answers.ts';
import type { WebhookAnswer } from './receive-webhook.ts';

const statusOf: Readonly<Record<WebhookAnswerKind, number>> = {
  queued: 202,
  duplicate: 202,
  malformed: 400,
  unauthorized: 401,
  tooLarge: 413,
  unsupported: 415,
  limited: 429,
  unavailable: 503,
};

/** An answer as API Gateway wants it, without the security headers that all answers get. */
export function httpAnswer(answer: WebhookAnswer, correlationId: string): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: statusOf[answer.kind],
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-correlation-id': correlationId,
      ...('retryAfterMs' in answer && { 'retry-after': String(Math.max(1, Math.ceil(answer.retryAfterMs / 1000))) }),
    },
    body: JSON.stringify({ status: answer.kind, correlationId }),
  };
}

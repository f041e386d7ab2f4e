import { setTimeout as sleep } from 'node:timers/promises';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import httpSecurityHeaders from '@middy/http-security-headers';
import { traced, tracedHandler } from '#request-tracing';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { readDirectory } from '../../shared/store/account-directory.ts';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { webhookRate } from '../../shared/store/webhook-rate.ts';
import { claimToken } from '../../shared/store/webhook-tokens.ts';
import { clientTimeouts } from '../client-timeouts.ts';
import { readEnvironment } from '../environment.ts';
import { publishMetrics } from '../publish-metrics.ts';
import type { WebhookRequest } from './decode-request.ts';
import { environmentSchema } from './environment.ts';
import { hintQueue } from './hint-queue.ts';
import { httpAnswer } from './http-answer.ts';
import { keyRing } from './key-ring.ts';
import { knownAccounts } from './known-accounts.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { rememberedClaims } from './remembered-claims.ts';

const environment = readEnvironment(environmentSchema);
const timeouts = clientTimeouts(1_500);
const state = { client: documentClient(new DynamoDBClient(timeouts)), name: environment.STATE_TABLE };
const dependencies = {
  keys: keyRing({
    secrets: new SecretsManagerClient(timeouts),
    prefix: environment.WEBHOOK_SECRET_PREFIX,
    accounts: knownAccounts(() => readDirectory(state), Date.now),
    now: Date.now,
    sleep,
  }),
  rate: webhookRate({ table: state, settings: environment.WEBHOOK_SETTINGS, now: Date.now }),
  claims: rememberedClaims(claimToken.bind(undefined, state)),
  queue: hintQueue(traced(new SQSClient(timeouts)), environment.WEBHOOK_EVENTS_QUEUE_URL),
  now: () => new Date(),
  sleep,
};

/**
 * Invoked by the HTTP API with payload format 2.0. It has no tracer of X-Ray's, which would be a quarter of
 * the bundle's size and start-up: Lambda traces the invocation itself.
 */
const receive = tracedHandler(async (event: WebhookRequest) => {
  const correlationId = event.requestContext.requestId;
  logger.appendKeys({ correlationId });
  const answer = await receiveWebhook(event, correlationId, dependencies);
  metrics.record('WebhooksReceived', 1, { answer: answer.kind });
  return httpAnswer(answer, correlationId);
});

export const handler = middy(receive)
  .use(injectLambdaContext(logger, { clearState: true }))
  // Reading the memory in use would be a line of metrics for every webhook.
  .use(publishMetrics({ withMemory: false }))
  .use(httpSecurityHeaders());

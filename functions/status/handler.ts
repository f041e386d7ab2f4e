import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import httpSecurityHeaders from '@middy/http-security-headers';
import { logger } from '../../shared/observability/logger.ts';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { clientTimeouts } from '../client-timeouts.ts';
import { readEnvironment } from '../environment.ts';
import { publishMetrics } from '../publish-metrics.ts';
import { answerRequest } from './answer-request.ts';
import { environmentSchema } from './environment.ts';
import type { StatusRequest } from './http.ts';
import { securityHeaders } from './security-headers.ts';
import { statusService } from './status-service.ts';
import { statusToken } from './status-token.ts';

const environment = readEnvironment(environmentSchema);
const timeouts = clientTimeouts(2_000);
const client = documentClient(new DynamoDBClient(timeouts));
const secrets = new SecretsManagerClient(timeouts);
const service = statusService({
  platform: {
    records: { client, name: environment.RECORDS_TABLE },
    state: { client, name: environment.STATE_TABLE },
    sqs: new SQSClient(timeouts),
    queues: environment.QUEUES,
    now: Date.now,
  },
  // It is asked for a hundred metrics at once, and nobody's health depends on it.
  cloudWatch: new CloudWatchClient(clientTimeouts(4_000)),
  stage: environment.STAGE,
  apiId: environment.API_ID,
  functions: environment.FUNCTIONS,
  authorize: statusToken(secrets, environment.STATUS_TOKEN_SECRET, Date.now),
});

/** Invoked by the HTTP API with payload format 2.0. It has no tracer, as the webhook receiver has none. */
export const handler = middy(async (event: StatusRequest) => {
  logger.appendKeys({ correlationId: event.requestContext.requestId });
  return answerRequest(event, service);
})
  .use(injectLambdaContext(logger, { clearState: true }))
  .use(publishMetrics())
  .use(httpSecurityHeaders(securityHeaders));

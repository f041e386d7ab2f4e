import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import httpSecurityHeaders from '@middy/http-security-headers';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { readEnvironment } from '../environment.ts';
import { answerRequest } from './answer-request.ts';
import { environmentSchema } from './environment.ts';
import type { StatusRequest } from './http.ts';
import { securityHeaders } from './security-headers.ts';
import { statusService } from './status-service.ts';
import { statusToken } from './status-token.ts';

const kilobytesPerMegabyte = 1024;
const environment = readEnvironment(environmentSchema);
/** A service that hangs is itself an answer, which must be given in time. */
const patience = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};
const client = documentClient(new DynamoDBClient(patience));
const secrets = new SecretsManagerClient(patience);
const service = statusService({
  platform: {
    records: { client, name: environment.RECORDS_TABLE },
    state: { client, name: environment.STATE_TABLE },
    sqs: new SQSClient(patience),
    secrets,
    secretPrefix: environment.SECRET_PREFIX,
    queues: environment.QUEUES,
    schedules: environment.RESOURCE_SCHEDULES,
    now: Date.now,
  },
  cloudWatch: new CloudWatchClient({
    ...patience,
    // It is asked for a hundred metrics at once, and nobody's health depends on it.
    requestHandler: { ...patience.requestHandler, requestTimeout: 4_000 },
  }),
  stage: environment.STAGE,
  apiId: environment.API_ID,
  functions: environment.FUNCTIONS,
  authorize: statusToken(secrets, environment.STATUS_TOKEN_SECRET, Date.now),
});

/** As the house middlewares do, which would bring a tracer along. */
const publish = (): void => {
  metrics.record('MemoryUsed', process.resourceUsage().maxRSS / kilobytesPerMegabyte, {});
  metrics.publish();
};

/** Invoked by the HTTP API with payload format 2.0. Lambda's own trace has to do, as for webhooks. */
export const handler = middy(async (event: StatusRequest) => {
  logger.appendKeys({ correlationId: event.requestContext.requestId });
  return answerRequest(event, service);
})
  .use(injectLambdaContext(logger, { clearState: true }))
  .use({ after: publish, onError: publish })
  .use(httpSecurityHeaders(securityHeaders));

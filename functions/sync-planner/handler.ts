import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { traced } from '#tracing';
import { parseConfiguration } from '../../shared/configuration.ts';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { syncRequestSchema } from '../../shared/sync/job.ts';
import { readEnvironment } from '../environment.ts';
import { instrumented } from '../middleware.ts';
import { environmentSchema } from './environment.ts';
import { planJobs } from './plan-jobs.ts';

const environment = readEnvironment(environmentSchema);
const dependencies = {
  sqs: traced(new SQSClient()),
  secrets: traced(new SecretsManagerClient()),
  state: { client: documentClient(new DynamoDBClient()), name: environment.STATE_TABLE },
  queueUrl: environment.SYNC_JOBS_QUEUE_URL,
  secretPrefix: environment.SECRET_PREFIX,
};

/** Invoked by a schedule, or by an operator with the same input. */
export const handler = instrumented(async (event: unknown) =>
  planJobs(parseConfiguration('The sync request', syncRequestSchema, event), dependencies),
);

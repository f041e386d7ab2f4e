import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { traced } from '#tracing';
import { accountReader } from '../../shared/account/read-account.ts';
import { standings } from '../../shared/account/standing.ts';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { readEnvironment } from '../environment.ts';
import { instrumented } from '../middleware.ts';
import { eachMessage, partialBatch } from '../partial-batch.ts';
import { environmentSchema } from './environment.ts';
import { receiveJob } from './receive-job.ts';

const environment = readEnvironment(environmentSchema);
const client = documentClient(new DynamoDBClient());
const secrets = traced(new SecretsManagerClient());
const state = { client, name: environment.STATE_TABLE };
const dependencies = {
  sqs: traced(new SQSClient()),
  queueUrl: environment.SYNC_JOBS_QUEUE_URL,
  deadLetterQueueUrl: environment.SYNC_JOBS_DEAD_LETTERS_URL,
  records: { client, name: environment.RECORDS_TABLE },
  state,
  settings: environment.SYNC_SETTINGS,
  readAccount: accountReader(secrets, environment.SECRET_PREFIX),
  standing: standings(state, secrets, environment.SECRET_PREFIX),
  now: () => new Date(),
};

/** Invoked with one message of the sync-jobs queue at a time. */
export const handler = instrumented(async ({ Records }: SQSEvent, context: Context) =>
  partialBatch(await eachMessage(Records, (record) => receiveJob(record, context, dependencies))),
);

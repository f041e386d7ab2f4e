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
import { partialBatch } from '../partial-batch.ts';
import { accessCache } from './access-cache.ts';
import { environmentSchema } from './environment.ts';
import { processHints } from './process-hints.ts';
import { recentReads } from './recent-reads.ts';

const environment = readEnvironment(environmentSchema);
const client = documentClient(new DynamoDBClient());
const secrets = traced(new SecretsManagerClient());
const settings = environment.SYNC_SETTINGS;
const stores = {
  records: { client, name: environment.RECORDS_TABLE },
  state: { client, name: environment.STATE_TABLE },
  settings,
  now: () => new Date(),
};
const dependencies = {
  ...stores,
  sqs: traced(new SQSClient()),
  queueUrl: environment.WEBHOOK_EVENTS_QUEUE_URL,
  deadLetterQueueUrl: environment.WEBHOOK_EVENTS_DEAD_LETTERS_URL,
  access: accessCache({
    ...stores,
    readAccount: accountReader(secrets, environment.SECRET_PREFIX),
  }),
  standing: standings(stores.state, secrets, environment.SECRET_PREFIX),
  recent: recentReads(),
  random: Math.random,
};
/** Kept free at the end for a request under way and for storing its answer. */
const reserveMs = settings.requestTimeoutSeconds * 1000 + 8_000;

/** Invoked with batches of the webhook-events queue. */
export const handler = instrumented(async ({ Records }: SQSEvent, context: Context) =>
  partialBatch(await processHints(Records, Date.now() + context.getRemainingTimeInMillis() - reserveMs, dependencies)),
);

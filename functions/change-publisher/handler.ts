import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { traced } from '#tracing';
import { readEnvironment } from '../environment.ts';
import { instrumented } from '../middleware.ts';
import { partialBatch } from '../partial-batch.ts';
import { environmentSchema } from './environment.ts';
import { publishChanges } from './publish-changes.ts';

const environment = readEnvironment(environmentSchema);
const dependencies = {
  events: traced(new EventBridgeClient()),
  sqs: traced(new SQSClient()),
  busName: environment.EVENT_BUS_NAME,
  deadLetterQueueUrl: environment.CHANGE_EVENTS_DLQ_URL,
  now: () => new Date(),
};

/** Invoked with batches of the records table's stream. */
export const handler = instrumented(async ({ Records }: DynamoDBStreamEvent) =>
  partialBatch(await publishChanges(Records, dependencies)),
);

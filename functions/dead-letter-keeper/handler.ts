import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { readEnvironment } from '../environment.ts';
import { instrumented } from '../middleware.ts';
import { eachMessage, partialBatch } from '../partial-batch.ts';
import { environmentSchema } from './environment.ts';
import { keepLetter } from './keep-letter.ts';

const environment = readEnvironment(environmentSchema);
const dependencies = {
  state: { client: documentClient(new DynamoDBClient()), name: environment.STATE_TABLE },
  sources: environment.DEAD_LETTER_SOURCES,
  now: () => new Date(),
};

/** Invoked with batches of every dead-letter queue. */
export const handler = instrumented(async ({ Records }: SQSEvent) =>
  partialBatch(await eachMessage(Records, (record) => keepLetter(record, dependencies))),
);

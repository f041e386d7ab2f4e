import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { keeperEnvironmentSchema, readEnvironment } from '../../shared/config.ts';
import { traced } from '../../shared/observability/tracer.ts';
import { documentClient } from '../../shared/store/table.ts';
import { instrumented } from '../middleware.ts';
import { keepLetters } from './keep-letters.ts';

const environment = readEnvironment(keeperEnvironmentSchema);
const dependencies = {
  state: { client: documentClient(traced(new DynamoDBClient())), name: environment.STATE_TABLE },
  sources: environment.DEAD_LETTER_SOURCES,
  now: () => new Date(),
};

/** Invoked with batches of every dead-letter queue. */
export const handler = instrumented(async (event: SQSEvent) => keepLetters(event.Records, dependencies));

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { traced } from '#tracing';
import { parseConfiguration } from '../../shared/configuration.ts';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { readEnvironment } from '../environment.ts';
import { instrumented } from '../middleware.ts';
import { scheduleEventSchema } from '../schedule-event.ts';
import { environmentSchema } from './environment.ts';
import { reportFigures } from './report-figures.ts';

const environment = readEnvironment(environmentSchema);
const client = documentClient(new DynamoDBClient());
const dependencies = {
  secrets: traced(new SecretsManagerClient()),
  secretPrefix: environment.SECRET_PREFIX,
  state: { client, name: environment.STATE_TABLE },
  records: { client, name: environment.RECORDS_TABLE },
};
/** The time that a large account may take: with less of it left, none is begun. */
const reserveMs = 90_000;

/** Invoked by its schedule a few times a day. */
export const handler = instrumented(async (event: unknown, context: Context) => {
  const { scheduledAt } = parseConfiguration('The tick', scheduleEventSchema, event);
  const mayBegin = () => context.getRemainingTimeInMillis() > reserveMs;
  await reportFigures(new Date(scheduledAt), { ...dependencies, mayBegin });
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { traced } from '#tracing';
import { parseConfiguration } from '../../shared/configuration.ts';
import { secretChanges } from '../../shared/health/secret-changes.ts';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { readEnvironment } from '../environment.ts';
import { instrumented } from '../middleware.ts';
import { scheduleEventSchema } from '../schedule-event.ts';
import { environmentSchema } from './environment.ts';
import { watch } from './watch.ts';

const environment = readEnvironment(environmentSchema);
const secrets = traced(new SecretsManagerClient());
const dependencies = {
  secrets,
  secretPrefix: environment.SECRET_PREFIX,
  state: { client: documentClient(new DynamoDBClient()), name: environment.STATE_TABLE },
  schedules: environment.RESOURCE_SCHEDULES,
  secretChangedAt: secretChanges(secrets),
};

/** Invoked by its schedule every minute. */
export const handler = instrumented(async (event: unknown) => {
  const { scheduledAt } = parseConfiguration('The tick', scheduleEventSchema, event);
  await watch(new Date(scheduledAt), dependencies);
});

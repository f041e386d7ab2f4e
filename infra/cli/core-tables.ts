import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { parseConfiguration } from '../../shared/configuration.ts';
import { documentClient, type Table } from '../../shared/store/dynamo-table.ts';

const outputsSchema = z.looseObject({
  RecordsTableName: z.string(),
  StateTableName: z.string(),
  PlannerFunctionName: z.string(),
  SecretPrefix: z.string(),
});

/** What the operator's tools need of a core stack that runs, here or on AWS. */
export interface Core {
  readonly records: Table;
  readonly state: Table;
  readonly plannerName: string;
  readonly secretPrefix: string;
}

/** The core stack by its outputs. */
export function coreOf(outputs: unknown, config: DynamoDBClientConfig): Core {
  const { RecordsTableName, StateTableName, PlannerFunctionName, SecretPrefix } = parseConfiguration(
    'The outputs of the core stack',
    outputsSchema,
    outputs,
  );
  const client = documentClient(new DynamoDBClient(config));
  return {
    records: { client, name: RecordsTableName },
    state: { client, name: StateTableName },
    plannerName: PlannerFunctionName,
    secretPrefix: SecretPrefix,
  };
}

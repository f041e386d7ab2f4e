import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../infra/local/dynamodb/dynamodb.ts';
import { documentClient, type Table } from '../shared/store/table.ts';
import { awsStub, type SeenRequest } from './aws-stub.ts';

export interface LocalTables extends AsyncDisposable {
  readonly records: Table;
  readonly state: Table;
  /** Every request so far; empty it to count anew. */
  readonly requests: SeenRequest[];
  /** Called before each request; what it throws is DynamoDB's answer, an `AwsError` by its name. */
  intercept: (request: SeenRequest) => void | Promise<void>;
}

const keys = {
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
};

/** The two tables of the platform in memory, behind the real SDK client but without a network in between. */
export async function startLocalTables(): Promise<LocalTables> {
  const database = await startDynamoDb({ path: undefined, accountId: '000000000000', region: 'eu-west-1' });
  const tables: Pick<LocalTables, 'requests' | 'intercept'> = { requests: [], intercept: () => {} };

  const answer = async (request: SeenRequest) => {
    await tables.intercept(request);
    tables.requests.push(request);
    return database.execute(request.operation, request.body);
  };
  const client = documentClient(new DynamoDBClient(awsStub(answer)));
  const index = ['byPropertyPk', 'byPropertySk'];
  await database.createTable('records', 'arn:aws:dynamodb:eu-west-1:000000000000:table/records/stream/1', {
    ...keys,
    AttributeDefinitions: [
      ...keys.AttributeDefinitions,
      ...index.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-property',
        KeySchema: index.map((AttributeName, position) => ({
          AttributeName,
          KeyType: position === 0 ? 'HASH' : 'RANGE',
        })),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  });
  await database.createTable('state', 'arn:aws:dynamodb:eu-west-1:000000000000:table/state/stream/1', keys);
  return Object.assign(tables, {
    records: { client, name: 'records' },
    state: { client, name: 'state' },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await database.close();
    },
  });
}

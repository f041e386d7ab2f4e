import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../infra/local/aws-error.ts';
import { startDynamoDb } from '../infra/local/dynamodb.ts';
import { documentClient, type Table } from '../shared/store/table.ts';

/** One request to DynamoDB as the SDK sent it. */
export interface SeenRequest {
  readonly operation: string;
  readonly body: Record<string, unknown>;
}

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

interface HttpRequest {
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** The two tables of the platform in memory, behind the real SDK client but without a network in between. */
export async function startLocalTables(): Promise<LocalTables> {
  const region = 'eu-west-1';
  const database = await startDynamoDb({ path: undefined, accountId: '000000000000', region });
  const tables: Pick<LocalTables, 'requests' | 'intercept'> = { requests: [], intercept: () => {} };

  const answer = async ({ headers, body: sent }: HttpRequest): Promise<{ statusCode: number; content: unknown }> => {
    const target = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1] ?? '';
    const text = typeof sent === 'string' ? sent : Buffer.from(sent).toString();
    const request: SeenRequest = { operation: target.split('.').at(-1) ?? '', body: JSON.parse(text) };
    try {
      await tables.intercept(request);
      tables.requests.push(request);
      return { statusCode: 200, content: await database.execute(request.operation, request.body) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { statusCode: error.status, content: { __type: error.type, message: error.message, ...error.details } };
    }
  };
  const client = documentClient(
    new DynamoDBClient({
      region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
      requestHandler: {
        async handle(request: HttpRequest) {
          const { statusCode, content } = await answer(request);
          const headers = { 'content-type': 'application/x-amz-json-1.0' };
          return { response: { statusCode, headers, body: Buffer.from(JSON.stringify(content)) } };
        },
      },
    }),
  );
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

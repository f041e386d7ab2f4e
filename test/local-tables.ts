import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect } from 'vitest';
import * as z from 'zod';
import { startDynamoDb, type TableProperties } from '../infra/local/dynamodb/dynamodb.ts';
import { documentClient, type Table } from '../shared/store/dynamo-table.ts';
import { awsStub, type SeenRequest } from './aws-stub.ts';
import { askDynamoDb, tablePrefix } from './dynamodb/ask.ts';

export interface LocalTables extends AsyncDisposable {
  readonly records: Table;
  readonly state: Table;
  /** Every request so far; empty it to count anew. */
  readonly requests: SeenRequest[];
  /** Called before each request; what it throws is DynamoDB's answer, an `AwsError` by its name. */
  intercept: (request: SeenRequest) => void | Promise<void>;
}

const attributes = (...names: string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];
const state = { KeySchema: keys('pk', 'sk'), AttributeDefinitions: attributes('pk', 'sk') };
const records = {
  KeySchema: keys('pk', 'sk'),
  AttributeDefinitions: attributes('pk', 'sk', 'byPropertyPk', 'byPropertySk'),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-property',
      KeySchema: keys('byPropertyPk', 'byPropertySk'),
      Projection: { ProjectionType: 'KEYS_ONLY' as const },
    },
  ],
};

interface Database {
  execute(operation: string, body: Record<string, unknown>): unknown;
  createTable(name: string, properties: TableProperties): void | Promise<void>;
  close(): void | Promise<void>;
}

function inMemory(): Database {
  const database = startDynamoDb({ path: () => undefined });
  return {
    ...database,
    createTable: (name, properties) =>
      database.createTable(name, `arn:aws:dynamodb:eu-west-1:000000000000:table/${name}/stream/1`, properties),
  };
}

const created = z.object({ TableDescription: z.object({ TableArn: z.string(), TableStatus: z.literal('ACTIVE') }) });

/** DynamoDB Local, and nothing else: its tables are in a region of their own. */
function dynamoDbLocal(endpoint: string): Database {
  return {
    execute: (operation, body) => askDynamoDb(endpoint, operation, body),
    async createTable(TableName, properties) {
      const request = { TableName, ...properties, BillingMode: 'PAY_PER_REQUEST' };
      const { TableDescription } = created.parse(await askDynamoDb(endpoint, 'CreateTable', request));
      expect(TableDescription.TableArn).toContain(':ddblocal:');
    },
    close: async () => {},
  };
}

/**
 * The two tables of the platform behind the real SDK client: in memory, without a network in between; or in the DynamoDB
 * Local of `npm run test:dynamodb`.
 */
export async function startLocalTables(): Promise<LocalTables> {
  const endpoint = process.env.TEST_DYNAMODB_ENDPOINT;
  const database = endpoint === undefined ? inMemory() : dynamoDbLocal(endpoint);
  const prefix = endpoint === undefined ? '' : `${tablePrefix(expect.getState().testPath ?? '')}${randomUUID()}.`;
  const tables: Pick<LocalTables, 'requests' | 'intercept'> = { requests: [], intercept: () => {} };

  const answer = async (request: SeenRequest) => {
    await tables.intercept(request);
    tables.requests.push(request);
    return database.execute(request.operation, request.body);
  };
  const client = documentClient(new DynamoDBClient(awsStub(answer)));
  await database.createTable(`${prefix}records`, records);
  await database.createTable(`${prefix}state`, state);
  return Object.assign(tables, {
    records: { client, name: `${prefix}records` },
    state: { client, name: `${prefix}state` },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await database.close();
    },
  });
}

/** Empty tables for each test of the file that calls this at its top. */
export function emptyTables(): Omit<LocalTables, keyof AsyncDisposable> {
  let opened: LocalTables | undefined;
  beforeEach(async () => {
    const tables = await startLocalTables();
    opened = tables;
    return () => tables[Symbol.asyncDispose]();
  });
  const tables = (): LocalTables => {
    if (opened === undefined) throw new Error('There are tables while a test runs only.');
    return opened;
  };
  return {
    get records() {
      return tables().records;
    },
    get state() {
      return tables().state;
    },
    get requests() {
      return tables().requests;
    },
    get intercept() {
      return tables().intercept;
    },
    set intercept(intercept) {
      tables().intercept = intercept;
    },
  };
}

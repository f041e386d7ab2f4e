import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';
import { unsupportedOperation } from '../aws-error.ts';
import { booleanProperty, ofType } from '../cloudformation/template-resource.ts';
import type { LocalService } from '../local-service.ts';
import { openDatabase } from './database.ts';
import { noSuchTable } from './errors.ts';
import { type ItemTable, itemTable } from './items.ts';
import { batchGetItem, getItem, query, scan } from './reads.ts';
import { type OperationName, type Request, readRequest, requests } from './request.ts';
import { batchExecuteStatement } from './statements.ts';
import { openStreamLog, type StreamLog } from './stream-log.ts';
import { tableDefinition, tableProperties } from './table.ts';
import { batchWriteItem, deleteItem, putItem, removeExpired, updateItem } from './writes.ts';

const expiryIntervalMs = 60_000;

const templateProperties = tableProperties.extend({
  TableName: z.string().optional(),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: booleanProperty }).optional(),
});
const inertProperties = [
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'ResourcePolicy',
  'SSESpecification',
  'Tags',
];

/** The properties of an `AWS::DynamoDB::Table` that have an effect here. */
export type TableProperties = Omit<z.infer<typeof templateProperties>, 'TableName' | 'BillingMode'>;

export interface LocalDynamoDb extends LocalService {
  execute(operation: string, body: Record<string, unknown>): unknown;
  /** Creates the table, or accepts the one that an earlier run left. */
  createTable(name: string, streamArn: string, properties: TableProperties): void;
  stream(arn: string): StreamLog | undefined;
  /** Removes every item whose time to live has passed; happens by itself every minute. Returns how many. */
  removeExpired(): number;
  close(): void;
}

const isOperation = (name: string): name is OperationName => Object.hasOwn(requests, name);

/**
 * DynamoDB on one machine, in SQLite: the operations, expressions and limits that this platform uses. Whatever else is asked
 * is refused by name. That both answer alike is what `npm run test:dynamodb` shows, on AWS's own DynamoDB Local.
 */
export function startDynamoDb(world: { path(name: string): string | undefined }): LocalDynamoDb {
  const database = openDatabase(world.path('dynamodb.sqlite'));
  const tables = new Map<string, ItemTable>();
  const streams = new Map<string, StreamLog>();

  const find = (name: string): ItemTable => {
    const table = tables.get(name);
    if (table === undefined) throw noSuchTable();
    return table;
  };
  const operations: { [Name in OperationName]: (request: Request<Name>) => unknown } = {
    DescribeTable: ({ TableName }) => ({
      Table: { TableName: find(TableName).definition.name, TableStatus: 'ACTIVE' },
    }),
    GetItem: (request) => getItem(find, request),
    BatchGetItem: (request) => batchGetItem(find, request),
    Query: (request) => query(find, request),
    Scan: (request) => scan(find, request),
    PutItem: (request) => putItem(database, find, request),
    UpdateItem: (request) => updateItem(database, find, request),
    DeleteItem: (request) => deleteItem(database, find, request),
    BatchWriteItem: (request) => batchWriteItem(database, find, request),
    BatchExecuteStatement: (request) => batchExecuteStatement(database, find, request),
  };
  const run = <Name extends OperationName>(name: Name, body: unknown) => operations[name](readRequest(name, body));

  function createTable(name: string, streamArn: string, properties: TableProperties): void {
    const { StreamSpecification, TimeToLiveSpecification: ttl, ...rest } = properties;
    const definition = tableDefinition(name, rest);
    const text = JSON.stringify(definition);
    const existing = database.first('SELECT definition FROM tables WHERE name = ?', name)?.definition;
    if (existing !== undefined && existing !== text) {
      throw new ConfigurationError(
        `Table ${name} exists with other keys or indexes than the template has: start with an empty data directory`,
      );
    }
    database.run('INSERT OR REPLACE INTO tables VALUES (?, ?)', name, text);
    const stream = StreamSpecification && openStreamLog(database, streamArn, definition.keys);
    if (stream) streams.set(streamArn, stream);
    const timeToLive = ttl?.Enabled ? ttl.AttributeName : undefined;
    tables.set(name, itemTable(database, definition, { stream, timeToLive }));
  }

  const removeAllExpired = () =>
    [...tables.values()].reduce((removed, table) => removed + removeExpired(database, table), 0);
  const expiry = setInterval(removeAllExpired, expiryIntervalMs);
  expiry.unref();

  return {
    provision(resources) {
      for (const table of ofType(resources, 'AWS::DynamoDB::Table')) {
        const {
          TableName: _name,
          BillingMode: _mode,
          ...properties
        } = table.properties(templateProperties, inertProperties);
        createTable(table.physicalId, table.attribute('StreamArn'), properties);
      }
    },
    execute(operation, body) {
      if (!isOperation(operation)) throw unsupportedOperation('DynamoDB', operation);
      return run(operation, body);
    },
    createTable,
    stream: (arn) => streams.get(arn),
    removeExpired: removeAllExpired,
    close() {
      clearInterval(expiry);
      database.close();
    },
  };
}

import { createRequire } from 'node:module';
import { mendConditionParser } from './condition-parser.ts';

/** An item or key in DynamoDB's wire format: `{ id: { S: '1' } }`. */
export type AttributeMap = Record<string, Record<string, unknown>>;

type Callback<T = unknown> = (error: DynaliteError | null, value?: T) => void;

/** Errors of dynalite carry the response to send; anything else is a fault in the database. */
export interface DynaliteError extends Error {
  statusCode?: number;
  body?: { __type: string; message?: string; Message?: string };
}

export interface KeySchemaElement {
  AttributeName: string;
  KeyType: string;
}

export interface DynaliteTable {
  TableName: string;
  TableStatus: string;
  KeySchema: KeySchemaElement[];
  GlobalSecondaryIndexes?: { IndexName: string; KeySchema: KeySchemaElement[] }[];
}

export interface ItemDb {
  lock(key: string, run: (release: (done: Callback) => Callback) => void): void;
  get(key: string, done: Callback<AttributeMap>): void;
  put(key: string, value: AttributeMap, done: Callback): void;
  del(key: string, done: Callback): void;
}

export type BatchOperation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

interface Range {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  limit?: number;
  reverse?: boolean;
}

/** The LevelDB below everything; all tables, indexes and streams share it, told apart by key prefix. */
export interface LevelDatabase {
  open(): Promise<void>;
  close(): Promise<void>;
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  batch(operations: BatchOperation[]): Promise<void>;
  clear(range: Range): Promise<void>;
  iterator(range: Range): AsyncIterable<[string, unknown]> & { all(): Promise<[string, unknown][]> };
}

export interface DynaliteStore {
  db: LevelDatabase;
  tableDb: { awsAccountId: string; awsRegion: string };
  getItemDb(name: string): ItemDb;
  getIndexDb(indexType: string, tableName: string, indexName: string): ItemDb;
  getTable(name: string, checkStatus: boolean, done: Callback<DynaliteTable>): void;
}

type Action = (store: DynaliteStore, data: Record<string, unknown>, done: Callback) => void;

interface Validations {
  checkTypes(data: unknown, types: unknown): Record<string, unknown>;
  checkValidations(data: Record<string, unknown>, types: unknown, custom: unknown, store: DynaliteStore): void;
}

// dynalite's own server parses, checks a signature and answers over HTTP; the parts below that are used directly, so
// that a request crosses one server only and a write can commit its stream record in the same batch.
const require = createRequire(import.meta.url);
mendConditionParser(require);
const database: { create(options: Record<string, unknown>): DynaliteStore } = require('dynalite/db');
const validations: Validations = require('dynalite/validations');

const operations = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
] as const;

const actions = new Map(
  operations.map((operation) => {
    const name = operation.charAt(0).toLowerCase() + operation.slice(1);
    const run: Action = require(`dynalite/actions/${name}`);
    const validation: { types: unknown; custom?: unknown } = require(`dynalite/validations/${name}`);
    return [operation as string, { run, validation }];
  }),
);

/** Opens dynalite's database in the directory `path`, or in memory. */
export function openDynalite(path: string | undefined, accountId: string, region: string): DynaliteStore {
  const store = database.create({ ...(path ? { path } : {}), createTableMs: 0 });
  store.tableDb.awsAccountId = accountId;
  store.tableDb.awsRegion = region;
  return store;
}

/**
 * Runs one operation of the DynamoDB API against `store`.
 *
 * @returns undefined when dynalite does not know the operation
 * @throws DynaliteError
 */
export function runDynalite(store: DynaliteStore, operation: string, body: unknown): Promise<unknown> | undefined {
  const action = actions.get(operation);
  if (!action) return undefined;
  return new Promise((resolve, reject) => {
    const data = validations.checkTypes(body, action.validation.types);
    validations.checkValidations(data, action.validation.types, action.validation.custom, store);
    action.run(store, data, (error, value) => (error ? reject(error) : resolve(value)));
  });
}

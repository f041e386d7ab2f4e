import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';
import { AwsError, unsupportedOperation } from '../aws-error.ts';
import {
  type BatchOperation,
  type DynaliteError,
  type DynaliteStore,
  type DynaliteTable,
  type Item,
  openDynalite,
  runDynalite,
} from './dynalite.ts';
import { openStreamLog, type StreamLog, type StreamViewType } from './stream-log.ts';

// Strict about what goes to dynalite: it refuses an on-demand table whose indexes name a throughput.
const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const indexSchema = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({ ProjectionType: z.string(), NonKeyAttributes: z.array(z.string()).optional() }),
});

/** The properties of an `AWS::DynamoDB::Table` that have an effect here. */
export const tablePropertiesSchema = z.looseObject({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  GlobalSecondaryIndexes: z.array(indexSchema).optional(),
  LocalSecondaryIndexes: z.array(indexSchema).optional(),
  StreamSpecification: z
    .looseObject({
      StreamViewType: z
        .enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'])
        .default('NEW_AND_OLD_IMAGES'),
    })
    .optional(),
  TimeToLiveSpecification: z
    .looseObject({
      AttributeName: z.string().optional(),
      Enabled: z.union([z.boolean(), z.stringbool()]).default(true),
    })
    .optional(),
});

export type TableProperties = z.infer<typeof tablePropertiesSchema>;

export interface LocalDynamoDb {
  /**
   * Runs one operation of the DynamoDB API.
   *
   * @throws AwsError
   */
  execute(operation: string, body: Record<string, unknown>): Promise<unknown>;
  /** Creates the table, or accepts the one that an earlier run left. */
  createTable(name: string, streamArn: string, properties: TableProperties): Promise<void>;
  stream(arn: string): StreamLog | undefined;
  streams(): readonly StreamLog[];
  /** Removes every item whose time to live has passed, as DynamoDB does within days. */
  removeExpired(): Promise<number>;
  close(): Promise<void>;
}

const tableNameOf = z.looseObject({ TableName: z.string().optional() });
const ttlUpdate = z.looseObject({
  TableName: z.string(),
  TimeToLiveSpecification: z.looseObject({ AttributeName: z.string(), Enabled: z.boolean() }),
});
const itemSchema = z.custom<Item>((value) => typeof value === 'object' && value !== null);
const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const fault: Partial<DynaliteError> = error instanceof Error ? error : {};
  if (!fault.statusCode) return new AwsError('InternalServerError', `DynamoDB failed: ${String(error)}`, 500);
  const message = fault.body?.message ?? fault.body?.Message ?? '';
  return new AwsError(fault.body?.__type ?? 'InternalServerError', message, fault.statusCode);
}

/**
 * DynamoDB on one machine: dynalite, plus what it lacks: streams, time to live and
 * `ReturnValuesOnConditionCheckFailure`. A write, its index entries and its stream record commit as one.
 *
 * @param path directory of the database; in memory when absent
 */
export async function startDynamoDb(options: {
  path: string | undefined;
  accountId: string;
  region: string;
}): Promise<LocalDynamoDb> {
  const store = openDynalite(options.path, options.accountId, options.region);
  await store.db.open();
  const streamsByTable = new Map<string, StreamLog>();
  const streamsByArn = new Map<string, StreamLog>();
  const streamViews = new Map<string, StreamViewType>();
  const ttlAttributes = new Map<string, string>();

  /** dynalite's store as one request sees it: its writes gather in one batch, and what it read is remembered. */
  function requestStore(byTtl: boolean): { store: DynaliteStore; seen: Map<string, Item | undefined> } {
    const seen = new Map<string, Item | undefined>();
    const indexOperations: BatchOperation[] = [];
    const view: DynaliteStore = {
      ...store,
      getIndexDb(indexType, tableName, indexName) {
        const base = store.getIndexDb(indexType, tableName, indexName);
        const prefix = `index-${indexType.toLowerCase()}~${tableName}~${indexName}~`;
        return {
          ...base,
          put(key, value, done) {
            indexOperations.push({ type: 'put', key: prefix + key, value });
            done(null);
          },
          del(key, done) {
            indexOperations.push({ type: 'del', key: prefix + key });
            done(null);
          },
        };
      },
      getItemDb(name) {
        const base = store.getItemDb(name);
        const prefix = `item-${name}~`;
        const commit = (key: string, after: Item | undefined, done: (error: DynaliteError | null) => void): void => {
          const record = streamsByTable.get(name)?.record(seen.get(prefix + key), after, byTtl);
          const operations = indexOperations.splice(0);
          operations.push(
            after ? { type: 'put', key: prefix + key, value: after } : { type: 'del', key: prefix + key },
          );
          if (record) operations.push(record.operation);
          store.db.batch(operations).then(
            () => {
              record?.done();
              done(null);
            },
            (error: Error) => {
              record?.done();
              done(error);
            },
          );
        };
        return {
          lock: base.lock,
          get: (key, done) =>
            base.get(key, (error, item) => {
              if (!error) seen.set(prefix + key, item);
              done(error, item);
            }),
          put: (key, item, done) => commit(key, item, done),
          del: (key, done) => commit(key, undefined, done),
        };
      },
    };
    return { store: view, seen };
  }

  async function run(operation: string, body: Record<string, unknown>, byTtl = false): Promise<unknown> {
    if (!writes.has(operation)) {
      return runDynalite(store, operation, body) ?? Promise.reject(unsupportedOperation('DynamoDB', operation));
    }
    const wantsItem = body.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    const request = requestStore(byTtl);
    try {
      return await runDynalite(request.store, operation, body);
    } catch (error) {
      const failure = asAwsError(error);
      const [item] = request.seen.values();
      if (wantsItem && item && failure.type.endsWith('#ConditionalCheckFailedException')) {
        throw new AwsError(failure.type, failure.message, failure.status, { Item: item });
      }
      throw failure;
    }
  }

  const describe = (name: string): Promise<DynaliteTable | undefined> =>
    new Promise((resolve, reject) => {
      store.getTable(name, false, (error, table) => {
        if (!error) resolve(table);
        else if (error.name === 'NotFoundError') resolve(undefined);
        else reject(error);
      });
    });

  const overrides: Readonly<Record<string, (body: Record<string, unknown>) => unknown>> = {
    async DescribeTable(body) {
      const answer = z.looseObject({ Table: z.looseObject({}) }).parse(await run('DescribeTable', body));
      const name = tableNameOf.parse(body).TableName ?? '';
      const stream = streamsByTable.get(name);
      if (!stream) return answer;
      const specification = { StreamEnabled: true, StreamViewType: streamViews.get(name) };
      return { Table: { ...answer.Table, StreamSpecification: specification, LatestStreamArn: stream.arn } };
    },
    DescribeTimeToLive(body) {
      const attribute = ttlAttributes.get(tableNameOf.parse(body).TableName ?? '');
      return {
        TimeToLiveDescription: attribute
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: attribute }
          : { TimeToLiveStatus: 'DISABLED' },
      };
    },
    UpdateTimeToLive(body) {
      const update = ttlUpdate.parse(body);
      if (update.TimeToLiveSpecification.Enabled) {
        ttlAttributes.set(update.TableName, update.TimeToLiveSpecification.AttributeName);
      } else {
        ttlAttributes.delete(update.TableName);
      }
      return { TimeToLiveSpecification: update.TimeToLiveSpecification };
    },
    DescribeContinuousBackups: () => ({ ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED' } }),
    UpdateContinuousBackups: () => ({ ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED' } }),
  };

  async function createTable(name: string, streamArn: string, properties: TableProperties): Promise<void> {
    const existing = await describe(name);
    const indexNames = (indexes: readonly { IndexName: string }[] | undefined): string =>
      (indexes ?? [])
        .map((index) => index.IndexName)
        .sort()
        .join(', ');
    if (!existing) {
      await run('CreateTable', {
        TableName: name,
        KeySchema: properties.KeySchema,
        AttributeDefinitions: properties.AttributeDefinitions,
        BillingMode: 'PAY_PER_REQUEST',
        ...(properties.GlobalSecondaryIndexes ? { GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes } : {}),
        ...(properties.LocalSecondaryIndexes ? { LocalSecondaryIndexes: properties.LocalSecondaryIndexes } : {}),
      });
      while ((await describe(name))?.TableStatus !== 'ACTIVE') await new Promise((next) => setImmediate(next));
    } else if (
      indexNames(existing.GlobalSecondaryIndexes) !== indexNames(properties.GlobalSecondaryIndexes) ||
      JSON.stringify(existing.KeySchema) !== JSON.stringify(properties.KeySchema)
    ) {
      throw new ConfigurationError(
        `Table ${name} exists with other keys or indexes (${indexNames(existing.GlobalSecondaryIndexes) || 'none'}) ` +
          'than the template has: start with an empty data directory',
      );
    }
    if (properties.StreamSpecification) {
      const viewType = properties.StreamSpecification.StreamViewType;
      const log = await openStreamLog({
        store,
        tableName: name,
        arn: streamArn,
        keySchema: properties.KeySchema,
        viewType,
      });
      streamsByTable.set(name, log);
      streamsByArn.set(streamArn, log);
      streamViews.set(name, viewType);
    }
    const ttl = properties.TimeToLiveSpecification;
    if (ttl?.AttributeName && ttl.Enabled) ttlAttributes.set(name, ttl.AttributeName);
  }

  async function removeExpired(): Promise<number> {
    let removed = 0;
    for (const [name, attribute] of ttlAttributes) {
      const table = await describe(name);
      if (!table) continue;
      const now = Date.now() / 1000;
      for await (const [, value] of store.db.iterator({ gt: `item-${name}~`, lt: `item-${name}~\xff` })) {
        const item = itemSchema.parse(value);
        const expires = item[attribute];
        // DynamoDB ignores what is not a number, and what lies more than five years back.
        if (!expires?.N || Number(expires.N) > now || Number(expires.N) < now - 5 * 365 * 86_400) continue;
        const request = {
          TableName: name,
          Key: Object.fromEntries(table.KeySchema.map(({ AttributeName: key }) => [key, item[key]])),
          ConditionExpression: '#ttl = :ttl',
          ExpressionAttributeNames: { '#ttl': attribute },
          ExpressionAttributeValues: { ':ttl': expires },
        };
        try {
          await run('DeleteItem', request, true);
          removed += 1;
        } catch (error) {
          if (!(error instanceof AwsError) || !error.type.endsWith('#ConditionalCheckFailedException')) throw error;
        }
      }
    }
    return removed;
  }

  return {
    async execute(operation, body) {
      try {
        const override = overrides[operation];
        return override ? await override(body) : await run(operation, body);
      } catch (error) {
        throw asAwsError(error);
      }
    },
    createTable,
    stream: (arn) => streamsByArn.get(arn),
    streams: () => [...streamsByArn.values()],
    removeExpired,
    close: () => store.db.close(),
  };
}

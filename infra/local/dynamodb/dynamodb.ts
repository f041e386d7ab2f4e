import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';
import { AwsError, unsupportedOperation } from '../aws-error.ts';
import { booleanProperty, ofType } from '../cloudformation/template-resource.ts';
import type { LocalService } from '../local-service.ts';
import { type DynaliteError, type DynaliteTable, openDynalite, runDynalite } from './dynalite.ts';
import { openStreamLog, type StreamLog } from './stream-log.ts';
import { expiredItems } from './time-to-live.ts';
import { requestStore } from './write-batch.ts';

const expiryIntervalMs = 60_000;

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));

const tableSchema = z.strictObject({
  TableName: z.string().optional(),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.strictObject({ ProjectionType: z.string(), NonKeyAttributes: z.array(z.string()).optional() }),
      }),
    )
    .optional(),
  StreamSpecification: z.strictObject({ StreamViewType: z.literal('NEW_AND_OLD_IMAGES') }).optional(),
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
export type TableProperties = Omit<z.infer<typeof tableSchema>, 'TableName' | 'BillingMode'>;

export interface LocalDynamoDb extends LocalService {
  execute(operation: string, body: Record<string, unknown>): Promise<unknown>;
  /** Creates the table, or accepts the one that an earlier run left. */
  createTable(name: string, streamArn: string, properties: TableProperties): Promise<void>;
  stream(arn: string): StreamLog | undefined;
  /** Removes every item whose time to live has passed; happens by itself every minute. Returns how many. */
  removeExpired(): Promise<number>;
  close(): Promise<void>;
}

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const fault: Partial<DynaliteError> = error instanceof Error ? error : {};
  if (!fault.statusCode) return new AwsError('InternalServerError', `DynamoDB failed: ${String(error)}`, 500);
  const message = fault.body?.message ?? fault.body?.Message ?? '';
  return new AwsError(fault.body?.__type ?? 'InternalServerError', message, fault.statusCode);
}

const isFailedCondition = (error: unknown): boolean =>
  error instanceof AwsError && error.type.endsWith('#ConditionalCheckFailedException');

const indexNames = (indexes: readonly { IndexName: string }[] = []): string =>
  indexes
    .map(({ IndexName }) => IndexName)
    .sort()
    .join(', ');

/**
 * DynamoDB on one machine: dynalite, plus what it lacks: streams, time to live and `ReturnValuesOnConditionCheckFailure`.
 */
export async function startDynamoDb(world: {
  accountId: string;
  region: string;
  path(name: string): string | undefined;
}): Promise<LocalDynamoDb> {
  const store = openDynalite(world.path('dynamodb'), world.accountId, world.region);
  await store.db.open();
  const streamsByTable = new Map<string, StreamLog>();
  const streamsByArn = new Map<string, StreamLog>();
  const ttlAttributes = new Map<string, string>();

  async function run(operation: string, body: Record<string, unknown>, byTtl = false): Promise<unknown> {
    const request = requestStore(store, (table) => streamsByTable.get(table), byTtl);
    // dynalite takes members that it does not know out of the body.
    const wantsItem = body.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    try {
      const answer = runDynalite(writes.has(operation) ? request.store : store, operation, body);
      if (!answer) throw unsupportedOperation('DynamoDB', operation);
      return await answer;
    } catch (error) {
      const failure = asAwsError(error);
      const [Item] = request.seen.values();
      if (wantsItem && Item && isFailedCondition(failure)) {
        throw new AwsError(failure.type, failure.message, failure.status, { Item });
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

  async function createTable(name: string, streamArn: string, properties: TableProperties): Promise<void> {
    const { StreamSpecification, TimeToLiveSpecification: ttl, ...definition } = properties;
    const existing = await describe(name);
    if (!existing) {
      await run('CreateTable', { TableName: name, BillingMode: 'PAY_PER_REQUEST', ...definition });
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
    if (StreamSpecification) {
      const log = await openStreamLog({ store, tableName: name, arn: streamArn, keySchema: properties.KeySchema });
      streamsByTable.set(name, log);
      streamsByArn.set(streamArn, log);
    }
    if (ttl?.Enabled) ttlAttributes.set(name, ttl.AttributeName);
  }

  async function removeExpired(): Promise<number> {
    let removed = 0;
    for (const [name, attribute] of ttlAttributes) {
      const table = await describe(name);
      if (!table) continue;
      for await (const request of expiredItems(store, table, attribute)) {
        try {
          await run('DeleteItem', request, true);
          removed += 1;
        } catch (error) {
          // Somebody wrote the item in between.
          if (!isFailedCondition(error)) throw error;
        }
      }
    }
    return removed;
  }
  // Whatever keeps a sweep from ending, the next one makes up for it.
  const expiry = setInterval(() => void removeExpired().catch(() => undefined), expiryIntervalMs);
  expiry.unref();

  return {
    async provision(resources) {
      for (const table of ofType(resources, 'AWS::DynamoDB::Table')) {
        const { TableName: _name, BillingMode: _mode, ...properties } = table.properties(tableSchema, inertProperties);
        await createTable(table.physicalId, table.attribute('StreamArn'), properties);
      }
    },
    execute: (operation, body) => run(operation, body),
    createTable,
    stream: (arn) => streamsByArn.get(arn),
    removeExpired,
    close() {
      clearInterval(expiry);
      return store.db.close();
    },
  };
}

import * as z from 'zod';
import { booleanProperty, type TemplateResource } from '../cloudformation/template-resource.ts';
import type { AwsMetrics } from '../cloudwatch/aws-metrics.ts';
import type { LocalDynamoDb } from '../dynamodb/dynamodb.ts';
import type { LocalSqs } from '../sqs/sqs.ts';
import type { EventSource } from './event-source.ts';
import type { FunctionPool } from './function-pool.ts';
import { startQueueMapping } from './queue-mapping.ts';
import { startStreamMapping } from './stream-mapping.ts';

const mappingSchema = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: booleanProperty.default(true),
  BatchSize: z.coerce.number().int().optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ScalingConfig: z.strictObject({ MaximumConcurrency: z.coerce.number() }).optional(),
  StartingPosition: z.literal('TRIM_HORIZON', 'only TRIM_HORIZON is supported').optional(),
  MaximumRetryAttempts: z.literal(-1, 'a stream is read until it succeeds; only -1 is supported').optional(),
  BisectBatchOnFunctionError: z.literal(false, 'only false is supported').optional(),
});

/** What feeds a function from a queue or a table's stream, while it is switched on. */
export interface EventSourceMapping {
  readonly pool: FunctionPool;
  /** Whether it has no work, in flight included. */
  idle(): boolean;
  /** As `UpdateEventSourceMapping` does; resolves when what was running has ended. */
  setEnabled(enabled: boolean): Promise<void>;
}

/**
 * Starts an `AWS::Lambda::EventSourceMapping`.
 *
 * @throws ConfigurationError for another kind of source or a setting that is not supported
 */
export async function startEventSourceMapping(
  resource: TemplateResource,
  world: {
    readonly sqs: LocalSqs;
    readonly dynamodb: LocalDynamoDb;
    readonly region: string;
    readonly measured: AwsMetrics;
    poolOf(nameOrArn: string): FunctionPool | undefined;
  },
): Promise<EventSourceMapping> {
  const { EventSourceArn: source, FunctionName, ...properties } = resource.properties(mappingSchema);
  const pool = world.poolOf(FunctionName);
  if (!pool) throw resource.fault(`its function ${FunctionName} does not exist`);
  const { name, concurrency } = pool.definition;
  const reportsFailures = properties.FunctionResponseTypes.length > 0;
  const common = { pool, region: world.region, reportsFailures };
  const queue = world.sqs.byArn(source);
  const stream = world.dynamodb.stream(source);
  if (!queue && !stream) throw resource.fault(`its source ${source} is no queue or table stream of this stack`);

  async function start(): Promise<EventSource | undefined> {
    if (stream) {
      return startStreamMapping({
        ...common,
        id: resource.physicalId,
        stream,
        batchSize: properties.BatchSize ?? 100,
        onBatch: (newest) => world.measured.streamBatchRead(name, newest),
      });
    }
    return (
      queue &&
      startQueueMapping({
        ...common,
        queue,
        batchSize: properties.BatchSize ?? 10,
        concurrency: Math.min(properties.ScalingConfig?.MaximumConcurrency ?? concurrency, concurrency),
      })
    );
  }

  let running = properties.Enabled ? await start() : undefined;
  return {
    pool,
    idle: () => running?.idle() ?? true,
    async setEnabled(enabled) {
      const stopped = enabled ? undefined : running;
      if (enabled) running ??= await start();
      else running = undefined;
      await stopped?.stop();
    },
  };
}

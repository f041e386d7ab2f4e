import * as z from 'zod';
import type { Resource } from '../cloudformation/stack-model.ts';
import type { LocalDynamoDb } from '../dynamodb/dynamodb.ts';
import { matchesPattern } from '../eventbridge/event-pattern.ts';
import type { LocalQueues } from '../sqs/queues.ts';
import type { FunctionPool } from './function-pool.ts';
import { type EventSource, startQueueMapping } from './queue-mapping.ts';
import { startStreamMapping } from './stream-mapping.ts';

const mappingSchema = z.looseObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.union([z.boolean(), z.stringbool()]).default(true),
  BatchSize: z.coerce.number().int().optional(),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  FunctionResponseTypes: z.array(z.string()).default([]),
  ScalingConfig: z.looseObject({ MaximumConcurrency: z.coerce.number().optional() }).optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).default('TRIM_HORIZON'),
  MaximumRetryAttempts: z.coerce.number().default(-1),
  MaximumRecordAgeInSeconds: z.coerce.number().default(-1),
  BisectBatchOnFunctionError: z.union([z.boolean(), z.stringbool()]).default(false),
  TumblingWindowInSeconds: z.coerce.number().optional(),
  DestinationConfig: z
    .looseObject({ OnFailure: z.looseObject({ Destination: z.string().optional() }).optional() })
    .optional(),
  FilterCriteria: z.looseObject({ Filters: z.array(z.looseObject({ Pattern: z.string() })).default([]) }).optional(),
});

/** Name or ARN of the function that a mapping feeds. */
export const functionOfMapping = (resource: Resource): string => resource.properties(mappingSchema).FunctionName;

const patternSchema = z.record(z.string(), z.unknown());

/**
 * Starts an `AWS::Lambda::EventSourceMapping`, from a queue or a table's stream.
 *
 * @returns undefined when the mapping is disabled
 * @throws ConfigurationError for another kind of source or a setting that is not supported
 */
export async function startEventSource(
  resource: Resource,
  world: {
    queues: LocalQueues;
    dynamodb: LocalDynamoDb;
    region: string;
    poolOf(nameOrArn: string): FunctionPool | undefined;
    /** Told of each batch of a stream, and when its newest record was written. */
    onStreamBatch?: (functionName: string, newest: Date) => void;
  },
): Promise<EventSource | undefined> {
  const properties = resource.properties(mappingSchema);
  if (!properties.Enabled) return undefined;
  const pool = world.poolOf(properties.FunctionName);
  if (!pool) throw resource.fault(`its function ${properties.FunctionName} does not exist`);
  if (properties.TumblingWindowInSeconds) throw resource.fault('tumbling windows are not supported');
  const filters = (properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) =>
    patternSchema.parse(JSON.parse(Pattern)),
  );
  // A pattern with an unsupported operator shall fail at the start.
  for (const filter of filters) matchesPattern(filter, {});
  const common = {
    pool,
    region: world.region,
    filters,
    batchingWindowMs: properties.MaximumBatchingWindowInSeconds * 1000,
    reportsFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
  };

  const queue = world.queues.byArn(properties.EventSourceArn);
  if (queue) {
    const concurrency = properties.ScalingConfig?.MaximumConcurrency ?? pool.definition.concurrency;
    return startQueueMapping({
      ...common,
      queue,
      batchSize: properties.BatchSize ?? 10,
      concurrency: Math.min(concurrency, pool.definition.concurrency),
    });
  }
  const stream = world.dynamodb.stream(properties.EventSourceArn);
  if (!stream)
    throw resource.fault(`its source ${properties.EventSourceArn} is no queue or table stream of this stack`);
  const destination = properties.DestinationConfig?.OnFailure?.Destination;
  const failureQueue = destination ? world.queues.byArn(destination) : undefined;
  if (destination && !failureQueue)
    throw resource.fault(`its failure destination ${destination} is no queue of this stack`);
  return startStreamMapping({
    ...common,
    id: resource.physicalId,
    stream,
    onBatch: (newest) => world.onStreamBatch?.(pool.definition.name, newest),
    batchSize: properties.BatchSize ?? 100,
    startAt: properties.StartingPosition,
    bisects: properties.BisectBatchOnFunctionError,
    maximumRetryAttempts: properties.MaximumRetryAttempts,
    maximumRecordAgeSeconds: properties.MaximumRecordAgeInSeconds,
    ...(failureQueue ? { onFailure: (body: string) => world.queues.send(failureQueue.url, body) } : {}),
  });
}

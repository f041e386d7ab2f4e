import * as z from 'zod';
import type { Resource } from '../cloudformation/stack-model.ts';
import type { LocalQueues } from '../sqs/queues.ts';
import type { AsyncInvokeConfig } from './async-invocations.ts';
import type { FunctionPool } from './function-pool.ts';

const invokeConfigSchema = z.looseObject({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.coerce.number().default(2),
  DestinationConfig: z
    .looseObject({
      OnSuccess: z.unknown().optional(),
      OnFailure: z.looseObject({ Destination: z.string().optional() }).optional(),
    })
    .optional(),
});

/**
 * How asynchronous invocations of each function are retried and where they end, by the function's ARN:
 * `AWS::Lambda::EventInvokeConfig` and the functions' own dead-letter queues.
 *
 * @param world.deadLetterArns queue of each function that has one, by the function's ARN
 * @throws ConfigurationError for success destinations, and destinations that are no queue
 */
export function readInvokeConfigs(
  resources: readonly Resource[],
  world: {
    queues: LocalQueues;
    poolOf(nameOrArn: string): FunctionPool | undefined;
    deadLetterArns: ReadonlyMap<string, string>;
  },
): ReadonlyMap<string, AsyncInvokeConfig> {
  const { queues, poolOf, deadLetterArns } = world;
  const ofType = (type: string): Resource[] => resources.filter((each) => each.type === type);
  const queueUrlOf = (resource: Resource, arn: string): string => {
    const queue = queues.byArn(arn);
    if (!queue) throw resource.fault(`${arn} is no queue of this stack`);
    return queue.url;
  };
  const invokeConfigs = new Map<string, AsyncInvokeConfig>();
  for (const resource of ofType('AWS::Lambda::Function')) {
    const arn = resource.attribute('Arn');
    const deadLetterArn = deadLetterArns.get(arn);
    invokeConfigs.set(arn, {
      maximumRetryAttempts: 2,
      ...(deadLetterArn ? { deadLetterUrl: queueUrlOf(resource, deadLetterArn) } : {}),
    });
  }
  for (const resource of ofType('AWS::Lambda::EventInvokeConfig')) {
    const config = resource.properties(invokeConfigSchema);
    const arn = poolOf(config.FunctionName)?.definition.arn ?? '';
    const destination = config.DestinationConfig?.OnFailure?.Destination;
    if (config.DestinationConfig?.OnSuccess) throw resource.fault('success destinations are not supported');
    invokeConfigs.set(arn, {
      ...invokeConfigs.get(arn),
      maximumRetryAttempts: config.MaximumRetryAttempts,
      ...(destination ? { onFailureUrl: queueUrlOf(resource, destination) } : {}),
    });
  }
  return invokeConfigs;
}

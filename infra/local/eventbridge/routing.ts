import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import type { Resource } from '../cloudformation/stack-model.ts';
import type { Intercept, ServiceName } from '../gateway.ts';
import type { ScheduleDefinition } from '../scheduler/scheduler.ts';
import type { LocalQueues } from '../sqs/queues.ts';
import type { BusRule } from './event-bus.ts';
import { matchesPattern } from './event-pattern.ts';

/** Where rules and schedules deliver to. */
export interface Destinations {
  readonly queues: LocalQueues;
  readonly intercept: Intercept | undefined;
  /** Hands an event to a function, asynchronously. Undefined when there is no such function. */
  invokeAsync(arn: string): ((payload: string) => void) | undefined;
}

type Deliver = (payload: string) => Promise<void>;

/** Deliveries between services go through the same fault injection as requests from outside. */
async function refuse(
  intercept: Intercept | undefined,
  service: ServiceName,
  operation: string,
  body: Record<string, unknown>,
): Promise<void> {
  const fault = await intercept?.({ service, operation, body });
  if (fault) throw new AwsError(fault.type, fault.message, fault.status);
}

function deliverTo(resource: Resource, arn: string, groupId: string | undefined, world: Destinations): Deliver {
  const { queues, intercept } = world;
  const queue = queues.byArn(arn);
  if (queue) {
    return async (payload) => {
      await refuse(intercept, 'sqs', 'SendMessage', { QueueUrl: queue.url, MessageBody: payload });
      await queues.send(queue.url, payload, groupId === undefined ? {} : { groupId });
    };
  }
  const invoke = world.invokeAsync(arn);
  if (invoke) {
    return async (payload) => {
      await refuse(intercept, 'lambda', 'Invoke', { FunctionName: arn, Payload: payload });
      invoke(payload);
    };
  }
  if (arn.includes(':sns:')) return (payload) => queues.publish(arn, payload);
  // A log group as target: events are kept for people, and the caller has `onEvent`.
  if (arn.includes(':logs:') || arn.includes(':event-bus/')) return async () => {};
  throw resource.fault(`target ${arn} is no queue, function or topic of this stack`);
}

const ruleSchema = z.looseObject({
  EventBusName: z.string().optional(),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.string().default('ENABLED'),
  Targets: z
    .array(
      z.looseObject({
        Arn: z.string(),
        Input: z.string().optional(),
        InputPath: z.unknown().optional(),
        InputTransformer: z.unknown().optional(),
        SqsParameters: z.looseObject({ MessageGroupId: z.string().optional() }).optional(),
        DeadLetterConfig: z.looseObject({ Arn: z.string().optional() }).optional(),
      }),
    )
    .default([]),
});

/** Reads an `AWS::Events::Rule`; undefined when it is disabled. @throws ConfigurationError for what is not supported */
export function readRule(resource: Resource, world: Destinations): BusRule | undefined {
  const properties = resource.properties(ruleSchema);
  if (properties.ScheduleExpression)
    throw resource.fault('rules with a schedule are not supported: use AWS::Scheduler::Schedule');
  const pattern = properties.EventPattern ?? {};
  // A pattern with an unsupported operator shall fail at the start, not at the first event.
  matchesPattern(pattern, {});
  const targets = properties.Targets.map((target) => {
    if (target.InputTransformer || target.InputPath)
      throw resource.fault('InputTransformer and InputPath are not supported');
    const deliver = deliverTo(resource, target.Arn, target.SqsParameters?.MessageGroupId, world);
    const deadLetters = target.DeadLetterConfig?.Arn;
    const giveUp = deadLetters ? deliverTo(resource, deadLetters, undefined, world) : undefined;
    return { deliver, giveUp, input: target.Input };
  });
  if (properties.State === 'DISABLED') return undefined;
  return {
    name: resource.physicalId,
    bus: (properties.EventBusName ?? 'default').split('/').at(-1) ?? 'default',
    pattern,
    async deliver(event) {
      for (const { deliver, giveUp, input } of targets) {
        const payload = input ?? JSON.stringify(event);
        await deliver(payload).catch(() => giveUp?.(payload));
      }
    },
  };
}

const scheduleSchema = z.looseObject({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.string().default('ENABLED'),
  StartDate: z.unknown().optional(),
  EndDate: z.unknown().optional(),
  Target: z.looseObject({
    Arn: z.string(),
    Input: z.string().default('{}'),
    RetryPolicy: z.looseObject({ MaximumRetryAttempts: z.coerce.number().default(185) }).optional(),
    DeadLetterConfig: z.looseObject({ Arn: z.string().optional() }).optional(),
    SqsParameters: z.looseObject({ MessageGroupId: z.string().optional() }).optional(),
  }),
});

/** Reads an `AWS::Scheduler::Schedule`. @throws ConfigurationError for what is not supported */
export function readSchedule(resource: Resource, world: Destinations): ScheduleDefinition {
  const properties = resource.properties(scheduleSchema);
  const { Target: target } = properties;
  if (properties.StartDate || properties.EndDate) throw resource.fault('StartDate and EndDate are not supported');
  const deadLetters = target.DeadLetterConfig?.Arn;
  const deadLetterQueue = deadLetters ? world.queues.byArn(deadLetters) : undefined;
  if (deadLetters && !deadLetterQueue)
    throw resource.fault(`its dead-letter queue ${deadLetters} is no queue of this stack`);
  return {
    name: resource.physicalId,
    arn: resource.attribute('Arn'),
    expression: properties.ScheduleExpression,
    timezone: properties.ScheduleExpressionTimezone,
    enabled: properties.State !== 'DISABLED',
    input: target.Input,
    maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
    deliver: deliverTo(resource, target.Arn, target.SqsParameters?.MessageGroupId, world),
    ...(deadLetterQueue
      ? {
          giveUp: (input: string, error: Error, attempts: number) =>
            world.queues.send(deadLetterQueue.url, input, {
              attributes: {
                ERROR_CODE: error instanceof AwsError ? error.type : error.name,
                ERROR_MESSAGE: error.message || 'unknown',
                RETRY_ATTEMPTS: String(attempts - 1),
                TARGET_ARN: target.Arn,
                SCHEDULE_ARN: resource.attribute('Arn'),
                EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
              },
            }),
        }
      : {}),
  };
}

import * as z from 'zod';
import type { StackModel } from '../../infra/local/cloudformation/stack-model.ts';
import { parseSchedule } from '../../infra/local/scheduler/schedule-expression.ts';
import { isResourceName, type ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import { minutesPerMonth } from './prices.ts';

/** One schedule of the template: which runs it asks for, and how often. */
export interface Tick {
  readonly schedule: string;
  readonly resource: ResourceName;
  readonly mode: 'full' | 'incremental';
  readonly perMonth: number;
}

const scheduleSchema = z.looseObject({
  ScheduleExpression: z.string(),
  State: z.string().default('ENABLED'),
  Target: z.looseObject({ Input: z.string() }),
});
const inputSchema = z.object({
  resource: z.custom<ResourceName>((name) => typeof name === 'string' && isResourceName(name)),
  mode: z.enum(['full', 'incremental']),
});

/** The schedules of the template that ask for syncs; disabled ones cost nothing. */
export function readTicks({ resources }: StackModel): Tick[] {
  return resources
    .filter(({ type }) => type === 'AWS::Scheduler::Schedule')
    .flatMap((resource) => {
      const { ScheduleExpression: expression, State, Target } = resource.properties(scheduleSchema);
      const input = inputSchema.safeParse(JSON.parse(Target.Input));
      if (!input.success || State !== 'ENABLED') return [];
      const perMonth = minutesPerMonth / minutesBetween(expression);
      return [{ schedule: resource.physicalId, ...input.data, perMonth }];
    });
}

/** A schedule of the template that asks for no sync: the watcher's, the business reporter's. */
export type Watch = Pick<Tick, 'schedule' | 'perMonth'>;

export function readWatches({ resources }: StackModel): Watch[] {
  return resources
    .filter(({ type }) => type === 'AWS::Scheduler::Schedule')
    .flatMap((resource) => {
      const { ScheduleExpression: expression, State, Target } = resource.properties(scheduleSchema);
      const isSync = inputSchema.safeParse(JSON.parse(Target.Input)).success;
      if (isSync || State !== 'ENABLED') return [];
      return [{ schedule: resource.physicalId, perMonth: minutesPerMonth / minutesBetween(expression) }];
    });
}

function minutesBetween(expression: string): number {
  const recurrence = parseSchedule(expression);
  const first = recurrence.next(new Date(), undefined);
  const second = first && recurrence.next(first, first);
  if (first === undefined || second === undefined) throw new Error(`${expression} does not repeat.`);
  return (second.getTime() - first.getTime()) / 60_000;
}

const mappingSchema = z.looseObject({ EventSourceArn: z.string(), FunctionName: z.string() });

/** Which queue each function reads, as the template's mappings say. */
export interface QueueMapping {
  readonly functionName: string;
  readonly isFifo: boolean;
}

export function readQueueMappings({ resources }: StackModel): QueueMapping[] {
  return resources
    .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
    .map((resource) => resource.properties(mappingSchema))
    .filter(({ EventSourceArn }) => EventSourceArn.includes(':sqs:'))
    .map(({ EventSourceArn, FunctionName }) => ({
      functionName: FunctionName.split(':').at(-1) ?? FunctionName,
      isFifo: EventSourceArn.endsWith('.fifo'),
    }));
}

const alarmSchema = z.looseObject({
  Metrics: z.array(z.looseObject({ MetricStat: z.unknown().optional() })).optional(),
});

/** Metrics that alarms look at: each is billed, in every alarm that it is in. */
export const alarmMetricsOf = ({ resources }: StackModel): number =>
  resources
    .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    .map((resource) => resource.properties(alarmSchema).Metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1)
    .reduce((sum, count) => sum + count, 0);

export const countOf = ({ resources }: StackModel, type: string): number =>
  resources.filter((resource) => resource.type === type).length;

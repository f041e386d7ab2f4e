import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import { resourceSchedules } from '../resource-schedules.ts';
import type { Settings } from '../settings.ts';
import { invocationRole } from './invocation-role.ts';

const firstFullMinuteOfDay = 2 * 60;
const minutesBetweenFulls = 12;
const minutesPerDay = 24 * 60;

/** When the nth resource of the table is read in full, unless an override says otherwise. */
const fullMinuteOfDay = (index: number, fullAt: string | undefined): number => {
  if (fullAt === undefined) return (firstFullMinuteOfDay + index * minutesBetweenFulls) % minutesPerDay;
  const [hour = 0, minute = 0] = fullAt.split(':').map(Number);
  return hour * 60 + minute;
};

export interface SyncSchedulesProps {
  readonly settings: Settings;
  readonly planner: IFunction;
  /** Gets the ticks for which the planner could not be invoked at all. */
  readonly deadLetterQueue: IQueue;
}

/**
 * Two schedules per resource of the table: incremental every few minutes, and a full pass every night, staggered so
 * that an account's resources do not all ask at once.
 */
export class SyncSchedules extends Construct {
  readonly group: ScheduleGroup;

  constructor(scope: Construct, id: string, { settings, planner, deadLetterQueue }: SyncSchedulesProps) {
    super(scope, id);
    this.group = new ScheduleGroup(this, 'Group', {
      scheduleGroupName: `${settings.prefix}-rentvine`,
      // CDK would keep it, and the next deployment of the stage would find its name taken.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = invocationRole(this, {
      roleName: `${settings.prefix}-sync-schedules`,
      group: this.group,
      target: planner,
      deadLetterQueue,
    });

    const add = (
      resource: ResourceName,
      mode: 'incremental' | 'full',
      schedule: ScheduleExpression,
      enabled: boolean,
      retryFor: Duration,
    ) => {
      new Schedule(this, `${resource}-${mode}`, {
        scheduleName: `${settings.prefix}-${resource}-${mode}`,
        description: `${mode === 'full' ? 'Full' : 'Incremental'} sync of ${resource}, all accounts`,
        scheduleGroup: this.group,
        schedule,
        enabled,
        target: new LambdaInvoke(planner, {
          role,
          deadLetterQueue,
          maxEventAge: retryFor,
          retryAttempts: 10,
          input: ScheduleTargetInput.fromObject({
            resource,
            mode,
            scheduledAt: ContextAttribute.scheduledTime,
            correlationId: ContextAttribute.executionId,
          }),
        }),
      });
    };

    for (const [index, { resource, intervalMinutes, isScheduled }] of resourceSchedules(settings).entries()) {
      const every = Duration.minutes(intervalMinutes);
      const minuteOfDay = fullMinuteOfDay(index, settings.schedules[resource]?.fullAt);
      const nightly = ScheduleExpression.cron({
        minute: String(minuteOfDay % 60),
        hour: String(Math.floor(minuteOfDay / 60)),
        timeZone: TimeZone.ETC_UTC,
      });
      // A tick is superseded by the next one.
      add(resource, 'incremental', ScheduleExpression.rate(every), isScheduled, every);
      add(resource, 'full', nightly, isScheduled, Duration.hours(6));
    }
  }
}

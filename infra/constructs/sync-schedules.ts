import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { Effect, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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
import type { ResourceName } from '../../shared/rentvine/resource.ts';
import { resources } from '../../shared/rentvine/resources/table.ts';
import type { Settings } from '../settings.ts';

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
  constructor(scope: Construct, id: string, { settings, planner, deadLetterQueue }: SyncSchedulesProps) {
    super(scope, id);
    const { stage } = settings;
    const group = new ScheduleGroup(this, 'Group', {
      scheduleGroupName: `aictive-${stage}-rentvine`,
      // CDK would keep it, and the next deployment of the stage would find its name taken.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = this.invocationRole(stage, group.scheduleGroupArn, planner, deadLetterQueue);

    const add = (
      resource: ResourceName,
      mode: 'incremental' | 'full',
      schedule: ScheduleExpression,
      retryFor: Duration,
    ) => {
      const { enabled = true } = settings.schedules[resource] ?? {};
      new Schedule(this, `${resource}-${mode}`, {
        scheduleName: `aictive-${stage}-${resource}-${mode}`,
        description: `${mode === 'full' ? 'Full' : 'Incremental'} sync of ${resource}, all accounts`,
        scheduleGroup: group,
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

    for (const [index, { name, incrementalMinutes }] of resources.entries()) {
      const override = settings.schedules[name];
      const every = Duration.minutes(override?.incrementalMinutes ?? incrementalMinutes);
      const minuteOfDay = fullMinuteOfDay(index, override?.fullAt);
      const nightly = ScheduleExpression.cron({
        minute: String(minuteOfDay % 60),
        hour: String(Math.floor(minuteOfDay / 60)),
        timeZone: TimeZone.ETC_UTC,
      });
      // A tick that is as old as the next one has nothing left to say.
      add(name, 'incremental', ScheduleExpression.rate(every), every);
      add(name, 'full', nightly, Duration.hours(6));
    }
  }

  /**
   * The role that Scheduler takes for all of them. Without later policy updates, because the target's own grant would
   * allow every version of the function too.
   */
  private invocationRole(stage: string, groupArn: string, planner: IFunction, deadLetterQueue: IQueue): IRole {
    const role = new Role(this, 'Role', {
      roleName: `aictive-${stage}-sync-schedules`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceArn': groupArn } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['lambda:InvokeFunction'],
        resources: [planner.functionArn],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['sqs:SendMessage'],
        resources: [deadLetterQueue.queueArn],
      }),
    );
    return role.withoutPolicyUpdates();
  }
}

import type { Duration } from 'aws-cdk-lib';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  type ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import { invocationRole } from './invocation-role.ts';
import type { PlatformFunction } from './platform-function.ts';

export interface ScheduledFunctionOptions {
  readonly target: PlatformFunction;
  /** Physical name of the schedule. */
  readonly scheduleName: string;
  readonly roleName: string;
  readonly description: string;
  /** Whose schedules may take the role that is made for this one. */
  readonly group: ScheduleGroup;
  readonly every: Duration;
  readonly retryAttempts: number;
}

/** Invokes a function regularly with the time that it is invoked for. */
export function scheduleFunction(scope: Construct, id: string, options: ScheduledFunctionOptions): void {
  const { target, scheduleName, roleName, description, group, every, retryAttempts } = options;
  new Schedule(scope, id, {
    scheduleName,
    description,
    scheduleGroup: group,
    schedule: ScheduleExpression.rate(every),
    target: new LambdaInvoke(target.function, {
      role: invocationRole(scope, { roleName, group, target: target.function }),
      // A tick is superseded by the next one.
      maxEventAge: every,
      retryAttempts,
      input: ScheduleTargetInput.fromObject({ scheduledAt: ContextAttribute.scheduledTime }),
    }),
  });
}

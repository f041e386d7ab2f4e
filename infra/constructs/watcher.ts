import { Duration, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  type ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { invocationRole } from './invocation-role.ts';
import { PlatformFunction } from './platform-function.ts';
import { resourceSchedules } from './sync-schedules.ts';

export interface WatcherProps {
  readonly settings: Settings;
  readonly state: Table;
  /** Whose schedules may take the role that is made for this one. */
  readonly group: ScheduleGroup;
  /** Accounts are the secrets below this prefix. */
  readonly secretPrefix: string;
  readonly secretArns: string;
}

const everyMinute = Duration.minutes(1);

/** Looks every minute at how accounts, resources, dead letters and secrets stand: the gauges that alarms judge by. */
export class Watcher extends Construct {
  readonly watcher: PlatformFunction;

  constructor(scope: Construct, id: string, { settings, state, group, secretPrefix, secretArns }: WatcherProps) {
    super(scope, id);
    const name = 'watcher';
    this.watcher = new PlatformFunction(this, 'Watcher', {
      name,
      description: 'Records how far every resource is behind, open breakers, dead letters and old secrets',
      settings,
      // Two rounds never overlap.
      timeout: Duration.seconds(50),
      memorySize: 256,
      environment: {
        STAGE: settings.stage,
        SECRET_PREFIX: secretPrefix,
        STATE_TABLE: state.tableName,
        RESOURCE_SCHEDULES: JSON.stringify(resourceSchedules(settings)),
      },
    });
    this.watcher.allow(['dynamodb:BatchGetItem', 'dynamodb:Query'], [state.tableArn]);
    // Secrets Manager cannot restrict a listing to a prefix. It shows names and no values.
    this.watcher.allow(['secretsmanager:ListSecrets'], ['*']);
    this.watcher.allow(['secretsmanager:ListSecretVersionIds'], [secretArns]);
    Validations.of(this.watcher.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${secretPrefix}*]`,
      reason: 'Accounts are found by this prefix; when their secrets changed is all that is read of them.',
    });
    // A round that failed is not repeated, by Scheduler or by Lambda: the next minute comes anyway.
    this.watcher.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: everyMinute });
    new Schedule(this, 'EveryMinute', {
      scheduleName: `aictive-${settings.stage}-${name}`,
      description: 'Looks at how everything stands',
      scheduleGroup: group,
      schedule: ScheduleExpression.rate(everyMinute),
      target: new LambdaInvoke(this.watcher.function, {
        role: invocationRole(this, {
          roleName: `aictive-${settings.stage}-watcher-schedule`,
          group,
          target: this.watcher.function,
        }),
        maxEventAge: everyMinute,
        retryAttempts: 0,
        input: ScheduleTargetInput.fromObject({ scheduledAt: ContextAttribute.scheduledTime }),
      }),
    });
  }
}

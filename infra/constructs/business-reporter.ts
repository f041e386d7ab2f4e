import { Duration } from 'aws-cdk-lib';
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

export interface BusinessReporterProps {
  readonly settings: Settings;
  readonly state: Table;
  readonly records: Table;
  /** Whose schedules may take the role that is made for this one. */
  readonly group: ScheduleGroup;
  /** Accounts are the secrets below this prefix. */
  readonly secretPrefix: string;
}

/** Computes each account's business figures from its records, a few times a day. */
export class BusinessReporter extends Construct {
  readonly reporter: PlatformFunction;

  constructor(scope: Construct, id: string, props: BusinessReporterProps) {
    super(scope, id);
    const { settings, state, records, group, secretPrefix } = props;
    this.reporter = new PlatformFunction(this, 'Reporter', {
      name: 'business-reporter',
      description: 'Computes occupancy, rent roll, collections and other figures of each account',
      settings,
      timeout: Duration.seconds(290),
      memorySize: 512,
      environment: {
        STAGE: settings.stage,
        SECRET_PREFIX: secretPrefix,
        STATE_TABLE: state.tableName,
        RECORDS_TABLE: records.tableName,
      },
    });
    this.reporter.allow(['dynamodb:Query'], [records.tableArn]);
    this.reporter.allow(['dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem'], [state.tableArn]);
    // Secrets Manager cannot restrict a listing to a prefix. It shows names and no values.
    this.reporter.allow(['secretsmanager:ListSecrets'], ['*']);
    new Schedule(this, 'Regularly', {
      scheduleName: `aictive-${settings.stage}-business-report`,
      description: 'Computes the business figures of all accounts',
      scheduleGroup: group,
      schedule: ScheduleExpression.rate(Duration.hours(settings.businessReportHours)),
      target: new LambdaInvoke(this.reporter.function, {
        role: invocationRole(this, {
          roleName: `aictive-${settings.stage}-business-report-schedule`,
          group,
          target: this.reporter.function,
        }),
        // A tick that is as old as the next one has nothing left to say.
        maxEventAge: Duration.hours(settings.businessReportHours),
        retryAttempts: 10,
        input: ScheduleTargetInput.fromObject({ scheduledAt: ContextAttribute.scheduledTime }),
      }),
    });
  }
}

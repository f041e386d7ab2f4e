import { Duration } from 'aws-cdk-lib';
import type { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { PlatformFunction } from './platform-function.ts';
import { scheduleFunction } from './scheduled-function.ts';
import type { Tables } from './tables.ts';

export interface BusinessReporterProps {
  readonly settings: Settings;
  readonly tables: Tables;
  readonly group: ScheduleGroup;
}

/** Computes each account's business figures from its records, a few times a day. */
export class BusinessReporter extends Construct {
  constructor(scope: Construct, id: string, { settings, tables, group }: BusinessReporterProps) {
    super(scope, id);
    const reporter = new PlatformFunction(this, 'Reporter', {
      name: 'business-reporter',
      description: 'Computes occupancy, rent roll, collections and other figures of each account',
      settings,
      timeout: Duration.seconds(290),
      memorySize: 512,
    });
    reporter.bindTable('RECORDS_TABLE', tables.records, ['Query']);
    reporter.bindTable('STATE_TABLE', tables.state, ['BatchGetItem', 'Query', 'PutItem']);
    reporter.bindAccountNames();
    scheduleFunction(this, 'Regularly', {
      target: reporter,
      scheduleName: `${settings.prefix}-business-report`,
      roleName: `${settings.prefix}-business-report-schedule`,
      description: 'Computes the business figures of all accounts',
      group,
      every: Duration.hours(settings.businessReportHours),
      retryAttempts: 10,
    });
  }
}

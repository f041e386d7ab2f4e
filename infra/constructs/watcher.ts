import { Duration } from 'aws-cdk-lib';
import type { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { directoryPartition } from '../../shared/store/directory-partition.ts';
import { healthPartition } from '../../shared/store/health-partition.ts';
import { resourceSchedules } from '../resource-schedules.ts';
import type { Settings } from '../settings.ts';
import { PlatformFunction } from './platform-function.ts';
import { scheduleFunction } from './scheduled-function.ts';
import type { Tables } from './tables.ts';

export interface WatcherProps {
  readonly settings: Settings;
  readonly tables: Tables;
  readonly group: ScheduleGroup;
}

const everyMinute = Duration.minutes(1);

/**
 * Looks every minute at how accounts, resources, dead letters and secrets stand: the gauges that alarms judge by, and the summary that
 * `/health` and `/metrics` tell. Keeps the directory of accounts in line with their secrets.
 */
export class Watcher extends Construct {
  constructor(scope: Construct, id: string, { settings, tables, group }: WatcherProps) {
    super(scope, id);
    const watcher = new PlatformFunction(this, 'Watcher', {
      name: 'watcher',
      description: 'Records how far every resource is behind, open breakers, dead letters and old secrets',
      settings,
      // Two rounds never overlap.
      timeout: Duration.seconds(50),
      memorySize: 256,
      environment: { RESOURCE_SCHEDULES: JSON.stringify(resourceSchedules(settings)) },
    });
    watcher.bindTable('STATE_TABLE', tables.state, ['BatchGetItem', 'Query']);
    watcher.bindTable(
      'STATE_TABLE',
      tables.state,
      ['PutItem', 'BatchWriteItem'],
      [directoryPartition, healthPartition],
    );
    watcher.bindAccountNames();
    watcher.bindAccountSecrets('ListSecretVersionIds', 'When accounts’ secrets changed is all that is read of them.');
    // A round that failed is not repeated, by Scheduler or by Lambda: the next minute comes anyway.
    watcher.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: everyMinute });
    scheduleFunction(this, 'EveryMinute', {
      target: watcher,
      scheduleName: `${settings.prefix}-watcher`,
      roleName: `${settings.prefix}-watcher-schedule`,
      description: 'Looks at how everything stands',
      group,
      every: everyMinute,
      retryAttempts: 0,
    });
  }
}

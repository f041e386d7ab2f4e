import { Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { alarmCatalogue } from '../alarms/catalogue.ts';
import { apiIdExport, platformNames } from '../alarms/platform-names.ts';
import { addBudget } from '../constructs/budget.ts';
import { Monitoring } from '../constructs/monitoring.ts';
import { allDashboards } from '../dashboards/all-dashboards.ts';
import { addDashboards } from '../dashboards/cloudwatch.ts';
import type { Settings } from '../settings.ts';

export interface MonitoringStackProps extends StackProps {
  readonly settings: Settings;
}

/**
 * What wakes people and what they look at then: alarms, their routes, dashboards. It knows the core stack by its names only,
 * so that the core stack stands without it; the one name that AWS makes up, the HTTP API's id, comes from an export.
 */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: MonitoringStackProps) {
    super(scope, id, {
      description: 'Alarms on the copy of Rentvine data, their routes, and dashboards',
      terminationProtection: !settings.ephemeral,
      ...props,
    });
    const { prefix } = settings;
    const names = platformNames(settings, Fn.importValue(apiIdExport(prefix)));
    const monitoring = new Monitoring(this, 'Monitoring', { prefix, settings: settings.monitoring });
    for (const definition of alarmCatalogue(names)) monitoring.addAlarm(definition);
    if (settings.monitoring.monthlyBudgetUsd !== undefined) addBudget(this, prefix, settings.monitoring);
    addDashboards(this, prefix, allDashboards(names), monitoring.alarms);
  }
}

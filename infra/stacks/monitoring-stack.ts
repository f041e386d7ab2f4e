import { Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AlarmDefinition } from '../alarms/alarm-definition.ts';
import { alarmCatalogue } from '../alarms/catalogue.ts';
import { apiIdExport } from '../alarms/platform-names.ts';
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
  readonly monitoring: Monitoring;

  constructor(scope: Construct, id: string, { settings, ...props }: MonitoringStackProps) {
    super(scope, id, { description: 'Alarms on the copy of Rentvine data, their routes, and dashboards', ...props });
    const prefix = `aictive-${settings.stage}`;
    const names = { stage: settings.stage, prefix, apiId: Fn.importValue(apiIdExport(prefix)) };
    this.monitoring = new Monitoring(this, 'Monitoring', { prefix, settings: settings.monitoring });
    for (const definition of alarmCatalogue(names)) this.add(definition);
    addDashboards(this, prefix, allDashboards(names), this.monitoring.alarms);
  }

  private add(definition: AlarmDefinition): void {
    const { monitoring } = this;
    const { severity } = definition;
    if (definition.kind === 'composite') monitoring.addCompositeAlarm(definition);
    else if (severity === 'critical') monitoring.addCriticalAlarm({ ...definition, severity });
    else if (severity === 'warning') monitoring.addWarningAlarm({ ...definition, severity });
    else monitoring.addBusinessAlarm({ ...definition, severity });
  }
}

import type { DashboardName } from '../alarms/alarm-definition.ts';

export const dashboardName = (prefix: string, name: DashboardName): string => `${prefix}-${name}`;

/** The page of a dashboard in the AWS console. */
export const dashboardUrl = (region: string, prefix: string, name: DashboardName): string =>
  `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName(prefix, name)}`;

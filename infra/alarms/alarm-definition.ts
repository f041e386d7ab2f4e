import type { MetricRef } from './metric-ref.ts';

/** Critical wakes somebody, warning waits for the morning, business is for the property manager. */
export type Severity = 'critical' | 'warning' | 'business';

export const dashboardNames = ['overview', 'sync', 'webhooks', 'rentvine', 'business'] as const;
export type DashboardName = (typeof dashboardNames)[number];

interface Common {
  /** Last part of the physical name, and name of the article in `infra/runbooks`. */
  readonly name: string;
  readonly severity: Severity;
  /** One sentence: what it means for those who rely on the copy. */
  readonly meaning: string;
  /** Where to look first. */
  readonly dashboard: DashboardName;
}

/** An alarm on one metric, or on metric math over at most ten. */
export interface MetricAlarmDefinition extends Common {
  readonly kind: 'metric';
  /** By the id that the expression calls it. */
  readonly metrics: Readonly<Record<string, MetricRef>>;
  /**
   * Absent where there is only one metric. CloudWatch's arithmetic yields nothing where one side has no data, while a function
   * of a list, such as `SUM([a, b])`, takes what there is. Counts of zero are not sent, so such a function joins metrics.
   */
  readonly expression?: string;
  readonly comparison: '>' | '>=' | '<';
  readonly threshold: number;
  readonly periodSeconds: number;
  /** It rings when so many of the last so many periods are beyond the threshold. */
  readonly datapoints: { readonly breaching: number; readonly of: number };
  readonly missing: 'notBreaching' | 'breaching' | 'ignore';
  /** The composite alarm that rings in its place, so that one failure pages once. */
  readonly via?: string;
}

/** When a composite alarm rings, by the states of other alarms. */
export type AlarmCondition =
  | { readonly ringing: string }
  | { readonly any: readonly AlarmCondition[] }
  | { readonly all: readonly AlarmCondition[] }
  | { readonly not: AlarmCondition };

export interface CompositeAlarmDefinition extends Common {
  readonly kind: 'composite';
  readonly condition: AlarmCondition;
}

export type AlarmDefinition = MetricAlarmDefinition | CompositeAlarmDefinition;

/** The defaults that most alarms share: the last period decides, and no data means that nothing happened. */
export const oneOfOne = { datapoints: { breaching: 1, of: 1 }, missing: 'notBreaching' } as const;

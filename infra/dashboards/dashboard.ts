import type { DashboardName } from '../alarms/alarm-definition.ts';
import type { MetricRef, Statistic } from '../alarms/metric-ref.ts';

/** One line of a graph, or one figure. */
export type Series =
  | { readonly label: string; readonly metric: MetricRef }
  /** Metric math over metrics by their ids. */
  | { readonly label: string; readonly expression: string; readonly metrics: Readonly<Record<string, MetricRef>> }
  /** A line for each value of some dimensions, such as every account: what is not known when this is deployed. */
  | {
      readonly label: string;
      readonly search: {
        readonly namespace: string;
        readonly name: string;
        readonly statistic: Statistic;
        readonly fixed: Readonly<Record<string, string>>;
        readonly any: readonly string[];
      };
    };

/** Units as people read them, in either tool. */
export type Unit = 'count' | 'milliseconds' | 'seconds' | 'percent' | 'megabytes' | 'cents' | 'intervals';

export interface Widget {
  readonly title: string;
  readonly kind: 'graph' | 'number' | 'stacked';
  readonly unit: Unit;
  readonly series: readonly Series[];
  /** Of 24 columns. */
  readonly width: 4 | 6 | 8 | 12 | 24;
  readonly periodSeconds?: number;
  /** A line at the value from which an alarm rings. */
  readonly alarmAt?: number;
}

/** What is shown, in rows; where and how is the business of CloudWatch and Grafana. */
export interface Dashboard {
  readonly name: DashboardName;
  readonly title: string;
  /** One sentence on top: what this answers. */
  readonly about: string;
  readonly rows: readonly (readonly Widget[])[];
}

export const defaultPeriodSeconds = 300;

/** A line per value of a dimension. */
export const each = <Value extends string>(values: readonly Value[], metric: (value: Value) => MetricRef): Series[] =>
  values.map((value) => ({ label: value, metric: metric(value) }));

export const line = (label: string, metric: MetricRef): Series => ({ label, metric });

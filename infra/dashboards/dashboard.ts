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
  readonly periodSeconds?: number;
  /** Name of the alarm whose threshold is drawn as a line. */
  readonly alarm?: string;
}

/** What is shown, in rows; where and how is the business of CloudWatch and Grafana. */
export interface Dashboard<Shown = Widget> {
  readonly name: DashboardName;
  readonly title: string;
  /** One sentence on top: what this answers. */
  readonly about: string;
  /** The widgets of a row share its width. */
  readonly rows: readonly (readonly Shown[])[];
}

/** A widget with everything looked up that it is drawn from. */
export interface ShownWidget extends Omit<Widget, 'alarm'> {
  readonly periodSeconds: number;
  /** A line at the value from which an alarm rings. */
  readonly alarmAt?: number;
}

type WidgetOptions = Pick<Widget, 'alarm' | 'periodSeconds'>;

const widgetOf =
  (kind: Widget['kind']) =>
  (title: string, unit: Unit, series: readonly Series[], options: WidgetOptions = {}): Widget => ({
    title,
    kind,
    unit,
    series,
    ...options,
  });

/** Lines. */
export const graph = widgetOf('graph');
/** Lines on top of each other, for what adds up. */
export const stacked = widgetOf('stacked');

/** The latest value of one metric. */
export const figure = (title: string, unit: Unit, label: string, metric: MetricRef): Widget =>
  widgetOf('number')(title, unit, [line(label, metric)]);

/** A line per value of a dimension. */
export const each = <Value extends string>(values: readonly Value[], metric: (value: Value) => MetricRef): Series[] =>
  values.map((value) => ({ label: value, metric: metric(value) }));

export const line = (label: string, metric: MetricRef): Series => ({ label, metric });

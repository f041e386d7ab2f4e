import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  Color,
  GraphWidget,
  GraphWidgetView,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  SearchExpression,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Dashboard, Series, ShownWidget, Unit } from './dashboard.ts';
import { dashboardName } from './dashboard-url.ts';
import { numberedIds } from './math-ids.ts';
import { searchExpression, searchLabel } from './search-expression.ts';

const allColumns = 24;
const heights = { number: 4, graph: 6, stacked: 6, text: 2 } as const;
/** Alarms in a row of the status widget. */
const alarmsPerRow = 6;

const unitLabels: Readonly<Record<Unit, string>> = {
  count: '',
  milliseconds: 'ms',
  seconds: 's',
  percent: '%',
  megabytes: 'MB',
  cents: 'money',
  intervals: 'intervals',
};

/** Makes the dashboards of a stage; the overview begins with the state of all alarms. */
export function addDashboards(
  scope: Construct,
  prefix: string,
  dashboards: readonly Dashboard<ShownWidget>[],
  alarms: readonly IAlarm[],
): void {
  for (const dashboard of dashboards) {
    const { name, title, about, rows } = dashboard;
    const text = new TextWidget({ markdown: `# ${title}\n${about}`, width: allColumns, height: heights.text });
    const status = new AlarmStatusWidget({
      title: 'Alarms',
      alarms: [...alarms],
      width: allColumns,
      height: 1 + Math.ceil(alarms.length / alarmsPerRow),
    });
    new CloudWatchDashboard(scope, `Dashboard-${name}`, {
      dashboardName: dashboardName(prefix, name),
      defaultInterval: Duration.hours(name === 'business' ? 24 * 30 : 3),
      widgets: [
        [text],
        ...(name === 'overview' ? [[status]] : []),
        ...rows.map((row) => row.map((widget) => toWidget(widget, allColumns / row.length))),
      ],
    });
  }
}

function toWidget(widget: ShownWidget, width: number): IWidget {
  const { title, kind, unit, series, alarmAt } = widget;
  const metrics = series.map((one, index) => toMetric(one, index, widget));
  if (kind === 'number') return new SingleValueWidget({ title, metrics, width, height: heights.number });
  return new GraphWidget({
    title,
    width,
    height: heights[kind],
    left: metrics,
    stacked: kind === 'stacked',
    view: GraphWidgetView.TIME_SERIES,
    leftYAxis: { min: 0, showUnits: false, ...(unitLabels[unit] && { label: unitLabels[unit] }) },
    ...(alarmAt !== undefined && { leftAnnotations: [{ value: alarmAt, label: 'alarm', color: Color.RED }] }),
  });
}

function toMetric(series: Series, index: number, { unit, periodSeconds }: ShownWidget): IMetric {
  const period = Duration.seconds(periodSeconds);
  if ('search' in series) {
    const expression = searchExpression(series, unit, periodSeconds);
    return new SearchExpression({ expression, label: searchLabel(series), period });
  }
  if ('metric' in series) return toPlainMetric(series.metric, period, series.label);
  const { expression, metrics } = numberedIds(series, index);
  const usingMetrics = Object.fromEntries(metrics.map(([id, metric]) => [id, toPlainMetric(metric, period)]));
  return new MathExpression({ expression, usingMetrics, label: series.label, period });
}

const toPlainMetric = (
  { namespace, name, dimensions, statistic }: Extract<Series, { metric: unknown }>['metric'],
  period: Duration,
  label?: string,
): Metric =>
  new Metric({
    namespace,
    metricName: name,
    dimensionsMap: { ...dimensions },
    statistic,
    period,
    ...(label !== undefined && { label }),
  });

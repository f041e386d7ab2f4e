import type { MetricRef } from '../alarms/metric-ref.ts';
import { type PlatformNames, platformNames } from '../alarms/platform-names.ts';
import { readSettings } from '../settings.ts';
import type { Dashboard, Series, ShownWidget, Unit } from './dashboard.ts';
import { numberedIds } from './math-ids.ts';
import { searchExpression, searchLabel } from './search-expression.ts';

/** Names as Grafana fills them in from the variables on top of each dashboard. */
export const grafanaNames: PlatformNames = {
  ...platformNames(
    readSettings(() => undefined),
    `\${api}`,
  ),
  stage: `\${stage}`,
  prefix: `aictive-\${stage}`,
  tables: { records: `aictive-\${stage}-records`, state: `aictive-\${stage}-state` },
};

const datasource = { type: 'cloudwatch', uid: `\${datasource}` };
const allColumns = 24;
const rowHeights = { number: 4, graph: 8, stacked: 8 } as const;

const units: Readonly<Record<Unit, string>> = {
  count: 'short',
  milliseconds: 'ms',
  seconds: 's',
  percent: 'percent',
  megabytes: 'decmbytes',
  cents: 'short',
  intervals: 'short',
};

/** What Grafana's CloudWatch data source asks for one line; numbers are its own enumerations. */
interface Target {
  readonly refId: string;
  readonly id: string;
  readonly label?: string;
  readonly hide?: boolean;
  readonly [other: string]: unknown;
}

const metricSearch = 0;
const builder = 0;
const code = 1;

const common = (periodSeconds: number) => ({
  datasource,
  queryMode: 'Metrics',
  region: `\${region}`,
  metricQueryType: metricSearch,
  period: String(periodSeconds),
});

const plain = ({ namespace, name, dimensions, statistic }: MetricRef, periodSeconds: number) => ({
  ...common(periodSeconds),
  metricEditorMode: builder,
  namespace,
  metricName: name,
  dimensions,
  matchExact: true,
  statistic,
});

function targetsOf(series: Series, index: number, { unit, periodSeconds }: ShownWidget): Target[] {
  const id = `s${index}`;
  const shown = { refId: id.toUpperCase(), id };
  if ('metric' in series) return [{ ...shown, ...plain(series.metric, periodSeconds), label: series.label }];
  const math = { ...shown, ...common(periodSeconds), metricEditorMode: code };
  if ('search' in series) {
    return [{ ...math, expression: searchExpression(series, unit, periodSeconds), label: searchLabel(series) }];
  }
  const { expression, metrics } = numberedIds(series, index);
  const inputs = metrics.map(([own, metric]) => ({
    refId: own.toUpperCase(),
    id: own,
    ...plain(metric, periodSeconds),
    hide: true,
  }));
  return [...inputs, { ...math, expression, label: series.label }];
}

function panelOf(widget: ShownWidget, id: number, gridPos: object) {
  const { title, kind, unit, series, alarmAt } = widget;
  const thresholds = {
    mode: 'absolute',
    steps: [{ color: 'green', value: null }, ...(alarmAt === undefined ? [] : [{ color: 'red', value: alarmAt }])],
  };
  return {
    id,
    type: kind === 'number' ? 'stat' : 'timeseries',
    title,
    datasource,
    gridPos,
    targets: series.flatMap((one, index) => targetsOf(one, index, widget)),
    fieldConfig: {
      defaults: {
        unit: units[unit],
        min: 0,
        thresholds,
        custom: {
          ...(kind === 'stacked' && { stacking: { mode: 'normal' }, fillOpacity: 30 }),
          ...(alarmAt !== undefined && { thresholdsStyle: { mode: 'line' } }),
        },
      },
      overrides: [],
    },
    options:
      kind === 'number'
        ? { reduceOptions: { calcs: ['lastNotNull'] } }
        : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
  };
}

const variables = [
  { name: 'datasource', label: 'Data source', type: 'datasource', query: 'cloudwatch' },
  { name: 'region', label: 'Region', type: 'query', datasource, query: 'regions()', refresh: 1 },
  { name: 'stage', label: 'Stage', type: 'textbox', query: 'prod', current: { text: 'prod', value: 'prod' } },
  {
    name: 'api',
    label: 'HTTP API',
    type: 'query',
    datasource,
    query: `dimension_values(\${region}, AWS/ApiGateway, Count, ApiId)`,
    refresh: 1,
  },
];

/** One dashboard as JSON that Grafana imports. */
function grafanaDashboard({ name, title, about, rows }: Dashboard<ShownWidget>): object {
  let y = 0;
  let id = 0;
  const panels = rows.flatMap((row) => {
    const height = Math.max(...row.map(({ kind }) => rowHeights[kind]));
    const w = allColumns / row.length;
    const made = row.map((widget, index) => {
      id += 1;
      return panelOf(widget, id, { x: index * w, y, w, h: height });
    });
    y += height;
    return made;
  });
  return {
    uid: `aictive-rentvine-${name}`,
    title: `Rentvine copy: ${title}`,
    description: about,
    tags: ['aictive', 'rentvine'],
    schemaVersion: 39,
    editable: true,
    refresh: '1m',
    time: { from: name === 'business' ? 'now-30d' : 'now-3h', to: 'now' },
    templating: { list: variables },
    panels,
  };
}

/** File name and text of each Grafana dashboard. */
export const grafanaFiles = (dashboards: readonly Dashboard<ShownWidget>[]): ReadonlyMap<string, string> =>
  new Map(
    dashboards.map((dashboard) => [
      `${dashboard.name}.json`,
      `${JSON.stringify(grafanaDashboard(dashboard), null, 2)}\n`,
    ]),
  );

import { allInStage, inStage } from '../alarms/metric-ref.ts';
import type { PlatformNames } from '../alarms/platform-names.ts';
import { business } from './business.ts';
import type { Dashboard, Series } from './dashboard.ts';
import { overview } from './overview.ts';
import { rentvine } from './rentvine.ts';
import { sync } from './sync.ts';
import { webhooks } from './webhooks.ts';

/** What CloudWatch's and Grafana's dashboards are both made of. */
export const allDashboards = (names: PlatformNames): readonly Dashboard[] =>
  [overview(names), sync(names), webhooks(names), rentvine(), business()].map((dashboard) => ({
    ...dashboard,
    rows: dashboard.rows.map((row) =>
      row.map((widget) => ({ ...widget, series: widget.series.map((series) => seriesOf(series, names.stage)) })),
    ),
  }));

function seriesOf(series: Series, stage: string): Series {
  if ('metric' in series) return { ...series, metric: inStage(series.metric, stage) };
  if ('search' in series) return { ...series, search: inStage(series.search, stage) };
  return { ...series, metrics: allInStage(series.metrics, stage) };
}

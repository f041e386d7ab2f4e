import { ConfigurationError } from '../../shared/errors.ts';
import type { AlarmDefinition } from '../alarms/alarm-definition.ts';
import { alarmCatalogue } from '../alarms/catalogue.ts';
import { allInStage, inStage } from '../alarms/metric-ref.ts';
import type { PlatformNames } from '../alarms/platform-names.ts';
import { business } from './business.ts';
import type { Dashboard, Series, ShownWidget, Widget } from './dashboard.ts';
import { overview } from './overview.ts';
import { rentvine } from './rentvine.ts';
import { sync } from './sync.ts';
import { webhooks } from './webhooks.ts';

const defaultPeriodSeconds = 300;

/**
 * What CloudWatch's and Grafana's dashboards are both made of.
 *
 * @throws ConfigurationError when a widget is to show the threshold of an alarm that there is not
 */
export function allDashboards(names: PlatformNames): readonly Dashboard<ShownWidget>[] {
  const alarms = alarmCatalogue(names);
  return [overview(names), sync(names), webhooks(names), rentvine(), business()].map((dashboard) => ({
    ...dashboard,
    rows: dashboard.rows.map((row) => row.map((widget) => shown(widget, alarms, names.stage))),
  }));
}

/** A threshold is comparable with values of the alarm's own period, so that is the default. */
export function shown({ alarm, ...widget }: Widget, alarms: readonly AlarmDefinition[], stage: string): ShownWidget {
  const series = widget.series.map((each) => seriesOf(each, stage));
  if (alarm === undefined) return { periodSeconds: defaultPeriodSeconds, ...widget, series };
  const definition = alarms.find(({ name }) => name === alarm);
  if (definition?.kind !== 'metric') {
    throw new ConfigurationError(
      `The widget "${widget.title}" shows the threshold of ${alarm}, which is no alarm on a metric.`,
    );
  }
  const { threshold, periodSeconds } = definition;
  return { periodSeconds, ...widget, series, alarmAt: threshold };
}

function seriesOf(series: Series, stage: string): Series {
  if ('metric' in series) return { ...series, metric: inStage(series.metric, stage) };
  if ('search' in series) return { ...series, search: inStage(series.search, stage) };
  return { ...series, metrics: allInStage(series.metrics, stage) };
}

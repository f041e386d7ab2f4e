import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { dashboardNames } from '../alarms/alarm-definition.ts';
import { alarmCatalogue } from '../alarms/catalogue.ts';
import { metricProblem } from '../alarms/metric-problem.ts';
import { platformNames, resourceNames } from '../alarms/platform-names.ts';
import { readSettings } from '../settings.ts';
import { allDashboards, shown } from './all-dashboards.ts';
import { graph, type Series } from './dashboard.ts';
import { grafanaFiles, grafanaNames } from './grafana.ts';

const names = platformNames(
  readSettings(() => undefined),
  'api',
);
const dashboards = allDashboards(names);
const grafana = grafanaFiles(allDashboards(grafanaNames));
const widgets = dashboards.flatMap(({ name, rows }) => rows.flat().map((widget) => ({ dashboard: name, ...widget })));

const problemsOf = (series: Series): (string | undefined)[] => {
  if ('metric' in series) return [metricProblem(series.metric)];
  if ('expression' in series) return Object.values(series.metrics).map((metric) => metricProblem(metric));
  const { namespace, name, fixed, any } = series.search;
  return [metricProblem({ namespace, name, dimensions: fixed }, any)];
};

const cloudWatch = () => {
  const template = z
    .object({
      Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.any()) })),
    })
    .parse(JSON.parse(readFileSync(`${inject('assemblyDir')}/aictive-dev-monitoring.template.json`, 'utf8')));
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')
    .map(({ Properties }) => Properties);
};

describe('the dashboards', () => {
  it('are those that alarms link to, and show only metrics that somebody sends', () => {
    expect(dashboards.map(({ name }) => name)).toEqual([...dashboardNames]);
    const problems = widgets.flatMap(({ dashboard, title, series }) =>
      series
        .flatMap(problemsOf)
        .flatMap((problem) => (problem === undefined ? [] : [`${dashboard}, ${title}: ${problem}`])),
    );
    expect(problems).toEqual([]);
  });

  it('draw a line where an alarm rings, from the alarm itself', () => {
    const catalogue = alarmCatalogue(names);
    const latency = catalogue.find(({ name }) => name === 'rentvine-latency');
    expect(widgets.find(({ title }) => title === 'Latency of a call')).toMatchObject({
      alarmAt: latency?.kind === 'metric' && latency.threshold,
    });
    expect(widgets.filter(({ alarmAt }) => alarmAt !== undefined).length).toBeGreaterThan(10);
    expect(() => shown(graph('Any', 'count', [], { alarm: 'mistyped' }), catalogue, 'dev')).toThrow(
      'The widget "Any" shows the threshold of mistyped, which is no alarm on a metric.',
    );
  });

  it('know every resource of the table', () => {
    const fresh = widgets.find(({ title }) => title === 'Time since each resource was read');
    expect(fresh?.series.map(({ label }) => label)).toEqual(resourceNames);
  });

  it('show the same in CloudWatch and in Grafana', () => {
    const inCloudWatch = cloudWatch();
    for (const { name, rows } of dashboards) {
      const body = JSON.stringify(inCloudWatch.find(({ DashboardName }) => DashboardName === `aictive-dev-${name}`));
      const { panels } = z
        .object({ panels: z.array(z.object({ title: z.string() })) })
        .parse(JSON.parse(grafana.get(`${name}.json`) ?? ''));
      expect(panels.map(({ title }) => title)).toEqual(rows.flat().map(({ title }) => title));
      for (const { title } of rows.flat()) expect(body).toContain(title);
    }
    const overview = JSON.stringify(inCloudWatch.find(({ DashboardName }) => DashboardName === 'aictive-dev-overview'));
    expect(overview).toContain('"type\\":\\"alarm\\"');
  });
});

describe('the Grafana files', () => {
  it('fit any stage and region, and give every query of a panel an id of its own', () => {
    const targetSchema = z.looseObject({ id: z.string(), refId: z.string(), region: z.literal(`\${region}`) });
    const schema = z.object({ panels: z.array(z.object({ id: z.int(), targets: z.array(targetSchema).min(1) })) });
    for (const text of grafana.values()) {
      expect(text).not.toMatch(/aictive-(?:dev|prod)-/);
      const { panels } = schema.parse(JSON.parse(text));
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { targets } of panels) {
        expect(new Set(targets.map(({ id }) => id)).size).toBe(targets.length);
        expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      }
    }
  });
});

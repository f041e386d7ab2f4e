import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { dashboardNames } from '../alarms/alarm-definition.ts';
import { metricProblem } from '../alarms/metric-problem.ts';
import { resourceNames } from '../alarms/platform-names.ts';
import { allDashboards } from './all-dashboards.ts';
import type { Series } from './dashboard.ts';
import { grafanaFiles, grafanaNames } from './grafana.ts';

const dashboards = allDashboards({ stage: 'dev', prefix: 'aictive-dev', apiId: 'api' });
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

  it('fill their rows and no more', () => {
    for (const { name, rows } of dashboards) {
      for (const row of rows) expect([name, row.reduce((sum, { width }) => sum + width, 0)]).toEqual([name, 24]);
    }
  });

  it('know every resource of the table', () => {
    const fresh = widgets.find(({ title }) => title === 'Time since each resource was read');
    expect(fresh?.series.map(({ label }) => label)).toEqual(resourceNames);
  });

  it('show the same in CloudWatch and in Grafana', () => {
    const inCloudWatch = cloudWatch();
    for (const { name, rows } of dashboards) {
      const body = JSON.stringify(inCloudWatch.find(({ DashboardName }) => DashboardName === `aictive-dev-${name}`));
      const file = readFileSync(new URL(`./grafana/${name}.json`, import.meta.url), 'utf8');
      const { panels } = z.object({ panels: z.array(z.object({ title: z.string() })) }).parse(JSON.parse(file));
      expect(panels.map(({ title }) => title)).toEqual(rows.flat().map(({ title }) => title));
      for (const { title } of rows.flat()) expect(body).toContain(title);
    }
    const overview = JSON.stringify(inCloudWatch.find(({ DashboardName }) => DashboardName === 'aictive-dev-overview'));
    expect(overview).toContain('"type\\":\\"alarm\\"');
  });
});

describe('the Grafana files', () => {
  it('are what the description makes: after a change run npm run dashboards', () => {
    const folder = new URL('./grafana/', import.meta.url);
    const made = grafanaFiles(allDashboards(grafanaNames));
    expect(readdirSync(folder).sort()).toEqual([...made.keys()].sort());
    for (const [file, text] of made) {
      expect(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file).toEqual(JSON.parse(text));
    }
  });

  it('fit any stage and region, and give every query of a panel an id of its own', () => {
    const targetSchema = z.looseObject({ id: z.string(), refId: z.string(), region: z.literal(`\${region}`) });
    const schema = z.object({ panels: z.array(z.object({ id: z.int(), targets: z.array(targetSchema).min(1) })) });
    for (const text of grafanaFiles(allDashboards(grafanaNames)).values()) {
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

import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchFamily, CloudWatchSeries } from './cloudwatch-catalogue.ts';
import type { Family } from './exposition.ts';

const windowMs = 300_000;
const minuteMs = 60_000;
/** GetMetricData's limit of queries in a call. */
const seriesPerCall = 500;

/**
 * Reads the last five whole minutes of every series, minute by minute, so that nothing depends on how CloudWatch aligns
 * longer periods. A count that nobody recorded is 0; of anything else there is no sample then.
 *
 * @param now epoch milliseconds
 */
export async function readCloudWatch(
  client: CloudWatchClient,
  families: readonly CloudWatchFamily[],
  now: number,
): Promise<Family[]> {
  const all = families.flatMap(({ series }) => series);
  const end = Math.ceil(now / minuteMs) * minuteMs;
  const window = { StartTime: new Date(end - windowMs), EndTime: new Date(end) };
  const values = new Map<string, number[]>();
  for (let start = 0; start < all.length; start += seriesPerCall) {
    const queries = all.slice(start, start + seriesPerCall).map((series, index) => queryOf(series, start + index));
    for await (const page of paginateGetMetricData({ client }, { ...window, MetricDataQueries: queries })) {
      for (const { Id = '', Values = [] } of page.MetricDataResults ?? []) {
        values.set(Id, [...(values.get(Id) ?? []), ...Values]);
      }
    }
  }
  let next = 0;
  return families.map(({ name, help, factor, series }) => ({
    name,
    help,
    samples: series.flatMap(({ statistic, labels }) => {
      const value = overWindow(statistic, values.get(idOf(next++)) ?? []);
      return value === undefined ? [] : [{ labels, value: value * factor }];
    }),
  }));
}

/** Ids begin with a lower-case letter. */
const idOf = (index: number): string => `m${index}`;

const queryOf = (series: CloudWatchSeries, index: number): MetricDataQuery => ({
  Id: idOf(index),
  MetricStat: {
    Metric: {
      Namespace: series.namespace,
      MetricName: series.metric,
      Dimensions: Object.entries(series.dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: minuteMs / 1000,
    Stat: series.statistic,
  },
});

function overWindow(statistic: CloudWatchSeries['statistic'], values: readonly number[]): number | undefined {
  if (statistic === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  return values.length === 0 ? undefined : Math.max(...values);
}

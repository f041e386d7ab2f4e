import { type MetricName, metricsNamespace } from '../../../shared/observability/metrics.ts';
import type { MetricId } from '../../local/cloudwatch/metric-id.ts';
import type { LocalStack } from '../../local/start.ts';

const minuteMs = 60_000;
/** How far back the console's charts go. */
export const chartedMinutes = 30;

export interface MinuteOfMetric {
  readonly sum: number;
  readonly maximum: number;
}

export interface MetricReader {
  /** One of our own functions' metrics. */
  own(service: string, name: MetricName, dimensions?: Readonly<Record<string, string>>): MetricId;
  /** How much was recorded in a minute, by the last one or two. */
  perMinute(id: MetricId): number;
  /** What was recorded in this many minutes up to now, added up. */
  total(id: MetricId, minutes: number): number;
  /** A bucket a minute up to now, oldest first; undefined where nothing was recorded. */
  minutes(id: MetricId): readonly (MinuteOfMetric | undefined)[];
}

/** Reads what the stack recorded, as of `now`. Metrics are kept by the whole minute. */
export function readMetrics(stack: Pick<LocalStack, 'metricData'>, stage: string, now: Date): MetricReader {
  const thisMinute = Math.floor(now.getTime() / minuteMs) * minuteMs;
  const since = (id: MetricId, minutes: number) =>
    stack.metricData({ ...id, from: new Date(thisMinute - (minutes - 1) * minuteMs) });
  return {
    own: (service, name, dimensions = {}) => ({
      namespace: metricsNamespace(stage),
      name,
      dimensions: { service, ...dimensions },
    }),
    perMinute(id) {
      // What is left of the minute before this one counts in part, or every rate would fall to nothing on the minute.
      const left = 1 - (now.getTime() - thisMinute) / minuteMs;
      const sum = since(id, 2).reduce(
        (total, point) => total + point.sum * (point.at.getTime() === thisMinute ? 1 : left),
        0,
      );
      return Math.round(sum);
    },
    total: (id, minutes) => since(id, minutes).reduce((total, { sum }) => total + sum, 0),
    minutes(id) {
      const buckets: (MinuteOfMetric | undefined)[] = Array.from({ length: chartedMinutes }, () => undefined);
      for (const { at, sum, maximum } of since(id, chartedMinutes)) {
        const index = chartedMinutes - 1 - (thisMinute - at.getTime()) / minuteMs;
        if (index >= 0 && index < chartedMinutes) buckets[index] = { sum, maximum };
      }
      return buckets;
    },
  };
}

import { type MetricId, metricKey } from './metric-id.ts';
import { addSet, addValue, emptySet, type StatisticSet } from './statistics.ts';

export const minuteMs = 60_000;
/** Minutes with data that are kept of a metric. An alarm may look back a day, and a little further where data is missing. */
const keptMinutes = 49 * 60;

/** What was recorded of a metric within one minute. */
export interface MetricPoint {
  /** When the minute began. */
  readonly at: Date;
  readonly sum: number;
  readonly maximum: number;
  readonly sampleCount: number;
}

export interface MetricStore {
  /** When it began to take data. */
  readonly begin: Date;
  record(id: MetricId, value: number, at: Date): void;
  /** Everything recorded from `from` until before `to`, both epoch milliseconds and rounded down to the minute. */
  between(id: MetricId, from: number, to: number): StatisticSet;
  /** Minutes with data, oldest first. */
  points(id: MetricId, from?: Date): MetricPoint[];
}

const startOfMinute = (ms: number): number => Math.floor(ms / minuteMs) * minuteMs;

/** Metrics in memory, a minute being the finest resolution, as CloudWatch keeps those of standard resolution. */
export function metricStore(begin: Date): MetricStore {
  /** What was recorded of each metric, by the minute's start in epoch milliseconds. */
  const all = new Map<string, Map<number, StatisticSet>>();

  function minute(id: MetricId, at: Date): StatisticSet {
    const key = metricKey(id);
    const minutes = all.get(key) ?? new Map<number, StatisticSet>();
    all.set(key, minutes);
    const start = startOfMinute(at.getTime());
    const existing = minutes.get(start);
    if (existing) return existing;
    const created = emptySet();
    minutes.set(start, created);
    const [first] = minutes.keys();
    if (minutes.size > keptMinutes && first !== undefined) minutes.delete(first);
    return created;
  }

  return {
    begin,
    record(id, value, at) {
      addValue(minute(id, at), value);
    },
    between(id, from, to) {
      const total = emptySet();
      const minutes = all.get(metricKey(id));
      if (!minutes) return total;
      const end = startOfMinute(to);
      // Either the minutes asked for or the minutes known, whichever are fewer: most metrics have few.
      const begin = startOfMinute(from);
      if ((end - begin) / minuteMs > minutes.size) {
        for (const [start, set] of minutes) if (start >= begin && start < end) addSet(total, set);
        return total;
      }
      for (let start = begin; start < end; start += minuteMs) {
        const set = minutes.get(start);
        if (set) addSet(total, set);
      }
      return total;
    },
    points(id, from) {
      const since = from ? startOfMinute(from.getTime()) : 0;
      return [...(all.get(metricKey(id)) ?? [])]
        .filter(([start]) => start >= since)
        .sort(([left], [right]) => left - right)
        .map(([start, { count, sum, maximum }]) => ({
          at: new Date(start),
          sum,
          maximum,
          sampleCount: count,
        }));
    },
  };
}

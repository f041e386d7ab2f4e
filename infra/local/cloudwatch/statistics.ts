/** All values of one metric in one stretch of time, in as little memory as every statistic needs. */
export interface StatisticSet {
  count: number;
  sum: number;
  maximum: number;
  /** How often each value came, rounded to four digits: percentiles need no more. */
  readonly occurrences: Map<number, number>;
}

export function emptySet(): StatisticSet {
  return { count: 0, sum: 0, maximum: -Infinity, occurrences: new Map() };
}

const rounded = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(4)));

export function addValue(set: StatisticSet, value: number): void {
  set.count += 1;
  set.sum += value;
  set.maximum = Math.max(set.maximum, value);
  const at = rounded(value);
  set.occurrences.set(at, (set.occurrences.get(at) ?? 0) + 1);
}

export function addSet(set: StatisticSet, other: Readonly<StatisticSet>): void {
  set.count += other.count;
  set.sum += other.sum;
  set.maximum = Math.max(set.maximum, other.maximum);
  for (const [value, times] of other.occurrences) set.occurrences.set(value, (set.occurrences.get(value) ?? 0) + times);
}

/** The smallest value that at least `percent` percent of all values do not exceed. */
function percentile(set: Readonly<StatisticSet>, percent: number): number {
  const wanted = (set.count * percent) / 100;
  let seen = 0;
  for (const value of [...set.occurrences.keys()].sort((left, right) => left - right)) {
    seen += set.occurrences.get(value) ?? 0;
    if (seen >= wanted) return Math.min(set.maximum, value);
  }
  return set.maximum;
}

const percentilePattern = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/i;

/** Whether {@link statisticOf} knows it: Sum, Average, Maximum, SampleCount, or a percentile such as p95. */
export function isStatistic(statistic: string): boolean {
  return /^(Sum|Average|Maximum|SampleCount)$/.test(statistic) || percentilePattern.test(statistic);
}

/** @returns undefined when nothing was recorded: that is missing data, not zero */
export function statisticOf(set: Readonly<StatisticSet>, statistic: string): number | undefined {
  if (set.count === 0) return undefined;
  switch (statistic) {
    case 'Sum':
      return set.sum;
    case 'Average':
      return set.sum / set.count;
    case 'Maximum':
      return set.maximum;
    case 'SampleCount':
      return set.count;
    default: {
      const percent = percentilePattern.exec(statistic)?.[1];
      return percent === undefined ? undefined : percentile(set, Number(percent));
    }
  }
}

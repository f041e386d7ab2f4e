/** The value that `percent` of the values are not above; NaN of none. @param sorted ascending */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}

export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number) => percentile(sorted, percent);
  return { count: sorted.length, p50: at(50), p95: at(95), p99: at(99), max: at(100) };
}

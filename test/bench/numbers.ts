/** The middle value; of an even number of values the upper one of the two. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
export const times = (ratio: number): string => `${ratio.toFixed(1)} ×`;
export const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');

/**
 * How many more calls than a token bucket allows were made in the worst stretch of time; 0 or less when the limit held.
 *
 * @param arrivals epoch milliseconds, ascending
 */
export function overRateLimit(arrivals: readonly number[], perSecond: number, burst: number): number {
  // The bucket's level is what matters: it tells of every stretch at once, by its fullest start.
  let used = 0;
  let last = arrivals[0] ?? 0;
  let worst = -burst;
  for (const at of arrivals) {
    used = Math.max(0, used - ((at - last) / 1000) * perSecond) + 1;
    last = at;
    worst = Math.max(worst, used - burst);
  }
  return worst;
}

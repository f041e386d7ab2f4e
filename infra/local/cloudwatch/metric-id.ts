/** What identifies a metric: each combination of dimension values is a metric of its own. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Equal for equal metrics, whatever the order of their dimensions. */
export function metricKey({ namespace, name, dimensions }: MetricId): string {
  const pairs = Object.entries(dimensions);
  if (pairs.length > 1) pairs.sort(([left], [right]) => (left < right ? -1 : 1));
  // No name or value holds a NUL: it is quicker than JSON, and every request of the runner comes by several times.
  return [namespace, name, ...pairs.flat()].join('\0');
}

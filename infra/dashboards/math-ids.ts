import type { MetricRef } from '../alarms/metric-ref.ts';
import type { Series } from './dashboard.ts';

type Math = Extract<Series, { readonly expression: string }>;

/** Ids are of a whole graph, in CloudWatch and in Grafana: those of its nth line get its number. */
export function numberedIds(
  { expression, metrics }: Math,
  index: number,
): { expression: string; metrics: [string, MetricRef][] } {
  const numbered = (id: string) => `${id}${index}`;
  return {
    expression: expression.replace(/\b[a-z]\w*\b/g, (id) => (Object.hasOwn(metrics, id) ? numbered(id) : id)),
    metrics: Object.entries(metrics).map(([id, metric]) => [numbered(id), metric]),
  };
}

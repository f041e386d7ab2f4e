import * as z from 'zod';
import type { MetricId } from './metric-id.ts';

export interface MetricValue {
  readonly id: MetricId;
  readonly value: number;
}

const directive = z.looseObject({
  _aws: z.looseObject({
    CloudWatchMetrics: z.array(
      z.looseObject({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())).default([[]]),
        Metrics: z.array(z.looseObject({ Name: z.string() })).default([]),
      }),
    ),
  }),
});
const values = z.union([z.number().transform((value) => [value]), z.array(z.number())]);
const dimensionValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * The values in a line of a function's output that is in embedded metric format: one for each value of each metric and
 * set of dimensions. Any other line yields nothing, and so does what CloudWatch would refuse.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(line: string): MetricValue[] {
  // Nearly all lines are none: they are not worth parsing.
  if (!line.startsWith('{') || !line.includes('"_aws"')) return [];
  const parsed = directive.safeParse(parseJson(line));
  if (!parsed.success) return [];
  const root: Readonly<Record<string, unknown>> = parsed.data;
  return parsed.data._aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions: Record<string, string> = {};
      for (const name of names) {
        const value = dimensionValue.safeParse(root[name]);
        if (!value.success) return [];
        dimensions[name] = value.data;
      }
      return Metrics.flatMap(({ Name: name }) => {
        const found = values.safeParse(root[name]);
        return found.success ? found.data.map((value) => ({ id: { namespace, name, dimensions }, value })) : [];
      });
    }),
  );
}

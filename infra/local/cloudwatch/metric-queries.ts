import * as z from 'zod';
import { booleanProperty } from '../cloudformation/template-resource.ts';
import { evaluateMath, type MathValue, type Series } from './math.ts';
import { MathError, type MathNode, parseMath } from './math-syntax.ts';
import type { MetricId } from './metric-id.ts';
import type { MetricStore } from './metric-store.ts';
import { isStatistic, statisticOf } from './statistics.ts';

/** What an account may run at once in one region, unless it asked for more: what SERVICE_QUOTA yields. */
const serviceQuota = 1000;

export const dimensionsSchema = z
  .array(z.strictObject({ Name: z.string(), Value: z.string() }))
  .default([])
  .transform((dimensions) => Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])));

export const metricStatSchema = z.strictObject({
  Metric: z.strictObject({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensionsSchema }),
  Period: z.coerce.number(),
  Stat: z.string().refine(isStatistic, { error: ({ input }) => `statistic ${input} is not supported` }),
});

/** `MetricDataQuery`, as `AWS::CloudWatch::Alarm` has it. */
export const metricQuerySchema = z.strictObject({
  Id: z.string(),
  Expression: z.string().optional(),
  Label: z.string().optional(),
  ReturnData: booleanProperty.default(true),
  MetricStat: metricStatSchema.optional(),
});

export interface MetricStat {
  readonly metric: MetricId;
  readonly statistic: string;
  readonly periodMs: number;
}

export function readMetricStat({ Metric, Stat, Period }: z.infer<typeof metricStatSchema>): MetricStat {
  const { Namespace: namespace, MetricName: name, Dimensions: dimensions } = Metric;
  return { metric: { namespace, name, dimensions }, statistic: Stat, periodMs: Period * 1000 };
}

/** A metric or an expression, ready to be evaluated. */
export type MetricQuery = MetricStat | MathNode;

/** The stretches of time that a series has a point for, oldest first. */
export interface TimeGrid {
  /** Epoch milliseconds. */
  readonly starts: readonly number[];
  readonly periodMs: number;
}

export function seriesOfMetric({ metric, statistic }: MetricStat, store: MetricStore, grid: TimeGrid): Series {
  return grid.starts.map((start) => statisticOf(store.between(metric, start, start + grid.periodMs), statistic));
}

/** Reads the queries of an alarm by their ids. @throws MathError for an expression that cannot be parsed */
export function readMetricQueries(
  queries: readonly z.infer<typeof metricQuerySchema>[],
): ReadonlyMap<string, MetricQuery> {
  return new Map(
    queries.map(({ Id, Expression = '', MetricStat }) => [
      Id,
      MetricStat ? readMetricStat(MetricStat) : parseMath(Expression),
    ]),
  );
}

/**
 * The series of the query `id`.
 *
 * @throws MathError when its expression yields a number, refers to itself, or needs what is not supported here
 */
export function evaluateQuery(
  id: string,
  queries: ReadonlyMap<string, MetricQuery>,
  store: MetricStore,
  grid: TimeGrid,
): Series {
  const open = new Set<string>();

  function lookUp(name: string): MathValue {
    const query = queries.get(name);
    if (!query) throw new MathError(`uses ${name}, which is neither a metric nor an expression of it`);
    if ('metric' in query) return seriesOfMetric(query, store, grid);
    if (open.has(name)) throw new MathError(`asks for ${name}, which depends on itself`);
    open.add(name);
    const value = evaluateMath(query, { length: grid.starts.length, quota: serviceQuota, lookUp });
    open.delete(name);
    return value;
  }

  const result = lookUp(id);
  if (typeof result === 'number') throw new MathError('yields a number');
  return result;
}

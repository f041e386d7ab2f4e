import * as z from 'zod';
import { checkMath, evaluateMath } from './math.ts';
import { MathError, type MathNode, parseMath } from './math-syntax.ts';
import { type MathValue, type Series, series } from './math-values.ts';
import type { MetricId } from './metric-id.ts';
import type { MetricStore } from './metric-store.ts';
import { isStatistic, statisticOf } from './statistics.ts';

export const dimensionsSchema = z
  .array(z.looseObject({ Name: z.string(), Value: z.string() }))
  .default([])
  .transform((dimensions) => Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])));

/** `MetricDataQuery`, as GetMetricData and `AWS::CloudWatch::Alarm` have it. */
export const metricQuerySchema = z.looseObject({
  Id: z.string(),
  Expression: z.string().optional(),
  Label: z.string().optional(),
  Period: z.coerce.number().optional(),
  ReturnData: z.union([z.boolean(), z.stringbool()]).default(true),
  MetricStat: z
    .looseObject({
      Metric: z.looseObject({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensionsSchema }),
      Period: z.coerce.number(),
      Stat: z.string(),
    })
    .optional(),
});

/** A metric or an expression, ready to be evaluated. */
export type MetricQuery = {
  readonly id: string;
  readonly label: string | undefined;
  readonly returned: boolean;
  readonly periodSeconds: number | undefined;
} & (
  | { readonly kind: 'metric'; readonly metric: MetricId; readonly statistic: string }
  | { readonly kind: 'expression'; readonly text: string; readonly expression: MathNode }
);

/** The stretches of time that a series has a point for, oldest first. */
export interface TimeGrid {
  /** Epoch milliseconds. */
  readonly starts: readonly number[];
  readonly periodMs: number;
}

/**
 * Reads queries and looks whether all that they need is supported here.
 *
 * @throws MathError naming the query
 */
export function readMetricQueries(queries: readonly z.infer<typeof metricQuerySchema>[]): MetricQuery[] {
  const ids = new Set(queries.map(({ Id }) => Id));
  return queries.map(({ Id: id, Expression, MetricStat, Label: label, Period, ReturnData: returned }) => {
    const common = { id, label, returned };
    if (MetricStat) {
      const { Metric: metric, Period: periodSeconds, Stat: statistic } = MetricStat;
      if (!isStatistic(statistic)) throw new MathError(`${id}: statistic ${statistic} is not supported here`);
      const { Namespace: namespace, MetricName: name, Dimensions: dimensions } = metric;
      return { ...common, kind: 'metric', periodSeconds, statistic, metric: { namespace, name, dimensions } };
    }
    const text = Expression ?? '';
    try {
      const expression = parseMath(text);
      checkMath(expression, ids);
      return { ...common, kind: 'expression', periodSeconds: Period, text, expression };
    } catch (error) {
      if (error instanceof MathError) throw new MathError(`${id}: the expression ${text} ${error.message}`);
      throw error;
    }
  });
}

/**
 * The series of one of `queries`.
 *
 * @throws MathError when its expression yields a number or more than one series, or refers to itself
 */
export function evaluateQuery(
  id: string,
  queries: readonly MetricQuery[],
  world: { store: MetricStore; grid: TimeGrid; quota: number },
): Series {
  const { store, grid } = world;
  const known = new Map<string, MathValue>();
  const open = new Set<string>();

  function metricSeries(query: MetricQuery & { kind: 'metric' }): Series {
    return grid.starts.map((start) =>
      statisticOf(store.between(query.metric, start, start + grid.periodMs), query.statistic),
    );
  }

  function evaluate(name: string): MathValue {
    const done = known.get(name);
    if (done) return done;
    const query = queries.find((candidate) => candidate.id === name);
    if (!query) throw new MathError(`${name} is neither a metric nor an expression`);
    if (open.has(name)) throw new MathError(`${name} depends on itself`);
    open.add(name);
    const value = query.kind === 'metric' ? series(metricSeries(query)) : evaluateMath(query.expression, scope);
    open.delete(name);
    known.set(name, value);
    return value;
  }

  const scope = {
    length: grid.starts.length,
    valueOf: evaluate,
    periodOf: (name: string) => queries.find((query) => query.id === name && query.kind === 'metric')?.periodSeconds,
    metrics: (part: string | undefined) =>
      queries
        .filter((query) => query.kind === 'metric' && (part === undefined || query.id.includes(part)))
        .map((query) => {
          const value = evaluate(query.id);
          return value.kind === 'series' ? value.points : [];
        }),
    quota: () => world.quota,
  };

  const result = evaluate(id);
  if (result.kind === 'series') return result.points;
  const [only] = result.kind === 'list' ? result.items : [];
  if (result.kind === 'list' && result.items.length === 1 && only) return only;
  throw new MathError(`${id} yields ${result.kind === 'list' ? 'more than one time series' : 'a number'}`);
}

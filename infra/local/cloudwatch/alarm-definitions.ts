import * as z from 'zod';
import { ofType, problemOf, type TemplateResource } from '../cloudformation/template-resource.ts';
import { MathError } from './math-syntax.ts';
import {
  evaluateQuery,
  type MetricQuery,
  metricQuerySchema,
  metricStatSchema,
  readMetricQueries,
} from './metric-queries.ts';
import { metricStore } from './metric-store.ts';
import type { TreatMissingData } from './missing-data.ts';

const common = {
  AlarmName: z.string(),
  AlarmDescription: z.string().default(''),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
};

const metricAlarmSchema = z.strictObject({
  ...common,
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z.unknown().optional(),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.coerce.number().optional(),
  Metrics: z.array(metricQuerySchema).optional(),
  EvaluationPeriods: z.coerce.number().int().min(1),
  DatapointsToAlarm: z.coerce.number().int().min(1).optional(),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  Threshold: z.coerce.number(),
  TreatMissingData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).default('missing'),
});

const compositeAlarmSchema = z.strictObject({ ...common, AlarmRule: z.string() });

interface AnyAlarm {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  /** ARNs of the topics that are told, by the state that the alarm changed to. */
  readonly topics: { readonly ALARM: readonly string[]; readonly OK: readonly string[] };
}

export interface MetricAlarm extends AnyAlarm {
  readonly kind: 'metric';
  readonly queries: ReadonlyMap<string, MetricQuery>;
  /** Id of the query that is compared with the threshold. */
  readonly watched: string;
  readonly periodMs: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  /** `greater than`, as in the reason of a state. */
  readonly comparison: string;
  readonly treatMissing: TreatMissingData;
  breaches(value: number): boolean;
}

/** Rings while any of the alarms that it names does. */
export interface CompositeAlarm extends AnyAlarm {
  readonly kind: 'composite';
  readonly children: readonly string[];
}

export type AlarmDefinition = MetricAlarm | CompositeAlarm;

const comparisons = {
  GreaterThanThreshold: ['greater than', (value: number, threshold: number) => value > threshold],
  GreaterThanOrEqualToThreshold: ['greater than or equal to', (value: number, threshold: number) => value >= threshold],
  LessThanThreshold: ['less than', (value: number, threshold: number) => value < threshold],
  LessThanOrEqualToThreshold: ['less than or equal to', (value: number, threshold: number) => value <= threshold],
} as const;

function commonOf(resource: TemplateResource, properties: z.infer<z.ZodObject<typeof common>>): AnyAlarm {
  const topics = { ALARM: properties.AlarmActions, OK: properties.OKActions };
  for (const arn of Object.values(topics).flat()) {
    if (!arn.includes(':sns:')) throw resource.fault(`action ${arn} is no topic, which is not supported`);
  }
  return {
    name: resource.physicalId,
    arn: resource.attribute('Arn'),
    description: properties.AlarmDescription,
    topics,
  };
}

/** An alarm on one metric is one with a single query. */
function queriesOf(
  resource: TemplateResource,
  properties: z.infer<typeof metricAlarmSchema>,
): z.infer<typeof metricQuerySchema>[] {
  const { Namespace, MetricName, Dimensions, Statistic, ExtendedStatistic, Period, Metrics } = properties;
  if (Metrics) return Metrics;
  const Metric = { Namespace, MetricName, Dimensions };
  const only = metricStatSchema.safeParse({ Metric, Period, Stat: ExtendedStatistic ?? Statistic });
  if (!only.success) throw resource.fault(problemOf(only.error));
  return [{ Id: 'watched', ReturnData: true, MetricStat: only.data }];
}

function readMetricAlarm(resource: TemplateResource): MetricAlarm {
  const properties = resource.properties(metricAlarmSchema);
  const all = queriesOf(resource, properties);
  const [watched, ...more] = all.filter((query) => query.ReturnData);
  if (!watched || more.length > 0) throw resource.fault('exactly one of its queries has to return data');
  const periods = new Set(all.flatMap(({ MetricStat }) => MetricStat?.Period ?? []));
  const [periodSeconds = 0] = periods;
  if (periods.size !== 1) throw resource.fault('all of its metrics have to have the same period');
  if (periodSeconds % 60 !== 0 || periodSeconds === 0) throw resource.fault('periods below a minute are not supported');
  const { EvaluationPeriods: evaluationPeriods, Threshold: threshold } = properties;
  if (evaluationPeriods * periodSeconds > 86_400) throw resource.fault('looking back over a day is not supported');
  const [comparison, compare] = comparisons[properties.ComparisonOperator];
  const periodMs = periodSeconds * 1000;
  try {
    const queries = readMetricQueries(all);
    // What an expression needs and cannot have shall be told at the start.
    evaluateQuery(watched.Id, queries, metricStore(new Date(0)), { starts: [0], periodMs });
    return {
      ...commonOf(resource, properties),
      kind: 'metric',
      queries,
      watched: watched.Id,
      periodMs,
      evaluationPeriods,
      datapointsToAlarm: properties.DatapointsToAlarm ?? evaluationPeriods,
      threshold,
      comparison,
      treatMissing: properties.TreatMissingData,
      breaches: (value) => compare(value, threshold),
    };
  } catch (error) {
    if (error instanceof MathError) throw resource.fault(`an expression ${error.message}`);
    throw error;
  }
}

const ruleOfAlarms = /^\(?ALARM\("[^"]+"\)(?: OR ALARM\("[^"]+"\))*\)?$/;

function readCompositeAlarm(resource: TemplateResource, names: ReadonlySet<string>): CompositeAlarm {
  const { AlarmRule: rule, ...properties } = resource.properties(compositeAlarmSchema);
  if (!ruleOfAlarms.test(rule))
    throw resource.fault(`a rule other than ALARM("…") OR ALARM("…") is not supported: ${rule}`);
  const children = [...rule.matchAll(/ALARM\("(?:arn:aws:cloudwatch:[\w-]*:\d*:alarm:)?([^"]+)"\)/g)].map(
    ([, name = '']) => name,
  );
  const unknown = children.find((name) => !names.has(name));
  if (unknown !== undefined) throw resource.fault(`its rule names ${unknown}, which is no alarm on metrics`);
  return { ...commonOf(resource, properties), kind: 'composite', children };
}

/**
 * Reads all alarms.
 *
 * @throws ConfigurationError naming the alarm, for functions, statistics and rules that are not supported here
 */
export function readAlarms(resources: readonly TemplateResource[]): AlarmDefinition[] {
  const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').map(readMetricAlarm);
  const names = new Set(alarms.map(({ name }) => name));
  const composites = ofType(resources, 'AWS::CloudWatch::CompositeAlarm').map((resource) =>
    readCompositeAlarm(resource, names),
  );
  return [...alarms, ...composites];
}

import * as z from 'zod';
import type { Resource } from '../cloudformation/stack-model.ts';
import { type AlarmRule, alarmNameOf, parseAlarmRule } from './alarm-rule.ts';
import { MathError } from './math-syntax.ts';
import { dimensionsSchema, type MetricQuery, metricQuerySchema, readMetricQueries } from './metric-queries.ts';
import type { AlarmState, TreatMissingData } from './missing-data.ts';

const flag = z.union([z.boolean(), z.stringbool()]);
const arns = z.array(z.string()).default([]);

const common = {
  AlarmDescription: z.string().default(''),
  ActionsEnabled: flag.default(true),
  AlarmActions: arns,
  OKActions: arns,
  InsufficientDataActions: arns,
};

const metricAlarmSchema = z.looseObject({
  ...common,
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensionsSchema,
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.coerce.number().optional(),
  Metrics: z.array(metricQuerySchema).default([]),
  EvaluationPeriods: z.coerce.number().int().min(1),
  DatapointsToAlarm: z.coerce.number().int().min(1).optional(),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  Threshold: z.coerce.number(),
  TreatMissingData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).optional(),
});

const compositeAlarmSchema = z.looseObject({
  ...common,
  AlarmRule: z.string(),
  ActionsSuppressor: z.string().optional(),
  ActionsSuppressorWaitPeriod: z.coerce.number().default(0),
  ActionsSuppressorExtensionPeriod: z.coerce.number().default(0),
});

interface AnyAlarm {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly actionsEnabled: boolean;
  /** ARNs of what is told, by the state that the alarm changed to. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
  /** As the template has them, references resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface MetricAlarm extends AnyAlarm {
  readonly kind: 'metric';
  readonly queries: readonly MetricQuery[];
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

export interface CompositeAlarm extends AnyAlarm {
  readonly kind: 'composite';
  readonly rule: AlarmRule;
  /** While this alarm rings, the composite one tells nobody. */
  readonly suppressor: string | undefined;
  readonly suppressorWaitMs: number;
  readonly suppressorExtensionMs: number;
}

export type AlarmDefinition = MetricAlarm | CompositeAlarm;

const comparisons = {
  GreaterThanThreshold: ['greater than', (value: number, threshold: number) => value > threshold],
  GreaterThanOrEqualToThreshold: ['greater than or equal to', (value: number, threshold: number) => value >= threshold],
  LessThanThreshold: ['less than', (value: number, threshold: number) => value < threshold],
  LessThanOrEqualToThreshold: ['less than or equal to', (value: number, threshold: number) => value <= threshold],
} as const;

function commonOf(
  resource: Resource,
  properties: z.infer<typeof compositeAlarmSchema> | MetricAlarmProperties,
): AnyAlarm {
  return {
    name: resource.physicalId,
    arn: resource.attribute('Arn'),
    description: properties.AlarmDescription,
    actionsEnabled: properties.ActionsEnabled,
    actions: {
      ALARM: properties.AlarmActions,
      OK: properties.OKActions,
      INSUFFICIENT_DATA: properties.InsufficientDataActions,
    },
    properties: resource.properties(z.record(z.string(), z.unknown())),
  };
}

type MetricAlarmProperties = z.infer<typeof metricAlarmSchema>;

/** An alarm on one metric is one with a single query. */
function queriesOf(resource: Resource, properties: MetricAlarmProperties): MetricQuery[] {
  const { Namespace, MetricName, Statistic, ExtendedStatistic, Period, Metrics } = properties;
  try {
    if (Metrics.length > 0) {
      // An alarm names the one query that it watches; the others return nothing.
      return readMetricQueries(Metrics);
    }
    const statistic = ExtendedStatistic ?? Statistic;
    if (!Namespace || !MetricName || !statistic || !Period) throw resource.fault('it watches no metric');
    const Metric = { Namespace, MetricName, Dimensions: properties.Dimensions };
    const MetricStat = { Metric, Period, Stat: statistic };
    return readMetricQueries([{ Id: 'watched', ReturnData: true, MetricStat }]);
  } catch (error) {
    if (error instanceof MathError) throw resource.fault(`alarm ${resource.physicalId}, ${error.message}`);
    throw error;
  }
}

/**
 * Reads an `AWS::CloudWatch::Alarm`.
 *
 * @throws ConfigurationError naming the alarm, for functions and statistics that are not supported here
 */
export function readMetricAlarm(resource: Resource): MetricAlarm {
  const properties = resource.properties(metricAlarmSchema);
  const queries = queriesOf(resource, properties);
  const [watched, ...more] = queries.filter((query) => query.returned);
  if (!watched || more.length > 0) throw resource.fault('exactly one of its queries has to return data');
  const metrics = queries.filter((query) => query.kind === 'metric');
  const periods = new Set(metrics.map((query) => query.periodSeconds ?? 0));
  const [periodSeconds = 0] = periods;
  if (periods.size !== 1) throw resource.fault('all of its metrics have to have the same period');
  if (metrics.length > 10) throw resource.fault(`it has ${metrics.length} metrics; an alarm may have 10`);
  if (periodSeconds % 60 !== 0 || periodSeconds === 0) throw resource.fault('periods below a minute are not supported');

  const evaluationPeriods = properties.EvaluationPeriods;
  if (evaluationPeriods * periodSeconds > 86_400) throw resource.fault('looking back over a day is not supported');
  const [comparison, compare] = comparisons[properties.ComparisonOperator];
  const threshold = properties.Threshold;
  // AWS: "Alarms that evaluate metrics in the AWS/DynamoDB namespace default to ignore missing data."
  const onDynamoDb = metrics.some((query) => query.metric.namespace === 'AWS/DynamoDB');
  return {
    ...commonOf(resource, properties),
    kind: 'metric',
    queries,
    watched: watched.id,
    periodMs: periodSeconds * 1000,
    evaluationPeriods,
    datapointsToAlarm: properties.DatapointsToAlarm ?? evaluationPeriods,
    threshold,
    comparison,
    treatMissing: properties.TreatMissingData ?? (onDynamoDb ? 'ignore' : 'missing'),
    breaches: (value) => compare(value, threshold),
  };
}

/** Reads an `AWS::CloudWatch::CompositeAlarm`. @throws ConfigurationError when its rule cannot be read */
export function readCompositeAlarm(resource: Resource): CompositeAlarm {
  const properties = resource.properties(compositeAlarmSchema);
  const suppressor = properties.ActionsSuppressor;
  return {
    ...commonOf(resource, properties),
    kind: 'composite',
    rule: parseAlarmRule(properties.AlarmRule),
    suppressor: suppressor === undefined ? undefined : alarmNameOf(suppressor),
    suppressorWaitMs: properties.ActionsSuppressorWaitPeriod * 1000,
    suppressorExtensionMs: properties.ActionsSuppressorExtensionPeriod * 1000,
  };
}

/** Reads all alarms. @throws ConfigurationError also when a rule names an alarm that does not exist, or itself */
export function readAlarms(resources: readonly Resource[]): AlarmDefinition[] {
  const alarms = resources.flatMap((resource): AlarmDefinition[] => {
    if (resource.type === 'AWS::CloudWatch::Alarm') return [readMetricAlarm(resource)];
    return resource.type === 'AWS::CloudWatch::CompositeAlarm' ? [readCompositeAlarm(resource)] : [];
  });
  const names = new Set(alarms.map(({ name }) => name));
  for (const resource of resources) {
    const alarm = alarms.find(({ name }) => name === resource.physicalId);
    if (alarm?.kind !== 'composite' || resource.type !== 'AWS::CloudWatch::CompositeAlarm') continue;
    for (const name of [...alarm.rule.alarms, ...(alarm.suppressor ? [alarm.suppressor] : [])]) {
      if (!names.has(name)) throw resource.fault(`there is no alarm ${name}`);
    }
  }
  return alarms;
}

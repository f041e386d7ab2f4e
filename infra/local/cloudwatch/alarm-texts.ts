import type { AlarmDefinition, CompositeAlarm, MetricAlarm } from './alarm-definitions.ts';
import type { Series } from './math-values.ts';
import type { TimeGrid } from './metric-queries.ts';
import type { AlarmState, Verdict } from './missing-data.ts';

const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** `22/11/26 13:00:00`, as CloudWatch writes it. */
function shortTime(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}

/** Why a metric alarm is in its state, in CloudWatch's words. */
export function metricReason(
  alarm: MetricAlarm,
  { verdict, range, grid }: { verdict: Verdict; range: Series; grid: TimeGrid },
  from: AlarmState,
): string {
  if (verdict.state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${plural(alarm.evaluationPeriods, 'datapoint')} were unknown.`;
  }
  if (verdict.evaluated.length === 0) {
    const treated = alarm.treatMissing === 'breaching' ? '[Breaching]' : '[NonBreaching]';
    const [points, were] = verdict.filled === 1 ? ['datapoint', 'was'] : ['datapoints', 'were'];
    return (
      `Threshold Crossed: no datapoints were received for ${plural(verdict.filled, 'period')} and ` +
      `${verdict.filled} missing ${points} ${were} treated as ${treated}.`
    );
  }
  const matching = verdict.evaluated.filter(
    (at) => alarm.breaches(range[at] ?? Number.NaN) === (verdict.state === 'ALARM'),
  );
  const told = matching.map((at) => `${decimal(range[at] ?? 0)} (${shortTime(grid.starts[at] ?? 0)})`).join(', ');
  const are = matching.length === 1 ? 'was' : 'were';
  const needed =
    verdict.state === 'ALARM' ? alarm.datapointsToAlarm : alarm.evaluationPeriods - alarm.datapointsToAlarm + 1;
  return (
    `Threshold Crossed: ${matching.length} out of the last ${plural(alarm.evaluationPeriods, 'datapoint')} [${told}] ` +
    `${are} ${verdict.state === 'ALARM' ? '' : 'not '}${alarm.comparison} the threshold (${decimal(alarm.threshold)}) ` +
    `(minimum ${plural(needed, 'datapoint')} for ${from} -> ${verdict.state} transition).`
  );
}

/** What CloudWatch sends to a topic when an alarm changes its state. */
export interface AlarmMessage {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly NewStateValue: AlarmState;
  readonly NewStateReason: string;
  /** `2026-11-22T13:00:00.000+0000` */
  readonly StateChangeTime: string;
  readonly OldStateValue: AlarmState;
  readonly [key: string]: unknown;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html */
const isoTime = (at: Date): string => at.toISOString().replace('Z', '+0000');

const namesAndValues = (dimensions: Readonly<Record<string, string>>): { name: string; value: string }[] =>
  Object.entries(dimensions).map(([name, value]) => ({ value, name }));

function triggerOf(alarm: MetricAlarm): Record<string, unknown> {
  const judged = {
    Period: alarm.periodMs / 1000,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ComparisonOperator: alarm.properties.ComparisonOperator,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissing,
    EvaluateLowSampleCountPercentile: '',
  };
  const [only] = alarm.queries;
  if (alarm.properties.Metrics === undefined && only?.kind === 'metric') {
    const { metric, statistic } = only;
    const extended = alarm.properties.ExtendedStatistic !== undefined;
    return {
      MetricName: metric.name,
      Namespace: metric.namespace,
      StatisticType: extended ? 'ExtendedStatistic' : 'Statistic',
      Statistic: extended ? statistic : statistic.toUpperCase(),
      Unit: null,
      Dimensions: namesAndValues(metric.dimensions),
      ...judged,
    };
  }
  const Metrics = alarm.queries.map((query) => ({
    Id: query.id,
    ...(query.label === undefined ? {} : { Label: query.label }),
    ReturnData: query.returned,
    ...(query.kind === 'expression'
      ? { Expression: query.text }
      : {
          MetricStat: {
            Metric: {
              Dimensions: namesAndValues(query.metric.dimensions),
              MetricName: query.metric.name,
              Namespace: query.metric.namespace,
            },
            Period: query.periodSeconds,
            Stat: query.statistic,
          },
        }),
  }));
  return { ...judged, Metrics };
}

export interface StateChange {
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly at: Date;
  readonly reason: string;
  /** Alarms that a composite alarm's rule names, which are in the state that made it change. */
  readonly children: readonly { readonly arn: string; readonly state: AlarmState; readonly since: Date }[];
}

export function alarmMessage(
  alarm: AlarmDefinition,
  change: StateChange,
  where: { accountId: string; region: string },
): AlarmMessage {
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description,
    AWSAccountId: where.accountId,
    NewStateValue: change.to,
    NewStateReason: change.reason,
    StateChangeTime: isoTime(change.at),
    Region: where.region,
    AlarmArn: alarm.arn,
    OldStateValue: change.from,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    ...(alarm.kind === 'metric' ? { Trigger: triggerOf(alarm) } : compositeParts(alarm, change)),
  };
}

function compositeParts(alarm: CompositeAlarm, change: StateChange): Record<string, unknown> {
  return {
    AlarmRule: alarm.properties.AlarmRule,
    TriggeringChildren: change.children.map(({ arn, state, since }) => ({
      Arn: arn,
      State: { Value: state, Timestamp: isoTime(since) },
    })),
  };
}

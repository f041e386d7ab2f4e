import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmRule,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { ConfigurationError } from '../../shared/errors.ts';
import type {
  AlarmCondition,
  AlarmDefinition,
  CompositeAlarmDefinition,
  MetricAlarmDefinition,
} from '../alarms/alarm-definition.ts';
import type { MetricRef } from '../alarms/metric-ref.ts';
import { dashboardUrl } from '../dashboards/dashboard-url.ts';
import type { MonitoringSettings } from '../settings.ts';
import { runbookOf } from './alarm-runbook.ts';
import { AlarmTopics } from './alarm-topics.ts';

export interface MonitoringProps {
  /** What all physical names begin with: `aictive-prod`. */
  readonly prefix: string;
  readonly settings: MonitoringSettings;
}

const comparisons: Readonly<Record<MetricAlarmDefinition['comparison'], ComparisonOperator>> = {
  '>': ComparisonOperator.GREATER_THAN_THRESHOLD,
  '>=': ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  '<': ComparisonOperator.LESS_THAN_THRESHOLD,
};
const missingData: Readonly<Record<MetricAlarmDefinition['missing'], TreatMissingData>> = {
  notBreaching: TreatMissingData.NOT_BREACHING,
  breaching: TreatMissingData.BREACHING,
  ignore: TreatMissingData.IGNORE,
};

/**
 * Makes alarms. There is no other way to make one, so that each has a severity, a route, a runbook and a dashboard, and its
 * description says so to whoever it wakes.
 */
export class Monitoring extends Construct {
  readonly topics: AlarmTopics;
  readonly #prefix: string;
  readonly #settings: MonitoringSettings;
  readonly #alarms = new Map<string, Alarm | CompositeAlarm>();

  constructor(scope: Construct, id: string, { prefix, settings }: MonitoringProps) {
    super(scope, id);
    this.#prefix = prefix;
    this.#settings = settings;
    this.topics = new AlarmTopics(this, 'Topics', { prefix, routes: settings });
  }

  /** The alarms that were made, for a dashboard. */
  get alarms(): readonly (Alarm | CompositeAlarm)[] {
    return [...this.#alarms.values()];
  }

  /**
   * Makes an alarm. Those whose states a composite one goes by must be made before it.
   *
   * @throws ConfigurationError when it has no runbook, or is about an alarm that there is not
   */
  addAlarm(definition: AlarmDefinition): void {
    const alarm = definition.kind === 'composite' ? this.#compositeAlarm(definition) : this.#metricAlarm(definition);
    this.#alarms.set(definition.name, alarm);
    this.#notify(alarm, definition);
  }

  #compositeAlarm(definition: CompositeAlarmDefinition): CompositeAlarm {
    return new CompositeAlarm(this, definition.name, {
      compositeAlarmName: `${this.#prefix}-${definition.name}`,
      alarmDescription: this.#description(definition),
      alarmRule: this.#rule(definition.name, definition.condition),
    });
  }

  #metricAlarm(definition: MetricAlarmDefinition): Alarm {
    const { name, comparison, threshold, datapoints, missing } = definition;
    return new Alarm(this, name, {
      alarmName: `${this.#prefix}-${name}`,
      alarmDescription: this.#description(definition),
      metric: metricOf(definition),
      comparisonOperator: comparisons[comparison],
      threshold,
      evaluationPeriods: datapoints.of,
      datapointsToAlarm: datapoints.breaching,
      treatMissingData: missingData[missing],
    });
  }

  /** Both ways, so that whoever was woken sees that it is over, and PagerDuty closes the incident by itself. */
  #notify(alarm: Alarm | CompositeAlarm, definition: AlarmDefinition): void {
    if (definition.kind === 'metric' && definition.via !== undefined) return;
    const action = new SnsAction(this.topics.topics[definition.severity]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }

  #description(definition: AlarmDefinition): string {
    const { name, severity, meaning, dashboard } = definition;
    const via = definition.kind === 'metric' ? definition.via : undefined;
    const route =
      via === undefined
        ? `${this.#prefix}-${severity} (${this.topics.routes[severity]})`
        : `through ${this.#prefix}-${via}`;
    return [
      meaning,
      `Severity: ${severity}`,
      `Route: ${route}`,
      `Runbook: ${runbookOf(name, this.#settings.runbookBaseUrl)}`,
      `Dashboard: ${dashboardUrl(Stack.of(this).region, this.#prefix, dashboard)}`,
    ].join('\n');
  }

  #rule(name: string, condition: AlarmCondition): IAlarmRule {
    if ('any' in condition) return AlarmRule.anyOf(...condition.any.map((part) => this.#rule(name, part)));
    if ('all' in condition) return AlarmRule.allOf(...condition.all.map((part) => this.#rule(name, part)));
    if ('not' in condition) return AlarmRule.not(this.#rule(name, condition.not));
    const alarm = this.#alarms.get(condition.ringing);
    if (alarm === undefined) {
      throw new ConfigurationError(`The alarm ${name} is about the alarm ${condition.ringing}, which is not made.`);
    }
    return alarm;
  }
}

function metricOf({ name, metrics, expression, periodSeconds }: MetricAlarmDefinition): IMetric {
  const period = Duration.seconds(periodSeconds);
  const refs = Object.entries(metrics).map(([id, ref]) => [id, cloudWatchMetric(ref, period)] as const);
  const [[, only] = [undefined, undefined]] = refs;
  if (expression === undefined) {
    if (only === undefined || refs.length > 1) throw new ConfigurationError(`The alarm ${name} needs an expression.`);
    return only;
  }
  return new MathExpression({ expression, usingMetrics: Object.fromEntries(refs), label: name, period });
}

const cloudWatchMetric = ({ namespace, name, dimensions, statistic }: MetricRef, period: Duration): Metric =>
  new Metric({ namespace, metricName: name, dimensionsMap: { ...dimensions }, statistic, period });

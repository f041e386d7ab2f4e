import * as z from 'zod';
import { AwsError, unsupportedOperation } from '../aws-error.ts';
import type { Clock } from '../clock/clock.ts';
import type { AlarmBoard, AlarmStatus } from './alarms.ts';
import { dimensionsSchema, metricStatSchema, readMetricStat, seriesOfMetric } from './metric-queries.ts';
import type { MetricStore } from './metric-store.ts';

const seconds = (at: Date): number => at.getTime() / 1000;
/** AWS's JSON protocol has times in seconds. */
const time = z.number().transform((value) => new Date(value * 1000));

/** What each operation takes. A member that an operation here does not know is refused by its name. */
const requests = {
  GetMetricData: z.strictObject({
    MetricDataQueries: z.array(z.strictObject({ Id: z.string(), MetricStat: metricStatSchema })),
    StartTime: time,
    EndTime: time,
    ScanBy: z.literal('TimestampDescending').optional(),
  }),
  PutMetricData: z.strictObject({
    Namespace: z.string(),
    MetricData: z.array(
      z.strictObject({
        MetricName: z.string(),
        Dimensions: dimensionsSchema,
        Timestamp: time.optional(),
        Value: z.number(),
      }),
    ),
  }),
  DescribeAlarms: z.strictObject({
    AlarmNamePrefix: z.string().default(''),
    AlarmTypes: z.array(z.string()).default(['MetricAlarm']),
  }),
};

function described({ definition, state, since, reason }: AlarmStatus): Record<string, unknown> {
  return {
    AlarmName: definition.name,
    AlarmArn: definition.arn,
    AlarmDescription: definition.description,
    AlarmActions: definition.topics.ALARM,
    OKActions: definition.topics.OK,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: seconds(since),
    StateTransitionedTimestamp: seconds(since),
  };
}

/**
 * The part of the CloudWatch API that functions, operators and tests use.
 *
 * @returns what carries out an operation; it throws AwsError
 */
export function cloudWatchApi(world: {
  readonly store: MetricStore;
  readonly clock: Clock;
  board(): AlarmBoard;
}): (operation: string, body: unknown) => unknown {
  const { store, clock } = world;

  const operations: Readonly<Record<string, (body: unknown) => unknown>> = {
    GetMetricData(body) {
      const { MetricDataQueries, StartTime, EndTime } = requests.GetMetricData.parse(body);
      const MetricDataResults = MetricDataQueries.map(({ Id, MetricStat }) => {
        const stat = readMetricStat(MetricStat);
        const starts: number[] = [];
        const first = Math.floor(StartTime.getTime() / stat.periodMs) * stat.periodMs;
        for (let at = first; at < EndTime.getTime(); at += stat.periodMs) starts.unshift(at);
        const values = seriesOfMetric(stat, store, { starts, periodMs: stat.periodMs });
        const known = starts
          .flatMap((at, index) => ({ at, value: values[index] }))
          .filter(({ value }) => value !== undefined);
        return {
          Id,
          Label: stat.metric.name,
          Timestamps: known.map(({ at }) => at / 1000),
          Values: known.map(({ value }) => value),
          StatusCode: 'Complete',
        };
      });
      return { MetricDataResults, Messages: [] };
    },
    /** AWS refuses namespaces that begin with `AWS/`: here they play what the runner itself does not measure. */
    PutMetricData(body) {
      const { Namespace: namespace, MetricData } = requests.PutMetricData.parse(body);
      for (const { MetricName: name, Dimensions: dimensions, Value, Timestamp = clock.now() } of MetricData) {
        store.record({ namespace, name, dimensions }, Value, Timestamp);
      }
      return {};
    },
    DescribeAlarms(body) {
      const { AlarmNamePrefix, AlarmTypes } = requests.DescribeAlarms.parse(body);
      const ofKind = (kind: string, type: string): object[] =>
        world
          .board()
          .statuses()
          .filter(({ definition }) => definition.kind === kind && AlarmTypes.includes(type))
          .filter(({ definition }) => definition.name.startsWith(AlarmNamePrefix))
          .map(described);
      return {
        MetricAlarms: ofKind('metric', 'MetricAlarm'),
        CompositeAlarms: ofKind('composite', 'CompositeAlarm'),
      };
    },
  };

  return (operation, body) => {
    const run = operations[operation];
    if (!run) throw unsupportedOperation('CloudWatch', operation);
    try {
      return run(body);
    } catch (error) {
      if (error instanceof z.ZodError) throw new AwsError('InvalidParameterValue', z.prettifyError(error));
      throw error;
    }
  };
}

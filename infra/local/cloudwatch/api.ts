import * as z from 'zod';
import { AwsError, unsupportedOperation } from '../aws-error.ts';
import type { Clock } from '../clock/clock.ts';
import type { AlarmBoard, AlarmStatus } from './alarms.ts';
import { MathError } from './math-syntax.ts';
import type { MetricId } from './metric-id.ts';
import {
  dimensionsSchema,
  evaluateQuery,
  type MetricQuery,
  metricQuerySchema,
  readMetricQueries,
} from './metric-queries.ts';
import type { MetricStore } from './metric-store.ts';
import { emptySet } from './statistics.ts';

const seconds = (at: Date): number => at.getTime() / 1000;
/** AWS's JSON protocol has times in seconds. */
const time = z.number().transform((value) => new Date(value * 1000));

const getMetricData = z.looseObject({
  MetricDataQueries: z.array(metricQuerySchema),
  StartTime: time,
  EndTime: time,
  ScanBy: z.string().default('TimestampDescending'),
});

const putMetricData = z.looseObject({
  Namespace: z.string(),
  MetricData: z.array(
    z.looseObject({
      MetricName: z.string(),
      Dimensions: dimensionsSchema,
      Timestamp: time.optional(),
      Value: z.number().optional(),
      Values: z.array(z.number()).default([]),
      Counts: z.array(z.number()).default([]),
      StatisticValues: z
        .looseObject({ SampleCount: z.number(), Sum: z.number(), Minimum: z.number(), Maximum: z.number() })
        .optional(),
    }),
  ),
});

const describeAlarms = z.looseObject({
  AlarmNames: z.array(z.string()).optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmTypes: z.array(z.string()).default(['MetricAlarm']),
  StateValue: z.string().optional(),
  ActionPrefix: z.string().optional(),
  MaxRecords: z.number().int().min(1).default(50),
  NextToken: z.string().optional(),
});

const listMetrics = z.looseObject({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z.array(z.looseObject({ Name: z.string(), Value: z.string().optional() })).default([]),
  NextToken: z.string().optional(),
});

const listedAtOnce = 500;

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new AwsError('InvalidParameterValueException', z.prettifyError(parsed.error));
  return parsed.data;
}

/** One page of `all`, from where `token` says. */
function pageOf<T>(all: readonly T[], size: number, token: string | undefined): { page: T[]; next: object } {
  const from = Number(token ?? 0);
  return {
    page: all.slice(from, from + size),
    next: from + size < all.length ? { NextToken: String(from + size) } : {},
  };
}

function describe({ definition, state, since, reason }: AlarmStatus): Record<string, unknown> {
  return {
    ...definition.properties,
    AlarmName: definition.name,
    AlarmArn: definition.arn,
    AlarmDescription: definition.description,
    ActionsEnabled: definition.actionsEnabled,
    OKActions: definition.actions.OK,
    AlarmActions: definition.actions.ALARM,
    InsufficientDataActions: definition.actions.INSUFFICIENT_DATA,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: seconds(since),
    StateTransitionedTimestamp: seconds(since),
  };
}

const namesAndValues = (dimensions: Readonly<Record<string, string>>): object[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

/** Seconds that a query's points are apart: its own, or those of the first metric. */
function periodOf(query: MetricQuery, queries: readonly MetricQuery[]): number {
  return query.periodSeconds ?? queries.find(({ kind }) => kind === 'metric')?.periodSeconds ?? 60;
}

/**
 * The part of the CloudWatch API that functions, operators and tests use.
 *
 * @returns what carries out an operation; it throws AwsError
 */
export function cloudWatchApi(world: {
  store: MetricStore;
  board: AlarmBoard;
  clock: Clock;
  quota: number;
}): (operation: string, body: unknown) => unknown {
  const { store, board, clock } = world;

  const operations: Readonly<Record<string, (body: unknown) => unknown>> = {
    GetMetricData(body) {
      const request = parse(getMetricData, body);
      const queries = readMetricQueries(request.MetricDataQueries);
      const results = queries
        .filter((query) => query.returned)
        .map((query) => {
          const periodMs = periodOf(query, queries) * 1000;
          const starts: number[] = [];
          const first = Math.floor(request.StartTime.getTime() / periodMs) * periodMs;
          for (let at = first; at < request.EndTime.getTime(); at += periodMs) starts.push(at);
          const values = evaluateQuery(query.id, queries, { store, grid: { starts, periodMs }, quota: world.quota });
          const points = starts.flatMap((at, index) => {
            const value = values[index];
            return value === undefined ? [] : [{ at: at / 1000, value }];
          });
          if (request.ScanBy === 'TimestampDescending') points.reverse();
          return {
            Id: query.id,
            Label: query.label ?? (query.kind === 'metric' ? query.metric.name : query.id),
            Timestamps: points.map(({ at }) => at),
            Values: points.map(({ value }) => value),
            StatusCode: 'Complete',
          };
        });
      return { MetricDataResults: results, Messages: [] };
    },
    /** AWS refuses namespaces that begin with `AWS/`: here they play what the runner itself does not measure. */
    PutMetricData(body) {
      const { Namespace: namespace, MetricData } = parse(putMetricData, body);
      for (const datum of MetricData) {
        const id: MetricId = { namespace, name: datum.MetricName, dimensions: datum.Dimensions };
        const at = datum.Timestamp ?? clock.now();
        if (datum.Value !== undefined) store.record(id, datum.Value, at);
        for (const [index, value] of datum.Values.entries()) store.record(id, value, at, datum.Counts[index] ?? 1);
        const known = datum.StatisticValues;
        if (known) {
          const { SampleCount: count, Sum: sum, Minimum: minimum, Maximum: maximum } = known;
          // How the values lie between is not known: percentiles take all for the average.
          store.recordSet(
            id,
            { ...emptySet(), count, sum, minimum, maximum, occurrences: new Map([[sum / count, count]]) },
            at,
          );
        }
      }
      return {};
    },
    ListMetrics(body) {
      const request = parse(listMetrics, body);
      const found = store
        .list()
        .filter(
          ({ namespace, name, dimensions }) =>
            (request.Namespace === undefined || request.Namespace === namespace) &&
            (request.MetricName === undefined || request.MetricName === name) &&
            request.Dimensions.every(({ Name, Value }) =>
              Value === undefined ? Name in dimensions : dimensions[Name] === Value,
            ),
        );
      const { page, next } = pageOf(found, listedAtOnce, request.NextToken);
      const Metrics = page.map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: namesAndValues(dimensions),
      }));
      return { Metrics, ...next };
    },
    DescribeAlarms(body) {
      const request = parse(describeAlarms, body);
      const found = board
        .statuses()
        .filter(
          ({ definition, state }) =>
            request.AlarmTypes.includes(definition.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm') &&
            (request.AlarmNames?.includes(definition.name) ?? true) &&
            definition.name.startsWith(request.AlarmNamePrefix ?? '') &&
            (request.StateValue === undefined || request.StateValue === state) &&
            (request.ActionPrefix === undefined ||
              Object.values(definition.actions).some((actions) =>
                actions.some((action) => action.startsWith(request.ActionPrefix ?? '')),
              )),
        )
        .sort((left, right) => (left.definition.name < right.definition.name ? -1 : 1));
      const { page, next } = pageOf(found, request.MaxRecords, request.NextToken);
      const ofKind = (kind: string): object[] =>
        page.filter(({ definition }) => definition.kind === kind).map(describe);
      return { MetricAlarms: ofKind('metric'), CompositeAlarms: ofKind('composite'), ...next };
    },
  };

  return (operation, body) => {
    const run = operations[operation];
    if (!run) throw unsupportedOperation('CloudWatch', operation);
    try {
      return run(body);
    } catch (error) {
      if (error instanceof MathError) throw new AwsError('ValidationError', error.message);
      throw error;
    }
  };
}

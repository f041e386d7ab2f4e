import type { MetricName } from '../../shared/observability/metrics.ts';
import { metricsNamespace } from '../../shared/observability/metrics.ts';
import type { FunctionName, PlatformNames } from './platform-names.ts';

export type Statistic = 'Sum' | 'Maximum' | 'Average' | 'SampleCount' | 'p50' | 'p95';

/** One metric of CloudWatch, as alarms and dashboards name it. */
export interface MetricRef {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
}

/** Stands for our own namespace until it is known which stage is meant. */
export const ownNamespace = 'own';

/** The metric of one stage. */
export const inStage = <Ref extends { readonly namespace: string }>(ref: Ref, stage: string): Ref =>
  ref.namespace === ownNamespace ? { ...ref, namespace: metricsNamespace(stage) } : ref;

export const allInStage = (
  metrics: Readonly<Record<string, MetricRef>>,
  stage: string,
): Readonly<Record<string, MetricRef>> =>
  Object.fromEntries(Object.entries(metrics).map(([id, ref]) => [id, inStage(ref, stage)]));

/** A metric that a function of ours records. */
export const ownMetric = (
  service: FunctionName,
  name: MetricName,
  statistic: Statistic,
  dimensions: Readonly<Record<string, string>> = {},
): MetricRef => ({ namespace: ownNamespace, name, dimensions: { service, ...dimensions }, statistic });

/** Metrics of AWS's own that are looked at, by namespace. */
export const awsMetrics = {
  'AWS/Lambda': [
    'Invocations',
    'Errors',
    'Throttles',
    'Duration',
    'ConcurrentExecutions',
    'ClaimedAccountConcurrency',
    'IteratorAge',
    'RecursiveInvocationsDropped',
  ],
  'AWS/SQS': ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible'],
  'AWS/ApiGateway': ['Count', '4xx', '5xx', 'Latency'],
  'AWS/DynamoDB': ['ReadThrottleEvents', 'WriteThrottleEvents'],
} as const;

type AwsMetricName<Namespace extends keyof typeof awsMetrics> = (typeof awsMetrics)[Namespace][number];

export const lambdaMetric = (
  { prefix }: PlatformNames,
  name: AwsMetricName<'AWS/Lambda'>,
  statistic: Statistic,
  functionName: FunctionName,
): MetricRef => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: `${prefix}-${functionName}` },
  statistic,
});

/** Of all functions of the AWS account together: what shares one limit, which `SERVICE_QUOTA` of it tells. */
export const accountConcurrency: MetricRef = {
  namespace: 'AWS/Lambda',
  name: 'ConcurrentExecutions',
  dimensions: {},
  statistic: 'Maximum',
};

/** The same with what is reserved for functions that are not running: what Lambda itself goes by. */
export const claimedConcurrency: MetricRef = { ...accountConcurrency, name: 'ClaimedAccountConcurrency' };

export const queueMetric = (
  { prefix }: PlatformNames,
  name: AwsMetricName<'AWS/SQS'>,
  statistic: Statistic,
  queue: string,
): MetricRef => ({ namespace: 'AWS/SQS', name, dimensions: { QueueName: `${prefix}-${queue}` }, statistic });

export const apiMetric = (
  { apiId }: PlatformNames,
  name: AwsMetricName<'AWS/ApiGateway'>,
  statistic: Statistic,
): MetricRef => ({ namespace: 'AWS/ApiGateway', name, dimensions: { ApiId: apiId }, statistic });

export const tableMetric = (
  { tables }: PlatformNames,
  name: AwsMetricName<'AWS/DynamoDB'>,
  table: 'records' | 'state',
  index?: string,
): MetricRef => ({
  namespace: 'AWS/DynamoDB',
  name,
  dimensions: { TableName: tables[table], ...(index !== undefined && { GlobalSecondaryIndexName: index }) },
  statistic: 'Sum',
});

import { type MetricName, metricsNamespace } from '../../../shared/observability/metrics.ts';
import { resources } from '../../../shared/rentvine/resources/catalogue.ts';
import { webhookAnswers } from '../../../shared/webhook/answers.ts';

/** One metric of CloudWatch, in one statistic, and the sample that it becomes. */
export interface CloudWatchSeries {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Of each minute: sums are added up, of anything else the highest counts. */
  readonly statistic: 'Sum' | 'Maximum' | 'p50' | 'p95' | 'p99';
  readonly labels: Readonly<Record<string, string>>;
}

/** A metric family that is read from CloudWatch. */
export interface CloudWatchFamily {
  readonly name: string;
  readonly help: string;
  /** What a value is multiplied by to be in the family's unit. */
  readonly factor: number;
  readonly series: readonly CloudWatchSeries[];
}

/** What the platform is made of, by the names that CloudWatch knows. */
export interface CloudWatchNames {
  readonly stage: string;
  readonly apiId: string;
  /** Folders in `functions/`, which are services too. */
  readonly functions: readonly string[];
  readonly queues: readonly { readonly name: string; readonly physicalName: string }[];
  readonly tables: readonly { readonly name: string; readonly physicalName: string }[];
  /** What dead letters are from. */
  readonly deadLetterSources: readonly string[];
}

const perMillisecond = 0.001;
/** As the functions record it. */
const perMegabyte = 1024 * 1024;
const callers = ['sync-worker', 'webhook-processor'];
const statusClasses = ['2xx', '3xx', '4xx', '429', '5xx', 'network'];

/**
 * Everything that is read from CloudWatch. Each series is a metric that GetMetricData bills, so this holds what somebody would
 * look at, and not every combination of dimensions.
 */
export function cloudWatchCatalogue(names: CloudWatchNames): CloudWatchFamily[] {
  return [...requests(names), ...functionFamilies(names), ...rentvine(), ...workflows(names), ...storage(names)].map(
    (family) => ({ ...family, series: family.series.map((each) => inStage(each, names.stage)) }),
  );
}

const series = (
  namespace: string,
  metric: string,
  dimensions: Readonly<Record<string, string>>,
  statistic: CloudWatchSeries['statistic'],
  labels: Readonly<Record<string, string>> = {},
): CloudWatchSeries => ({ namespace, metric, dimensions, statistic, labels });

/** Stands for our own namespace until the stage is known. */
const ownNamespace = 'own';

const inStage = (each: CloudWatchSeries, stage: string): CloudWatchSeries =>
  each.namespace === ownNamespace ? { ...each, namespace: metricsNamespace(stage) } : each;

/** One of our own metrics, as `service` records it. */
const own = (
  service: string,
  metric: MetricName,
  statistic: CloudWatchSeries['statistic'],
  dimensions: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>> = {},
): CloudWatchSeries => series(ownNamespace, metric, { service, ...dimensions }, statistic, labels);

const count = (name: string, help: string, all: readonly CloudWatchSeries[]): CloudWatchFamily => ({
  name: `${name}_last_5m`,
  help: `${help}, in the last 5 minutes.`,
  factor: 1,
  series: all,
});

/** The highest of the last five minutes. */
const measure = (name: string, help: string, factor: number, all: readonly CloudWatchSeries[]): CloudWatchFamily => ({
  name,
  help: `${help}, worst minute of the last 5.`,
  factor,
  series: all,
});

function requests({ apiId }: CloudWatchNames): CloudWatchFamily[] {
  const api = (metric: string, statistic: CloudWatchSeries['statistic'], labels = {}) =>
    series('AWS/ApiGateway', metric, { ApiId: apiId }, statistic, labels);
  return [
    count('http_requests', 'Requests to the HTTP API', [api('Count', 'Sum')]),
    count('http_errors', 'Requests to the HTTP API that were answered with an error', [
      api('4xx', 'Sum', { class: '4xx' }),
      api('5xx', 'Sum', { class: '5xx' }),
    ]),
    measure('http_latency_seconds', 'Time to answer a request to the HTTP API', perMillisecond, [
      ...(['p50', 'p95', 'p99'] as const).map((statistic) => api('Latency', statistic, { statistic })),
    ]),
    count('webhooks', 'Webhooks, by what they were answered', [
      ...webhookAnswers.map((answer) => own('webhook-receiver', 'WebhooksReceived', 'Sum', { answer }, { answer })),
    ]),
    count('webhook_signature_failures', 'Webhooks refused for signature, token, time-stamp or account', [
      own('webhook-receiver', 'WebhookSignatureFailures', 'Sum'),
    ]),
  ];
}

function functionFamilies({ stage, functions }: CloudWatchNames): CloudWatchFamily[] {
  const each = (metric: string, statistic: CloudWatchSeries['statistic'], labels = {}) =>
    functions.map((name) =>
      series('AWS/Lambda', metric, { FunctionName: `aictive-${stage}-${name}` }, statistic, {
        function: name,
        ...labels,
      }),
    );
  return [
    count('function_invocations', 'Invocations of each function', each('Invocations', 'Sum')),
    count('function_errors', 'Invocations of each function that failed', each('Errors', 'Sum')),
    count('function_throttles', 'Invocations of each function that Lambda put off', each('Throttles', 'Sum')),
    measure('function_duration_seconds', 'Time of an invocation', perMillisecond, [
      ...each('Duration', 'p95', { statistic: 'p95' }),
    ]),
    measure('function_concurrent_executions', 'Invocations at once', 1, each('ConcurrentExecutions', 'Maximum')),
    measure(
      'function_memory_used_bytes',
      'Largest resident set of an invocation',
      perMegabyte,
      functions.map((name) => own(name, 'MemoryUsed', 'Maximum', {}, { function: name })),
    ),
  ];
}

function rentvine(): CloudWatchFamily[] {
  const each = (metric: MetricName, statistic: CloudWatchSeries['statistic'], labels = {}) =>
    callers.map((name) => own(name, metric, statistic, {}, { function: name, ...labels }));
  return [
    count(
      'rentvine_requests',
      'Attempts at calling Rentvine, by what came back',
      callers.flatMap((name) =>
        statusClasses.map((statusClass) =>
          own(name, 'ApiRequests', 'Sum', { statusClass }, { function: name, status: statusClass }),
        ),
      ),
    ),
    measure('rentvine_latency_seconds', 'Time of one call to Rentvine', perMillisecond, [
      ...each('ApiLatency', 'p95', { statistic: 'p95' }),
    ]),
    count('rentvine_retries', 'Calls to Rentvine that were repeated', each('ApiRetries', 'Sum')),
    measure('rentvine_rate_limit_wait_seconds', 'Time that a call waited for its account’s limits', perMillisecond, [
      ...each('RateLimitWait', 'p95', { statistic: 'p95' }),
    ]),
    count('rentvine_breaker_changes', 'Times that an account’s API was given up on, or answered again', [
      ...each('BreakerOpened', 'Sum', { change: 'opened' }),
      ...each('BreakerClosed', 'Sum', { change: 'closed' }),
    ]),
  ];
}

function workflows({ deadLetterSources }: CloudWatchNames): CloudWatchFamily[] {
  const byMode = (metric: MetricName) =>
    ['incremental', 'full'].map((mode) => own('sync-worker', metric, 'Sum', { mode }, { mode }));
  const hinted = resources.filter(({ webhookSubjects }) => webhookSubjects.length > 0);
  return [
    count('sync_runs_failed', 'Sync runs that failed although Rentvine answers', [
      own('sync-worker', 'SyncRunsFailed', 'Sum'),
    ]),
    count('sync_jobs_failed', 'Attempts at a sync job that failed', [own('sync-worker', 'JobsFailed', 'Sum')]),
    count('sync_slices', 'Slices of sync runs that were done', byMode('Slices')),
    count('sync_continuations', 'Slices that queued the rest of their run', byMode('Continuations')),
    count('contract_violations', 'Sync runs that failed because Rentvine answered something of unknown shape', [
      own('sync-worker', 'ContractViolations', 'Sum'),
    ]),
    count('rows_read', 'Rows that finished sync runs read', [own('sync-worker', 'RowsRead', 'Sum')]),
    count('rows_quarantined', 'Rows of them that did not fit', [own('sync-worker', 'RowsQuarantined', 'Sum')]),
    count('webhook_hints_failed', 'Attempts at a webhook that failed', [
      own('webhook-processor', 'WebhookHintsFailed', 'Sum'),
    ]),
    count('webhook_hints_parked', 'Webhooks put off because Rentvine does not answer', [
      own('webhook-processor', 'WebhookHintsParked', 'Sum'),
    ]),
    measure('webhook_queue_wait_seconds', 'From a webhook’s arrival to the beginning of its work', perMillisecond, [
      own('webhook-processor', 'WebhookQueueWait', 'p95', {}, { statistic: 'p95' }),
    ]),
    measure('webhook_delay_seconds', 'From a webhook’s arrival to the write of what it was about', perMillisecond, [
      ...hinted.map(({ name: resource }) =>
        own('webhook-processor', 'WebhookDelay', 'p95', { resource }, { resource, statistic: 'p95' }),
      ),
    ]),
    measure('change_event_delay_seconds', 'From a change’s commit to its event', perMillisecond, [
      own('change-publisher', 'ChangeEventDelay', 'p95', {}, { statistic: 'p95' }),
    ]),
    count('change_events_retried', 'Change events that the bus refused for now', [
      own('change-publisher', 'ChangeEventsRetried', 'Sum'),
    ]),
    count('dead_letters_kept', 'Messages that failed for good', [
      ...deadLetterSources.map((source) => own('dead-letter-keeper', 'DeadLettersKept', 'Sum', { source }, { source })),
    ]),
    count('watcher_rounds', 'Rounds of the watcher, without which no alarm on freshness can ring', [
      own('watcher', 'WatcherRounds', 'Sum'),
    ]),
    measure('oldest_secret_age_seconds', 'Since the oldest of the accounts’ secrets was changed', 1, [
      own('watcher', 'SecretAge', 'Maximum'),
    ]),
  ];
}

function storage({ stage, queues, tables }: CloudWatchNames): CloudWatchFamily[] {
  return [
    measure(
      'queue_oldest_message_age_seconds',
      'Age of the oldest message',
      1,
      queues.map(({ name, physicalName }) =>
        series('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: physicalName }, 'Maximum', { queue: name }),
      ),
    ),
    measure('change_stream_age_seconds', 'Age of the oldest change that is not yet published', perMillisecond, [
      series('AWS/Lambda', 'IteratorAge', { FunctionName: `aictive-${stage}-change-publisher` }, 'Maximum'),
    ]),
    count(
      'table_throttles',
      'Requests that a table refused for their rate',
      tables.flatMap(({ name, physicalName }) =>
        (['read', 'write'] as const).map((kind) =>
          series(
            'AWS/DynamoDB',
            kind === 'read' ? 'ReadThrottleEvents' : 'WriteThrottleEvents',
            { TableName: physicalName },
            'Sum',
            { table: name, operation: kind },
          ),
        ),
      ),
    ),
  ];
}

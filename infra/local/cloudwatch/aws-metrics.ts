import type { Clock } from '../clock/clock.ts';
import { clockTimeOf } from '../clock/clock.ts';
import type { LocalQueue } from '../sqs/queue.ts';
import { type MetricStore, minuteMs } from './metric-store.ts';

/** One request to an HTTP API, answered. */
export interface ApiRequest {
  readonly apiId: string;
  readonly status: number;
  readonly latencyMs: number;
  /** How long the function took; undefined when none was asked. */
  readonly integrationLatencyMs: number | undefined;
}

/** Takes down what AWS itself would measure of the services that the runner plays. */
export interface AwsMetrics {
  invocationStarted(functionName: string): void;
  invocationEnded(functionName: string, durationMs: number, failed: boolean): void;
  invocationThrottled(functionName: string): void;
  /** @param createdAt when the newest record of the batch was written, by the machine's clock */
  streamBatchRead(functionName: string, createdAt: Date): void;
  apiRequest(request: ApiRequest): void;
  /** A request to DynamoDB that was answered with a throttling error. */
  tableThrottled(operation: string, body: Readonly<Record<string, unknown>>): void;
  /** Takes down how full and how old queues are, also for the minutes that a turn of the clock left out. */
  sampleQueues(queues: readonly LocalQueue[]): void;
}

const reads = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);
const maxGapMs = 48 * 60 * minuteMs;

/** The tables that a request names: one, or those of a batch. */
function tablesOf(body: Readonly<Record<string, unknown>>): string[] {
  if (typeof body.TableName === 'string') return [body.TableName];
  if (Array.isArray(body.Statements))
    return [...new Set(body.Statements.flatMap(({ Statement }) => /"(.*?)"/.exec(String(Statement))?.[1] ?? []))];
  return Object.keys(body.RequestItems ?? {});
}

export function awsMetrics(store: MetricStore, clock: Clock): AwsMetrics {
  const running = new Map<string, number>();
  let runningInAll = 0;
  let sampledAt = store.begin.getTime();

  function record(
    namespace: string,
    dimensions: Readonly<Record<string, string>>,
    values: Readonly<Record<string, number>>,
    at = clock.now(),
  ): void {
    for (const [name, value] of Object.entries(values)) store.record({ namespace, name, dimensions }, value, at);
  }

  /** Lambda publishes each metric by function, and across all functions without a dimension. */
  function lambda(FunctionName: string, values: Readonly<Record<string, number>>): void {
    record('AWS/Lambda', { FunctionName }, values);
    record('AWS/Lambda', {}, values);
  }

  function count(functionName: string, change: 1 | -1): void {
    running.set(functionName, (running.get(functionName) ?? 0) + change);
    runningInAll += change;
  }

  return {
    invocationStarted(functionName) {
      count(functionName, 1);
      record('AWS/Lambda', { FunctionName: functionName }, { ConcurrentExecutions: running.get(functionName) ?? 0 });
      // Claimed is what runs and what is reserved or provisioned besides; here nothing is.
      record('AWS/Lambda', {}, { ConcurrentExecutions: runningInAll, ClaimedAccountConcurrency: runningInAll });
    },
    invocationEnded(functionName, durationMs, failed) {
      count(functionName, -1);
      // A success is an error count of zero: the average of Errors is the failure rate.
      lambda(functionName, { Invocations: 1, Errors: failed ? 1 : 0, Throttles: 0, Duration: durationMs });
    },
    invocationThrottled: (functionName) => lambda(functionName, { Throttles: 1 }),
    streamBatchRead(functionName, createdAt) {
      const age = clock.now().getTime() - clockTimeOf(clock, createdAt).getTime();
      lambda(functionName, { IteratorAge: Math.max(0, age) });
    },
    apiRequest({ apiId: ApiId, status, latencyMs, integrationLatencyMs }) {
      const values = {
        Count: 1,
        '4xx': status >= 400 && status < 500 ? 1 : 0,
        '5xx': status >= 500 ? 1 : 0,
        Latency: latencyMs,
        ...(integrationLatencyMs === undefined ? {} : { IntegrationLatency: integrationLatencyMs }),
      };
      record('AWS/ApiGateway', { ApiId }, values);
    },
    tableThrottled(operation, body) {
      const name = reads.has(operation) ? 'ReadThrottleEvents' : 'WriteThrottleEvents';
      for (const TableName of tablesOf(body)) record('AWS/DynamoDB', { TableName }, { [name]: 1 });
    },
    sampleQueues(queues) {
      const now = clock.now().getTime();
      const skipped: number[] = [];
      const from = Math.max(sampledAt + minuteMs, now - maxGapMs);
      for (let at = from; at < now; at += minuteMs) skipped.push(at);
      for (const queue of queues) {
        const { visible, inFlight, delayed } = queue.depth();
        const sentAt = queue.oldestSentAt();
        const sent = sentAt === undefined ? undefined : clockTimeOf(clock, sentAt).getTime();
        for (const at of [...skipped, now]) {
          const values = {
            ApproximateNumberOfMessagesVisible: visible,
            ApproximateNumberOfMessagesNotVisible: inFlight,
            ApproximateNumberOfMessagesDelayed: delayed,
            ApproximateAgeOfOldestMessage: sent === undefined ? 0 : Math.max(0, Math.floor((at - sent) / 1000)),
          };
          record('AWS/SQS', { QueueName: queue.name }, values, new Date(at));
        }
      }
      sampledAt = now;
    },
  };
}

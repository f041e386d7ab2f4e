import type { MetricId } from '../../local/cloudwatch/metric-id.ts';
import type { QueueDepth } from '../../local/sqs/queue.ts';
import type { AccountView, DeadLetterView, FlowView, Health, NodeView, RunView } from '../view.ts';
import type { BusEvents } from './bus-events.ts';
import type { MetricReader } from './metrics.ts';

export interface FlowSource {
  readonly prefix: string;
  readonly schedules: number;
  /** API Gateway's id of the HTTP API. */
  readonly apiId: string;
  readonly queues: Readonly<Record<string, QueueDepth>>;
  readonly metrics: MetricReader;
  readonly accounts: readonly AccountView[];
  readonly runs: readonly RunView[];
  readonly letters: readonly DeadLetterView[];
  readonly events: Pick<BusEvents, 'count' | 'perMinute'>;
}

const functions = {
  planner: 'sync-planner',
  worker: 'sync-worker',
  receiver: 'webhook-receiver',
  processor: 'webhook-processor',
  publisher: 'change-publisher',
  keeper: 'dead-letter-keeper',
} as const;

/** A queue that holds more than this is behind. */
const manyMessages = 100;
/** How long a failure is shown in the picture. */
const troubledMinutes = 5;
/** What Rentvine answers when it is not well. */
const troubledClasses = ['429', '5xx', 'network'] as const;

/** The picture of the flow: each part with its one number, and whether it is well. */
export function collectFlow(source: FlowSource): FlowView {
  const { prefix, metrics, queues, accounts, letters } = source;
  const depthOf = (name: string): number => {
    const { visible = 0, inFlight = 0, delayed = 0 } = queues[`${prefix}-${name}`] ?? {};
    return visible + inFlight + delayed;
  };
  const inDeadLetterQueues = Object.entries(queues)
    .filter(([name]) => /-dlq(\.fifo)?$/.test(name))
    .reduce((sum, [, { visible, inFlight, delayed }]) => sum + visible + inFlight + delayed, 0);
  const collections = accounts.flatMap(({ resources }) => resources);
  const records = collections.reduce((sum, resource) => sum + (resource.records ?? 0), 0);
  const isCounted = collections.every((resource) => resource.records !== undefined);

  const parts = Object.fromEntries(
    Object.entries(functions).map(([node, name]) => [node, functionNode(`${prefix}-${name}`, metrics)]),
  ) as Record<keyof typeof functions, NodeView>;
  return {
    ...parts,
    schedules: { health: 'good', value: source.schedules, unit: 'schedules', perMinute: parts.planner.perMinute },
    syncJobs: queueNode(depthOf('sync-jobs.fifo')),
    worker: workerNode(parts.worker, source.runs),
    rentvine: rentvineNode(accounts, metrics),
    webhook: { health: 'good', value: parts.receiver.perMinute, unit: 'a minute', perMinute: parts.receiver.perMinute },
    api: apiNode(metrics, source.apiId),
    webhookEvents: queueNode(depthOf('webhook-events')),
    records: {
      health: 'good',
      value: records,
      unit: isCounted ? 'records' : 'so far',
      perMinute: parts.publisher.perMinute,
    },
    bus: { health: 'good', value: source.events.count, unit: 'events', perMinute: source.events.perMinute },
    deadLetterQueues: {
      health: inDeadLetterQueues > 0 ? 'warning' : 'good',
      value: inDeadLetterQueues,
      unit: 'on the way',
      perMinute: parts.keeper.perMinute,
    },
    state: {
      health: letters.length > 0 ? 'bad' : 'good',
      value: letters.length,
      unit: letters.length === 1 ? 'dead letter' : 'dead letters',
      perMinute: parts.keeper.perMinute,
      ...(letters.length > 0 && { note: 'waits for you' }),
    },
  };
}

function functionNode(functionName: string, metrics: MetricReader): NodeView {
  const id = (name: string): MetricId => ({
    namespace: 'AWS/Lambda',
    name,
    dimensions: { FunctionName: functionName },
  });
  const perMinute = metrics.perMinute(id('Invocations'));
  const errors = metrics.total(id('Errors'), troubledMinutes);
  const throttles = metrics.total(id('Throttles'), troubledMinutes);
  const common = { value: perMinute, unit: 'a minute', perMinute };
  if (errors > 0) return { ...common, health: 'bad', note: `${errors} failed` };
  if (throttles > 0) return { ...common, health: 'warning', note: `${throttles} throttled` };
  return { ...common, health: 'good' };
}

function workerNode(node: NodeView, runs: readonly RunView[]): NodeView {
  const running = runs.filter(({ status }) => status === 'running').length;
  if (running === 0 || node.health !== 'good') return node;
  return { ...node, health: 'busy', value: running, unit: running === 1 ? 'run under way' : 'runs under way' };
}

function queueNode(depth: number): NodeView {
  const health: Health = depth > manyMessages ? 'warning' : depth > 0 ? 'busy' : 'good';
  return { health, value: depth, unit: 'waiting', perMinute: depth };
}

function rentvineNode(accounts: readonly AccountView[], metrics: MetricReader): NodeView {
  const calls = (statusClass: string, read: (id: MetricId) => number): number =>
    ['sync-worker', 'webhook-processor'].reduce(
      (sum, service) => sum + read(metrics.own(service, 'ApiRequests', { statusClass })),
      0,
    );
  const perMinute = ['2xx', '3xx', '4xx', ...troubledClasses].reduce(
    (sum, statusClass) => sum + calls(statusClass, metrics.perMinute),
    0,
  );
  const common = { value: perMinute, unit: 'calls a min', perMinute };
  const tripped = accounts.filter(({ breaker }) => breaker.state !== 'closed').length;
  if (tripped > 0)
    return { ...common, health: 'bad', note: tripped === 1 ? 'breaker open' : `${tripped} breakers open` };
  const failed = troubledClasses.reduce(
    (sum, statusClass) => sum + calls(statusClass, (id) => metrics.total(id, troubledMinutes)),
    0,
  );
  return failed > 0 ? { ...common, health: 'warning', note: `${failed} failed` } : { ...common, health: 'good' };
}

function apiNode(metrics: MetricReader, apiId: string): NodeView {
  const id = (name: string): MetricId => ({ namespace: 'AWS/ApiGateway', name, dimensions: { ApiId: apiId } });
  const perMinute = metrics.perMinute(id('Count'));
  const failures = metrics.total(id('5xx'), troubledMinutes);
  return {
    health: failures > 0 ? 'bad' : 'good',
    value: perMinute,
    unit: 'a minute',
    perMinute,
    ...(failures > 0 && { note: `${failures} failed` }),
  };
}

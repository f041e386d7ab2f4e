import { type MetricAlarmDefinition, oneOfOne } from './alarm-definition.ts';
import { idOf, sumOf } from './expression.ts';
import {
  accountConcurrency,
  apiMetric,
  claimedConcurrency,
  lambdaMetric,
  type MetricRef,
  ownMetric,
  tableMetric,
} from './metric-ref.ts';
import { byPropertyIndex, deadLetterSources, functionNames, type PlatformNames } from './platform-names.ts';

const warning = { severity: 'warning', kind: 'metric', ...oneOfOne } as const;

/** Of fewer than 20 requests one slow one, such as a cold start, would already be the 95th percentile. */
const minRequests = 25;
/** Calls have no cold starts, and an account that is only kept current makes few. */
const minCalls = 10;

/** What somebody should look at in the morning. */
export function warningAlarms(names: PlatformNames): MetricAlarmDefinition[] {
  return [
    {
      ...warning,
      name: 'api-latency',
      meaning: 'One in 20 requests to the HTTP API takes more than 2 seconds; senders of webhooks may give up.',
      dashboard: 'webhooks',
      metrics: { latency: apiMetric(names, 'Latency', 'p95'), requests: apiMetric(names, 'Latency', 'SampleCount') },
      expression: `IF(requests >= ${minRequests}, latency, 0)`,
      comparison: '>',
      threshold: 2000,
      periodSeconds: 300,
    },
    apiFlooded(names),
    rentvineLatency(),
    newDeadLetter(),
    {
      ...warning,
      name: 'signature-failures',
      meaning:
        'More than 20 webhooks within 5 minutes were refused for their signature: a wrong key, or somebody tries.',
      dashboard: 'webhooks',
      metrics: { refused: ownMetric('webhook-receiver', 'WebhookSignatureFailures', 'Sum') },
      expression: 'FILL(refused, 0)',
      comparison: '>',
      threshold: 20,
      periodSeconds: 300,
    },
    contractViolations(),
    schemaChanged(),
    {
      ...warning,
      name: 'deletion-held',
      meaning:
        'More records of a resource are gone from Rentvine than may be marked deleted unasked; they stay until somebody decides.',
      dashboard: 'sync',
      metrics: { holds: ownMetric('watcher', 'DeletionHolds', 'Maximum') },
      comparison: '>=',
      threshold: 1,
      periodSeconds: 300,
    },
    functionThrottles(names),
    tableThrottles(names),
    {
      ...warning,
      name: 'concurrency',
      meaning:
        'Over 80 % of the Lambda concurrency that this AWS account may use is in use; beyond it functions are throttled.',
      dashboard: 'overview',
      metrics: { running: accountConcurrency, claimed: claimedConcurrency },
      expression: '100 * MAX([running, claimed]) / SERVICE_QUOTA(running)',
      comparison: '>',
      threshold: 80,
      periodSeconds: 300,
    },
    {
      ...warning,
      name: 'secret-rotation',
      meaning: "An account's secret has had the same value for more than 90 days.",
      dashboard: 'rentvine',
      metrics: { age: ownMetric('watcher', 'SecretAge', 'Maximum') },
      comparison: '>',
      threshold: 90 * 86_400,
      periodSeconds: 300,
    },
    recursionDropped(names),
    {
      ...warning,
      name: 'business-report-failing',
      meaning: 'The business figures of at least one account could not be computed; the ones that are shown are old.',
      dashboard: 'business',
      metrics: { failures: lambdaMetric(names, 'Errors', 'Sum', 'business-reporter') },
      expression: 'FILL(failures, 0)',
      comparison: '>=',
      // Lambda tries an asynchronous invocation three times.
      threshold: 3,
      periodSeconds: 3600,
    },
  ];
}

/**
 * API Gateway has no metric of what it turned away, and its limit is for all together. So this rings while nearly as many ask
 * as it lets through: from then on signed webhooks may be refused with the others.
 */
function apiFlooded(names: PlatformNames): MetricAlarmDefinition {
  return {
    ...warning,
    name: 'api-flooded',
    meaning:
      'The HTTP API gets nearly as many requests as it lets through; signed webhooks may be refused, and only the schedules keep the copy current.',
    dashboard: 'webhooks',
    metrics: { requests: apiMetric(names, 'Count', 'Sum') },
    expression: 'FILL(requests, 0)',
    comparison: '>',
    threshold: 0.8 * names.requestsPerSecond * 60,
    periodSeconds: 60,
    datapoints: { breaching: 1, of: 5 },
  };
}

function rentvineLatency(): MetricAlarmDefinition {
  const p95 = (id: string) => `IF(${id}Calls >= ${minCalls}, ${id}, 0)`;
  return {
    ...warning,
    name: 'rentvine-latency',
    meaning: 'One in 20 calls to Rentvine takes more than 5 seconds; syncs and webhooks slow down with it.',
    dashboard: 'rentvine',
    metrics: {
      sync: ownMetric('sync-worker', 'ApiLatency', 'p95'),
      syncCalls: ownMetric('sync-worker', 'ApiLatency', 'SampleCount'),
      webhooks: ownMetric('webhook-processor', 'ApiLatency', 'p95'),
      webhooksCalls: ownMetric('webhook-processor', 'ApiLatency', 'SampleCount'),
    },
    expression: `MAX([${p95('sync')}, ${p95('webhooks')}])`,
    comparison: '>',
    threshold: 5000,
    periodSeconds: 300,
  };
}

function newDeadLetter(): MetricAlarmDefinition {
  const metrics = Object.fromEntries(
    deadLetterSources.map((source) => [
      idOf(source),
      ownMetric('dead-letter-keeper', 'DeadLettersKept', 'Sum', { source }),
    ]),
  );
  return {
    ...warning,
    name: 'new-dead-letter',
    meaning: 'A message failed for good and waits for an operator; what it was about is not done.',
    dashboard: 'webhooks',
    metrics,
    expression: `FILL(${sumOf(metrics)}, 0)`,
    comparison: '>=',
    threshold: 1,
    periodSeconds: 300,
  };
}

/** A run that failed for the shape of an answer counts as if all its rows were wrong. */
function contractViolations(): MetricAlarmDefinition {
  return {
    ...warning,
    name: 'contract-violations',
    meaning:
      'Rentvine answers what is not known: over 0.5 % of the rows read within an hour were set aside, or a whole run failed.',
    dashboard: 'rentvine',
    metrics: {
      rows: ownMetric('sync-worker', 'RowsRead', 'Sum'),
      quarantined: ownMetric('sync-worker', 'RowsQuarantined', 'Sum'),
      violations: ownMetric('sync-worker', 'ContractViolations', 'Sum'),
    },
    expression: 'FILL(SUM([100 * quarantined / rows, 100 * violations]), 0)',
    comparison: '>',
    threshold: 0.5,
    periodSeconds: 3600,
  };
}

/** It rings for a day, whatever else changes meanwhile: one day's changes are looked at together. */
function schemaChanged(): MetricAlarmDefinition {
  return {
    ...warning,
    name: 'schema-changed',
    meaning:
      'Rentvine answers fields that it did not, has stopped answering some, or answers them with another type; programs that read them may not expect that.',
    dashboard: 'rentvine',
    metrics: { changes: ownMetric('change-publisher', 'SchemaChanges', 'Sum') },
    expression: 'FILL(changes, 0)',
    comparison: '>=',
    threshold: 1,
    periodSeconds: 3600,
    datapoints: { breaching: 1, of: 24 },
  };
}

function functionThrottles(names: PlatformNames): MetricAlarmDefinition {
  const metrics = Object.fromEntries(
    functionNames.map((name) => [idOf(name), lambdaMetric(names, 'Throttles', 'Sum', name)]),
  );
  return {
    ...warning,
    name: 'function-throttles',
    meaning: 'Lambda turned invocations away; webhooks are answered with an error, and everything else is late.',
    dashboard: 'overview',
    metrics,
    expression: sumOf(metrics),
    comparison: '>',
    threshold: 0,
    periodSeconds: 300,
  };
}

function tableThrottles(names: PlatformNames): MetricAlarmDefinition {
  const metrics: Record<string, MetricRef> = {
    recordsRead: tableMetric(names, 'ReadThrottleEvents', 'records'),
    recordsWrite: tableMetric(names, 'WriteThrottleEvents', 'records'),
    indexWrite: tableMetric(names, 'WriteThrottleEvents', 'records', byPropertyIndex),
    stateRead: tableMetric(names, 'ReadThrottleEvents', 'state'),
    stateWrite: tableMetric(names, 'WriteThrottleEvents', 'state'),
  };
  return {
    ...warning,
    name: 'table-throttles',
    meaning: 'DynamoDB turned reads or writes away; the SDK repeats them, and syncs and webhooks slow down.',
    dashboard: 'overview',
    metrics,
    expression: `FILL(${sumOf(metrics)}, 0)`,
    comparison: '>',
    threshold: 0,
    periodSeconds: 300,
  };
}

function recursionDropped(names: PlatformNames): MetricAlarmDefinition {
  const metrics = {
    worker: lambdaMetric(names, 'RecursiveInvocationsDropped', 'Sum', 'sync-worker'),
    processor: lambdaMetric(names, 'RecursiveInvocationsDropped', 'Sum', 'webhook-processor'),
  };
  return {
    ...warning,
    name: 'recursion-dropped',
    meaning:
      'Lambda took a chain of messages for a runaway loop and dropped one; the sync or webhook behind it is not done.',
    dashboard: 'sync',
    metrics,
    expression: `FILL(${sumOf(metrics)}, 0)`,
    comparison: '>',
    threshold: 0,
    periodSeconds: 300,
  };
}

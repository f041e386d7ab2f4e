import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { WebhookAnswerKind } from '../webhook/answers.ts';

/** The namespace of our metrics: a stage has one of its own, since stages can share an AWS account. */
export const metricsNamespace = (stage: string): string => `Aictive/Rentvine/${stage}`;

/**
 * Every metric of the platform, with its unit and its dimensions beside `service`. A dimension's values are few and
 * known: the resource table, the two modes, a status class. An account is a dimension only of the business figures, which
 * are sent a few times a day; of all others it is a property of the log line, found by `filter account = …` in Logs Insights.
 *
 * Each combination of values is a metric of its own, billed for every hour in which it is sent, and what most of a small
 * account's bill is for (`npm run cost`): a resource is a dimension only where somebody would want to be woken for one. What
 * each run read is in its log line.
 */
export const metricDefinitions = {
  /** Sync runs that ended, by how they ended: succeeded or failed. */
  SyncRuns: { unit: MetricUnit.Count, dimensions: ['resource', 'mode', 'outcome'] },
  /** From a run's start to its end, all slices included. */
  SyncDuration: { unit: MetricUnit.Milliseconds, dimensions: ['resource', 'mode'] },
  /** Sync runs that failed for any other reason than that Rentvine does not answer. */
  SyncRunsFailed: { unit: MetricUnit.Count, dimensions: [] },
  /** Runs that failed because Rentvine answered something of unknown shape. */
  ContractViolations: { unit: MetricUnit.Count, dimensions: [] },
  /** Slices of work that were done; a run has one or more. */
  Slices: { unit: MetricUnit.Count, dimensions: ['mode'] },
  /** Slices that ran out of time and queued the rest of their run. */
  Continuations: { unit: MetricUnit.Count, dimensions: ['mode'] },
  /** Pages read from Rentvine. */
  PagesRead: { unit: MetricUnit.Count, dimensions: ['mode'] },
  RecordsCreated: { unit: MetricUnit.Count, dimensions: ['resource'] },
  RecordsUpdated: { unit: MetricUnit.Count, dimensions: ['resource'] },
  RecordsUnchanged: { unit: MetricUnit.Count, dimensions: ['resource'] },
  RecordsDeleted: { unit: MetricUnit.Count, dimensions: ['resource'] },
  /** Rows that did not fit their schema. */
  RecordsQuarantined: { unit: MetricUnit.Count, dimensions: ['resource'] },
  /** Rows that finished runs read, and how many of them did not fit: together the rate that is alarmed on. */
  RowsRead: { unit: MetricUnit.Count, dimensions: [] },
  RowsQuarantined: { unit: MetricUnit.Count, dimensions: [] },
  /** Tombstones that the deletion guard withheld until an operator decides. */
  DeletionsHeld: { unit: MetricUnit.Count, dimensions: ['resource'] },
  /** Attempts at calling Rentvine, by what came back: 2xx, 4xx, 429, 5xx or network. */
  ApiRequests: { unit: MetricUnit.Count, dimensions: ['statusClass'] },
  /** From sending one attempt to its whole answer. */
  ApiLatency: { unit: MetricUnit.Milliseconds, dimensions: [] },
  ApiRetries: { unit: MetricUnit.Count, dimensions: [] },
  /** Time that one call waited for the account's rate limit or in-flight cap. */
  RateLimitWait: { unit: MetricUnit.Milliseconds, dimensions: [] },
  BreakerOpened: { unit: MetricUnit.Count, dimensions: [] },
  BreakerClosed: { unit: MetricUnit.Count, dimensions: [] },
  JobsPlanned: { unit: MetricUnit.Count, dimensions: ['mode'] },
  /** Jobs that failed in this attempt and will come back, or end as dead letters. */
  JobsFailed: { unit: MetricUnit.Count, dimensions: [] },
  ChangeEventsPublished: { unit: MetricUnit.Count, dimensions: ['resource'] },
  /** Change events that the bus refused for now and that will be tried again. */
  ChangeEventsRetried: { unit: MetricUnit.Count, dimensions: [] },
  /** Change events that can never be published and were put on their dead-letter queue whole. */
  ChangeEventsDeadLettered: { unit: MetricUnit.Count, dimensions: [] },
  /** From the commit of a change to its event's publication. */
  ChangeEventDelay: { unit: MetricUnit.Milliseconds, dimensions: [] },
  /** Fields that Rentvine newly answers, answers no more or with another type, as far as that was told. */
  SchemaChanges: { unit: MetricUnit.Count, dimensions: [] },
  /** Requests to the webhook address, by what they were answered. */
  WebhooksReceived: { unit: MetricUnit.Count, dimensions: ['answer'] },
  WebhookHintsQueued: { unit: MetricUnit.Count, dimensions: [] },
  /** Objects read because of a webhook. */
  WebhookObjectsRead: { unit: MetricUnit.Count, dimensions: ['resource'] },
  /** From a webhook's arrival to the write of what it was about. */
  WebhookDelay: { unit: MetricUnit.Milliseconds, dimensions: ['resource'] },
  /** Hints put off because the account's API did not answer. */
  WebhookHintsParked: { unit: MetricUnit.Count, dimensions: [] },
  /** Hints that failed in this attempt and will come back, or end as dead letters. */
  WebhookHintsFailed: { unit: MetricUnit.Count, dimensions: [] },
  /** Webhooks with a right signature that were answered with 503. */
  SignedWebhooksNotQueued: { unit: MetricUnit.Count, dimensions: [] },
  /** Webhooks refused for their signature, token, time-stamp or account. */
  WebhookSignatureFailures: { unit: MetricUnit.Count, dimensions: [] },
  /** From a webhook's arrival to the beginning of its processing. */
  WebhookQueueWait: { unit: MetricUnit.Milliseconds, dimensions: [] },
  /** Webhooks whose event is not known, or that do not say which object they are about. */
  WebhookEventsUnknown: { unit: MetricUnit.Count, dimensions: [] },
  /** Messages that failed for good and were kept, by the queue or function that they were for. */
  DeadLettersKept: { unit: MetricUnit.Count, dimensions: ['source'] },
  /** Attempts at keeping one that failed; it stays in its dead-letter queue and comes back. */
  DeadLettersNotKept: { unit: MetricUnit.Count, dimensions: [] },
  /** The largest resident set of an invocation. */
  MemoryUsed: { unit: MetricUnit.Megabytes, dimensions: [] },

  /** Rounds that the watcher completed: what tells a quiet platform from one that nobody watches. */
  WatcherRounds: { unit: MetricUnit.Count, dimensions: [] },
  /** Since the start of the last successful run, of the account that is furthest behind. */
  SyncFreshness: { unit: MetricUnit.Seconds, dimensions: ['resource'] },
  /**
   * The same in intervals of the resource's schedule, worst of all resources and accounts. Accounts whose breaker is open
   * do not count: for them {@link metricDefinitions.BreakersOpen} is what tells.
   */
  SyncLag: { unit: MetricUnit.NoUnit, dimensions: [] },
  /** Accounts whose API is given up on until it answers a probe. */
  BreakersOpen: { unit: MetricUnit.Count, dimensions: [] },
  /** Those of them whose outage began within the last half hour. */
  OutagesBegun: { unit: MetricUnit.Count, dimensions: [] },
  /** Dead letters that wait for an operator. */
  DeadLetters: { unit: MetricUnit.Count, dimensions: ['source'] },
  /** Since the oldest of them was kept. */
  DeadLetterAge: { unit: MetricUnit.Seconds, dimensions: [] },
  /** Resources of accounts whose deletions are held until an operator decides. */
  DeletionHolds: { unit: MetricUnit.Count, dimensions: [] },
  /** Since the oldest of the accounts' secrets was last given a value. */
  SecretAge: { unit: MetricUnit.Seconds, dimensions: [] },

  Units: { unit: MetricUnit.Count, dimensions: ['account'], gauge: true },
  UnitsOccupied: { unit: MetricUnit.Count, dimensions: ['account'], gauge: true },
  UnitsVacant: { unit: MetricUnit.Count, dimensions: ['account'], gauge: true },
  VacancyRate: { unit: MetricUnit.Percent, dimensions: ['account'], gauge: true },
  /** Of the account with the highest. */
  HighestVacancyRate: { unit: MetricUnit.Percent, dimensions: [], gauge: true },
  /** Monthly rent of the active leases. */
  RentRollCents: { unit: MetricUnit.NoUnit, dimensions: ['account'], gauge: true },
  CollectedThisMonthCents: { unit: MetricUnit.NoUnit, dimensions: ['account'], gauge: true },
  PastDueCents: { unit: MetricUnit.NoUnit, dimensions: ['account'], gauge: true },
  PastDueLeases: { unit: MetricUnit.Count, dimensions: ['account'], gauge: true },
  OpenWorkOrders: { unit: MetricUnit.Count, dimensions: ['account', 'priority'], gauge: true },
  /** Active leases that end within so many days. */
  LeasesEnding: { unit: MetricUnit.Count, dimensions: ['account', 'withinDays'], gauge: true },
} as const satisfies Record<string, MetricDefinition>;

type Dimension =
  | 'resource'
  | 'mode'
  | 'outcome'
  | 'statusClass'
  | 'answer'
  | 'source'
  | 'account'
  | 'priority'
  | 'withinDays';

export interface MetricDefinition {
  readonly unit: (typeof MetricUnit)[keyof typeof MetricUnit];
  /** Beside `service`, which every metric has. */
  readonly dimensions: readonly Dimension[];
  /** A count of nothing is sent too: it is a figure to look at, not something that did not happen. */
  readonly gauge?: boolean;
}

export type MetricName = keyof typeof metricDefinitions;

interface DimensionValues {
  readonly resource: string;
  readonly mode: 'incremental' | 'full';
  readonly outcome: 'succeeded' | 'failed';
  readonly statusClass: '2xx' | '3xx' | '4xx' | '429' | '5xx' | 'network';
  readonly answer: WebhookAnswerKind;
  /** The queue or function that a message was for: `webhook-events`. */
  readonly source: string;
  readonly account: string;
  readonly priority: string;
  readonly withinDays: '30' | '60' | '90';
}

/** Exactly the dimensions of this metric, and whose data it is about. */
export type MetricContext<Name extends MetricName> = Pick<
  DimensionValues,
  (typeof metricDefinitions)[Name]['dimensions'][number]
> & { readonly account?: string };

export interface MetricRecorder {
  /**
   * Keeps one value, in the metric's own unit, until {@link publish}. Never throws. A value that is no number is dropped, and
   * so is a count of nothing: sums are the same without it, and CloudWatch would bill an hour of the metric for it. An
   * alarm on a count therefore treats missing data as not breaching.
   */
  record<Name extends MetricName>(name: Name, value: number, context: MetricContext<Name>): void;
  /** Prints everything recorded since the last time as embedded metric format, one line per set of dimensions. */
  publish(): void;
}

/** Creates a recorder that prints to stdout, which CloudWatch Logs turns into metrics; a disabled one does nothing. */
export const createMetricRecorder = ({ enabled }: { readonly enabled: boolean }): MetricRecorder => {
  const groups = new Map<string, Metrics>();

  const groupFor = (dimensions: Record<string, string>, account: string | undefined): Metrics => {
    const key = JSON.stringify([dimensions, account]);
    const existing = groups.get(key);
    if (existing !== undefined) return existing;
    const created = new Metrics({
      namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? metricsNamespace('local'),
      defaultDimensions: dimensions,
    });
    groups.set(key, created);
    return created;
  };

  return {
    record(name, value, context) {
      const { unit, dimensions: names, gauge = false }: MetricDefinition = metricDefinitions[name];
      const isNothing = value === 0 && unit === MetricUnit.Count && !gauge;
      if (!enabled || isNothing || !Number.isFinite(value)) return;
      const given: Partial<DimensionValues> & { readonly account?: string } = context;
      const dimensions = Object.fromEntries(
        names.flatMap((dimension) => {
          const dimensionValue = given[dimension];
          return dimensionValue === undefined ? [] : [[dimension, dimensionValue]];
        }),
      );
      const group = groupFor(dimensions, given.account);
      // Repeated because a full buffer publishes itself and forgets it.
      if (given.account !== undefined) group.addMetadata('account', given.account);
      group.addMetric(name, unit, value);
    },
    publish() {
      for (const group of groups.values()) {
        if (group.hasStoredMetrics()) group.publishStoredMetrics();
      }
      groups.clear();
    },
  };
};

/**
 * The one recorder of the application. It prints only where CloudWatch would read it: in Lambda, and not where
 * `POWERTOOLS_METRICS_DISABLED` is true. {@link instrumented} handlers publish at the end of every invocation.
 *
 * @example
 * metrics.record('RecordsCreated', 12, { account, resource: 'leases' });
 */
export const metrics: MetricRecorder = createMetricRecorder({
  enabled: process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined && process.env.POWERTOOLS_METRICS_DISABLED !== 'true',
});

import { maxLagIntervals, maxQueueAgeSeconds } from '../../shared/health/thresholds.ts';
import type { CompositeAlarmDefinition, MetricAlarmDefinition } from './alarm-definition.ts';
import { oneOfOne } from './alarm-definition.ts';
import { idOf, listOf, sumOf } from './expression.ts';
import { lambdaMetric, type MetricRef, ownMetric, queueMetric } from './metric-ref.ts';
import { functionNames, type PlatformNames, queueNames } from './platform-names.ts';

/** SQS delays a message by 15 minutes at most, so what waits for Rentvine is looked at again sooner than this. */
const parkedSeconds = 1200;

const viaPipeline = { severity: 'critical', kind: 'metric', via: 'pipeline-failing' } as const;

/** What fails the pipeline, and the one alarm that pages for all of it. */
export function pipelineAlarms(names: PlatformNames): (MetricAlarmDefinition | CompositeAlarmDefinition)[] {
  return [
    highErrorRate(names),
    workflowFailures(),
    staleResource(),
    queueBacklog(names),
    {
      name: 'pipeline-failing',
      kind: 'composite',
      severity: 'critical',
      meaning: 'The copy of at least one account is falling behind Rentvine, or is about to.',
      dashboard: 'overview',
      condition: {
        any: [
          { ringing: 'workflow-failures' },
          { ringing: 'stale-resource' },
          { ringing: 'high-error-rate' },
          { ringing: 'queue-backlog' },
        ],
      },
    },
  ];
}

/** Lambda sends a zero with every invocation that did not fail, and the watcher runs every minute: there is always data. */
function highErrorRate(names: PlatformNames): MetricAlarmDefinition {
  const metrics: Record<string, MetricRef> = Object.fromEntries(
    // Anybody can ask the function status.
    functionNames
      .filter((name) => name !== 'status')
      .map((name) => [idOf(name), lambdaMetric(names, 'Errors', 'Sum', name)]),
  );
  // The API's own count of 5xx has requests in it that nobody signed: a burst of them alone may be more than Lambda lets run at once.
  metrics.notQueued = ownMetric('webhook-receiver', 'SignedWebhooksNotQueued', 'Sum');
  return {
    ...viaPipeline,
    ...oneOfOne,
    name: 'high-error-rate',
    meaning: 'More than 10 function invocations failed, or signed webhooks could not be queued, within 5 minutes.',
    dashboard: 'overview',
    metrics,
    expression: sumOf(metrics),
    comparison: '>',
    threshold: 10,
    periodSeconds: 300,
  };
}

function workflowFailures(): MetricAlarmDefinition {
  const metrics = {
    runs: ownMetric('sync-worker', 'SyncRunsFailed', 'Sum'),
    jobs: ownMetric('sync-worker', 'JobsFailed', 'Sum'),
    hints: ownMetric('webhook-processor', 'WebhookHintsFailed', 'Sum'),
    // SQS leaves messages that were received often out of a queue's age; a keeper that cannot keep shows only here.
    letters: ownMetric('dead-letter-keeper', 'DeadLettersNotKept', 'Sum'),
  };
  return {
    ...viaPipeline,
    ...oneOfOne,
    name: 'workflow-failures',
    meaning:
      'More than 5 sync runs, webhooks or dead letters failed within 10 minutes for another reason than that Rentvine is down.',
    dashboard: 'sync',
    metrics,
    // Filled, so that it ends with the failures: CloudWatch would look further back for data where there is none.
    expression: `FILL(${sumOf(metrics)}, 0)`,
    comparison: '>',
    threshold: 5,
    periodSeconds: 600,
  };
}

function staleResource(): MetricAlarmDefinition {
  return {
    ...viaPipeline,
    name: 'stale-resource',
    meaning: 'A resource of an account has not been read for more than 3 of its intervals.',
    dashboard: 'sync',
    metrics: { lag: ownMetric('watcher', 'SyncLag', 'Maximum') },
    comparison: '>',
    threshold: maxLagIntervals,
    periodSeconds: 60,
    // The watcher's rounds are a minute apart, give or take: now and then a minute has two, and the next has none.
    datapoints: { breaching: 2, of: 3 },
    missing: 'notBreaching',
  };
}

/**
 * While an account's API is down its hints and jobs come back every quarter of an hour at the latest, so only what is older
 * than 20 minutes counts then; the dead-letter queues have nothing to do with Rentvine.
 *
 * A sync job may wait long while its group is worked on: a full read takes turns of four minutes with the incremental reads
 * that come up meanwhile. So a waiting job counts only while no worker runs and no slice ends, which is when nobody is
 * going to come to it.
 */
function queueBacklog(names: PlatformNames): MetricAlarmDefinition {
  const age = (queue: string) => queueMetric(names, 'ApproximateAgeOfOldestMessage', 'Maximum', queue);
  const working = {
    workers: lambdaMetric(names, 'ConcurrentExecutions', 'Maximum', 'sync-worker'),
    fullSlices: ownMetric('sync-worker', 'Slices', 'Sum', { mode: 'full' }),
    incrementalSlices: ownMetric('sync-worker', 'Slices', 'Sum', { mode: 'incremental' }),
  };
  const hints = age(queueNames.webhookEvents);
  const open = ownMetric('watcher', 'BreakersOpen', 'Maximum');
  const dead = {
    deadJobs: age(queueNames.syncJobsDeadLetters),
    deadHints: age(queueNames.webhookEventsDeadLetters),
    deadEvents: age(queueNames.changeEventsDeadLetters),
    deadTicks: age(queueNames.scheduleDeadLetters),
  };
  const jobs = age(queueNames.syncJobs);
  // MAX over metrics without data has no value; `jobs * 0` gives it one wherever a job waits.
  const waitingInVain = `IF(MAX([jobs * 0, ${listOf(working)}]) > 0, 0, jobs)`;
  const work = `MAX([hints, ${waitingInVain}])`;
  const tooLong = `IF(${work} > IF(MAX([jobs * 0, open]) > 0, ${parkedSeconds}, ${maxQueueAgeSeconds}), ${work}, 0)`;
  return {
    ...viaPipeline,
    ...oneOfOne,
    name: 'queue-backlog',
    meaning:
      'A webhook, a dead letter, or a sync job that no worker comes to has waited in its queue for over 10 minutes.',
    dashboard: 'overview',
    metrics: { ...dead, ...working, hints, jobs, open },
    expression: `MAX([${listOf(dead)}, ${tooLong}])`,
    comparison: '>',
    threshold: maxQueueAgeSeconds,
    periodSeconds: 300,
  };
}

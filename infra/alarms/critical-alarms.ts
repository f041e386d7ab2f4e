import { maxDeadLetterAgeSeconds } from '../../shared/health/thresholds.ts';
import { type MetricAlarmDefinition, oneOfOne } from './alarm-definition.ts';
import { sumOf } from './expression.ts';
import { lambdaMetric, ownMetric } from './metric-ref.ts';
import type { PlatformNames } from './platform-names.ts';

const critical = { severity: 'critical', kind: 'metric' } as const;

/** Alarms that page by themselves. */
export function criticalAlarms(names: PlatformNames): MetricAlarmDefinition[] {
  return [
    rentvineApiDown(),
    anotherApiDown(),
    {
      ...critical,
      ...oneOfOne,
      name: 'dead-letter-unhandled',
      meaning:
        'A message that failed for good has waited for an operator for more than an hour; what it was about is not done.',
      dashboard: 'webhooks',
      metrics: { age: ownMetric('watcher', 'DeadLetterAge', 'Maximum') },
      comparison: '>',
      threshold: maxDeadLetterAgeSeconds,
      periodSeconds: 300,
    },
    monitoringBlind(),
    {
      ...critical,
      ...oneOfOne,
      name: 'change-events-late',
      meaning: 'Change events are more than an hour late; the stream that they come from forgets them after 24 hours.',
      dashboard: 'sync',
      metrics: { age: lambdaMetric(names, 'IteratorAge', 'Maximum', 'change-publisher') },
      comparison: '>',
      threshold: 3_600_000,
      periodSeconds: 300,
    },
  ];
}

/**
 * While an API is down each probe opens the breaker again, and all of that is to be one page. So this rings with the first
 * minute and ends a quarter of an hour after the last, when what waited meanwhile has been worked off.
 */
function rentvineApiDown(): MetricAlarmDefinition {
  const metrics = {
    open: ownMetric('watcher', 'BreakersOpen', 'Maximum'),
    openedBySync: ownMetric('sync-worker', 'BreakerOpened', 'Sum'),
    openedByWebhooks: ownMetric('webhook-processor', 'BreakerOpened', 'Sum'),
  };
  return {
    ...critical,
    name: 'rentvine-api-down',
    meaning:
      "An account's Rentvine API failed 3 times in a row and is not called until it answers; its copy stands still.",
    dashboard: 'rentvine',
    metrics,
    expression: `FILL(${sumOf(metrics)}, 0)`,
    comparison: '>=',
    threshold: 1,
    periodSeconds: 60,
    datapoints: { breaching: 1, of: 15 },
    missing: 'notBreaching',
  };
}

/** An alarm that rings already tells nobody of a second outage, which therefore has an alarm of its own. */
function anotherApiDown(): MetricAlarmDefinition {
  return {
    ...critical,
    ...oneOfOne,
    name: 'another-api-down',
    meaning: "While an account's Rentvine API is down, that of another has failed too; its copy stands still as well.",
    dashboard: 'rentvine',
    metrics: {
      open: ownMetric('watcher', 'BreakersOpen', 'Maximum'),
      begun: ownMetric('watcher', 'OutagesBegun', 'Maximum'),
    },
    expression: 'IF(open > begun, begun, 0)',
    comparison: '>=',
    threshold: 1,
    periodSeconds: 60,
    missing: 'notBreaching',
  };
}

/** Filled with zeros: for missing data CloudWatch would look further back than two periods, and ring later. */
function monitoringBlind(): MetricAlarmDefinition {
  return {
    ...critical,
    name: 'monitoring-blind',
    meaning: 'Nobody watches: the watcher has not completed a round for 10 minutes, and most other alarms cannot ring.',
    dashboard: 'overview',
    metrics: { rounds: ownMetric('watcher', 'WatcherRounds', 'Sum') },
    expression: 'FILL(rounds, 0)',
    comparison: '<',
    threshold: 1,
    periodSeconds: 300,
    datapoints: { breaching: 2, of: 2 },
    missing: 'breaching',
  };
}

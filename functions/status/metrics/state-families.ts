import type { AccountHealth, ResourceHealth } from '../../../shared/health/account-health.ts';
import { worst } from '../health/health-report.ts';
import { isGivenUpOn, type PlatformSnapshot } from '../health/run-checks.ts';
import type { Family, Sample } from './exposition.ts';

const statuses = ['healthy', 'degraded', 'unhealthy'] as const;

/** One sample a status, 1 for the one that it has: as Prometheus' state sets are written. */
const stateSet = (current: string, labels: Readonly<Record<string, string>> = {}): Sample[] =>
  statuses.map((status) => ({ labels: { ...labels, status }, value: status === current ? 1 : 0 }));

/** @param now epoch milliseconds */
export function stateFamilies(seen: PlatformSnapshot, now: number): Family[] {
  const { checks, accounts, queues, deadLetters = [] } = seen;
  return [
    {
      name: 'health',
      help: 'What GET /health answers: 1 for the status that it is.',
      samples: stateSet(worst(checks.map(({ status }) => status))),
    },
    {
      name: 'health_check',
      help: 'Each check of GET /health: 1 for the status that it is.',
      samples: checks.flatMap(({ name, status }) => stateSet(status, { check: name })),
    },
    {
      name: 'queue_messages',
      help: 'Messages in each queue, about.',
      samples: queues.flatMap(({ queue, visible, inFlight, delayed }) => [
        { labels: { queue, state: 'visible' }, value: visible },
        { labels: { queue, state: 'in_flight' }, value: inFlight },
        { labels: { queue, state: 'delayed' }, value: delayed },
      ]),
    },
    {
      name: 'dead_letters',
      help: 'Messages that failed for good and wait for an operator, by what they were for.',
      samples: deadLetters.map(({ source, count }) => ({ labels: { source }, value: count })),
    },
    {
      name: 'dead_letter_oldest_age_seconds',
      help: 'Since the oldest of them was kept.',
      samples: deadLetters.map(({ source, oldestKeptAt }) => ({
        labels: { source },
        value: Math.max(0, Math.round((now - Date.parse(oldestKeptAt)) / 1000)),
      })),
    },
    ...(accounts === undefined ? [] : [...accountFamilies(accounts), ...resourceFamilies(accounts)]),
  ];
}

const accountFamilies = (accounts: readonly AccountHealth[]): Family[] => [
  { name: 'accounts', help: 'Accounts that have a secret.', samples: [{ value: accounts.length }] },
  {
    name: 'rentvine_breaker_open',
    help: 'Whether an account’s API is given up on until it answers a probe.',
    samples: accounts.map((each) => ({ labels: { account: each.account }, value: isGivenUpOn(each) ? 1 : 0 })),
  },
  {
    name: 'rentvine_consecutive_failures',
    help: 'Calls in a row that an account’s API did not answer.',
    samples: accounts.map(({ account, consecutiveFailures }) => ({ labels: { account }, value: consecutiveFailures })),
  },
];

function resourceFamilies(accounts: readonly AccountHealth[]): Family[] {
  const each = (
    name: string,
    help: string,
    measure: (resource: ResourceHealth) => number | undefined,
    labelsOf: (resource: ResourceHealth) => Readonly<Record<string, string>> = () => ({}),
  ): Family => ({
    name,
    help,
    samples: accounts.flatMap(({ account, resources }) =>
      resources.flatMap((resource) => {
        const value = measure(resource);
        const labels = { account, resource: resource.resource, ...labelsOf(resource) };
        return value === undefined ? [] : [{ labels, value }];
      }),
    ),
  });
  return [
    each(
      'sync_freshness_seconds',
      'Since the start of the last run that ended well.',
      ({ freshnessSeconds }) => freshnessSeconds,
    ),
    each('sync_lag_intervals', 'The same in intervals of the schedule; 3 pages somebody.', ({ lag }) => lag),
    each('sync_interval_seconds', 'Between two incremental reads.', ({ intervalMinutes }) => intervalMinutes * 60),
    each(
      'sync_last_run',
      'The run that was scheduled last: 1, with its mode and status.',
      ({ lastRun }) => lastRun && 1,
      ({ lastRun }) => (lastRun ? { mode: lastRun.mode, status: lastRun.status } : {}),
    ),
    each('sync_last_run_duration_seconds', 'How long that run took, waits included, if it has ended.', ({ lastRun }) =>
      lastRun?.endedAt === undefined
        ? undefined
        : Math.max(0, Date.parse(lastRun.endedAt) - Date.parse(lastRun.startedAt)) / 1000,
    ),
    each('sync_last_run_rows', 'Rows that it read.', ({ lastRun }) => lastRun?.counts.fetched),
    each('sync_last_run_requests', 'Calls to Rentvine that it made.', ({ lastRun }) => lastRun?.counts.requests),
    each('deletions_held', 'Deletions that wait for an operator.', ({ heldDeletions }) => heldDeletions),
  ];
}

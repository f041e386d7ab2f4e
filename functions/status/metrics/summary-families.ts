import { isGivenUpOn } from '../../../shared/health/account-health.ts';
import type { AccountsSummary, HealthSummary, NamedAccount } from '../../../shared/health/health-summary.ts';
import { businessFamilies } from './business-families.ts';
import type { Family } from './exposition.ts';

type NamedResource = NamedAccount['resources'][number];

/**
 * What the watcher saw: counts of all accounts, and the details of those that it names.
 *
 * @param now epoch milliseconds
 */
export function summaryFamilies({ measuredAt, accounts, deadLetters = [] }: HealthSummary, now: number): Family[] {
  return [
    {
      name: 'watcher_age_seconds',
      help: 'Since accounts and dead letters were looked at, which is every minute.',
      samples: [{ value: secondsSince(measuredAt, now) }],
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
        value: secondsSince(oldestKeptAt, now),
      })),
    },
    ...(accounts === undefined
      ? []
      : [
          ...countFamilies(accounts),
          ...accountFamilies(accounts.named),
          ...resourceFamilies(accounts.named),
          ...businessFamilies(
            accounts.named.flatMap(({ account, figures }) => (figures === undefined ? [] : [{ account, figures }])),
            now,
          ),
        ]),
  ];
}

const secondsSince = (time: string, now: number): number => Math.max(0, Math.round((now - Date.parse(time)) / 1000));

function countFamilies({ total, unread, givenUpOn, stale, withHeldDeletions, resources }: AccountsSummary): Family[] {
  const count = (name: string, help: string, value: number): Family => ({ name, help, samples: [{ value }] });
  const ofEach = (
    name: string,
    help: string,
    measure: (resource: AccountsSummary['resources'][number]) => number | undefined,
  ): Family => ({
    name,
    help,
    samples: resources.flatMap((each) => {
      const value = measure(each);
      return value === undefined ? [] : [{ labels: { resource: each.resource }, value }];
    }),
  });
  return [
    count(
      'accounts',
      'Accounts that have a secret. Of more than 20, those that need somebody most are told one by one.',
      total,
    ),
    count('accounts_unread', 'Accounts whose state could not be read.', unread),
    count('accounts_given_up_on', 'Accounts whose API does not answer.', givenUpOn),
    count('accounts_stale', 'Accounts with a resource that is more than three of its intervals behind.', stale),
    count('accounts_with_held_deletions', 'Accounts with deletions that wait for an operator.', withHeldDeletions),
    ofEach(
      'sync_freshness_worst_seconds',
      'Of the account that is furthest behind, of all accounts.',
      ({ freshnessSeconds }) => freshnessSeconds,
    ),
    ofEach('sync_lag_worst_intervals', 'The same in intervals of the schedule.', ({ lag }) => lag),
    ofEach('sync_stale_accounts', 'Accounts in which it is too far behind.', ({ staleAccounts }) => staleAccounts),
    ofEach(
      'deletions_held_in_all',
      'Deletions that wait for an operator, of all accounts.',
      ({ heldDeletions }) => heldDeletions,
    ),
  ];
}

const accountFamilies = (accounts: readonly NamedAccount[]): Family[] => [
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

function resourceFamilies(accounts: readonly NamedAccount[]): Family[] {
  const each = (
    name: string,
    help: string,
    measure: (resource: NamedResource) => number | undefined,
    labelsOf: (resource: NamedResource) => Readonly<Record<string, string>> = () => ({}),
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
    each(
      'quarantined_rows',
      'Rows that did not fit their schema and have not been read without fault since.',
      (resource) => resource.quarantinedRows,
    ),
  ];
}

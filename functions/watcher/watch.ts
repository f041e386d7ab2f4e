import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import pMap from 'p-map';
import { type ListedAccount, listAccounts } from '../../shared/account/list-accounts.ts';
import { type AccountHealth, readAccountHealth } from '../../shared/health/account-health.ts';
import { readDeadLetterHealth } from '../../shared/health/dead-letter-health.ts';
import type { ResourceSchedule } from '../../shared/health/resource-schedules.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { refreshDirectory } from '../../shared/store/account-directory.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { accountGauges, deadLetterAge } from './gauges.ts';

export interface WatcherDependencies {
  readonly secrets: SecretsManagerClient;
  /** Accounts are the secrets below this prefix. */
  readonly secretPrefix: string;
  readonly state: Table;
  readonly schedules: readonly ResourceSchedule[];
  readonly secretChangedAt: (account: ListedAccount, now: Date) => Promise<Date | undefined>;
}

const accountsAtOnce = 5;

/**
 * One round: reads how every account and the dead letters stand, and records it; enters new accounts into the directory. It asks
 * no Rentvine. Where
 * something cannot be read, everything else is recorded all the same.
 *
 * @param now the time that the round is about: when its tick was due
 * @throws Error when something could not be read. Such a round is not counted in `WatcherRounds`: a missing round rings,
 * where half of one would look like a platform that is well.
 */
export async function watch(now: Date, dependencies: WatcherDependencies): Promise<void> {
  const results = await Promise.all([
    attempt('The accounts could not be read.', () => watchAccounts(now, dependencies)),
    attempt('The dead letters could not be read.', () => watchDeadLetters(now, dependencies)),
  ]);
  if (results.includes(false))
    throw new Error('The round is incomplete: something could not be read; its log says what.');
  metrics.record('WatcherRounds', 1, {});
}

/** Returns whether all accounts could be read. */
async function watchAccounts(now: Date, dependencies: WatcherDependencies): Promise<boolean> {
  const { secrets, secretPrefix } = dependencies;
  const accounts = await listAccounts(secrets, secretPrefix);
  const isDirectoryRight = await attempt('The directory of accounts could not be refreshed.', async () => {
    await refreshDirectory(
      dependencies.state,
      accounts.map(({ name }) => name),
      now,
    );
    return true;
  });
  const read: AccountHealth[] = [];
  const readOne = (account: ListedAccount) =>
    attempt(
      'The state of an account could not be read.',
      async () => {
        read.push(await healthOf(account, now, dependencies));
        return true;
      },
      { account: account.name },
    );
  const results = await pMap(accounts, readOne, { concurrency: accountsAtOnce });

  const { freshness, lag, breakersOpen, outagesBegun, deletionHolds, secretAge } = accountGauges(read, now);
  for (const [resource, seconds] of freshness) metrics.record('SyncFreshness', seconds, { resource });
  if (lag !== undefined) metrics.record('SyncLag', lag, {});
  metrics.record('BreakersOpen', breakersOpen, {});
  metrics.record('OutagesBegun', outagesBegun, {});
  metrics.record('DeletionHolds', deletionHolds, {});
  if (secretAge !== undefined) metrics.record('SecretAge', secretAge, {});
  return isDirectoryRight && !results.includes(false);
}

async function healthOf(
  account: ListedAccount,
  now: Date,
  { state, schedules, secretChangedAt }: WatcherDependencies,
): Promise<AccountHealth> {
  const identity = { ...account, secretChangedAt: await secretChangedAt(account, now) };
  return readAccountHealth(state, identity, { schedules, now });
}

async function watchDeadLetters(now: Date, { state }: WatcherDependencies): Promise<boolean> {
  const letters = await readDeadLetterHealth(state);
  for (const { source, count } of letters) metrics.record('DeadLetters', count, { source });
  const age = deadLetterAge(letters, now);
  if (age !== undefined) metrics.record('DeadLetterAge', age, {});
  return true;
}

/** Returns what `read` returns, and false when it fails. */
async function attempt(
  failure: string,
  read: () => Promise<boolean>,
  context: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  try {
    return await read();
  } catch (error) {
    logger.error(failure, { ...context, error });
    return false;
  }
}

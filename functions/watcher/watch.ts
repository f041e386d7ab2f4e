import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import pMap from 'p-map';
import { findAccounts, type ListedAccount, listAccounts } from '../../shared/account/list-accounts.ts';
import { type AccountHealth, readAccountHealth } from '../../shared/health/account-health.ts';
import { type DeadLetterHealth, readDeadLetterHealth } from '../../shared/health/dead-letter-health.ts';
import {
  type AccountsSummary,
  accountsToName,
  type HealthSummary,
  saveHealthSummary,
  summarizeAccounts,
} from '../../shared/health/health-summary.ts';
import type { ResourceSchedule } from '../../shared/health/resource-schedules.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { readDirectory, refreshDirectory } from '../../shared/store/account-directory.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { accountGauges, deadLetterAge } from './gauges.ts';
import { readDetails } from './read-details.ts';

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
 * One round: reads how every account and the dead letters stand, and records it, as metrics and as the summary that `/health` and
 * `/metrics` tell; enters new accounts into the directory. It asks no Rentvine. Where something cannot be read, everything else is
 * recorded all the same.
 *
 * @param now the time that the round is about: when its tick was due
 * @throws Error when something could not be read. Such a round is not counted in `WatcherRounds`: a missing round rings,
 * where half of one would look like a platform that is well.
 */
export async function watch(now: Date, dependencies: WatcherDependencies): Promise<void> {
  const [accounts, deadLetters] = await Promise.all([
    attempt('The accounts could not be read.', () => watchAccounts(now, dependencies)),
    attempt('The dead letters could not be read.', () => watchDeadLetters(now, dependencies)),
  ]);
  const isTold = await attempt('The summary could not be written.', async () => {
    const summary: HealthSummary = {
      measuredAt: now.toISOString(),
      ...(accounts !== undefined && { accounts: accounts.summary }),
      ...(deadLetters !== undefined && { deadLetters }),
    };
    await saveHealthSummary(dependencies.state, summary);
    return true;
  });
  if (!accounts?.isComplete || deadLetters === undefined || isTold === undefined)
    throw new Error('The round is incomplete: something could not be read or written; its log says what.');
  metrics.record('WatcherRounds', 1, {});
}

interface WatchedAccounts {
  readonly summary: AccountsSummary;
  /** Whether everything about all of them could be read. */
  readonly isComplete: boolean;
}

async function watchAccounts(now: Date, dependencies: WatcherDependencies): Promise<WatchedAccounts> {
  const { secrets, secretPrefix, state, schedules } = dependencies;
  const directory = await attempt('The directory of accounts could not be read.', () => readDirectory(state));
  const found =
    directory === undefined
      ? await listAccounts(secrets, secretPrefix)
      : await findAccounts(secrets, secretPrefix, namesOf(directory));
  const isDirectoryRight = await attempt('The directory of accounts could not be refreshed.', async () => {
    if (directory !== undefined) await refreshDirectory(state, directory, namesOf(found), now);
    return directory !== undefined;
  });
  // Nobody expects a paused account to be fresh.
  const paused = new Set(directory?.filter(({ state: standing }) => standing === 'paused').map(({ name }) => name));
  const accounts = found.filter(({ name }) => !paused.has(name));
  const read = await readEach(
    accounts,
    ({ name }) => name,
    (account) => healthOf(account, now, dependencies),
  );
  recordGauges(read, now);
  const toName = accountsToName(read);
  const named = await readEach(
    toName,
    ({ account }) => account,
    (health) => readDetails(state, health),
  );
  return {
    summary: { ...summarizeAccounts(read, accounts.length, schedules), named },
    isComplete: isDirectoryRight === true && read.length === accounts.length && named.length === toName.length,
  };
}

const namesOf = (accounts: readonly { readonly name: string }[]): string[] => accounts.map(({ name }) => name);

/** What can be read of each account, in the order in which it was read; what cannot is logged. */
async function readEach<Account, Value>(
  accounts: readonly Account[],
  nameOf: (account: Account) => string,
  read: (account: Account) => Promise<Value>,
): Promise<Value[]> {
  const values = await pMap(
    accounts,
    (account) =>
      attempt('The state of an account could not be read.', () => read(account), { account: nameOf(account) }),
    { concurrency: accountsAtOnce },
  );
  return values.filter((value) => value !== undefined);
}

function recordGauges(read: readonly AccountHealth[], now: Date): void {
  const { freshness, lag, breakersOpen, outagesBegun, deletionHolds, secretAge } = accountGauges(read, now);
  for (const [resource, seconds] of freshness) metrics.record('SyncFreshness', seconds, { resource });
  if (lag !== undefined) metrics.record('SyncLag', lag, {});
  metrics.record('BreakersOpen', breakersOpen, {});
  metrics.record('OutagesBegun', outagesBegun, {});
  metrics.record('DeletionHolds', deletionHolds, {});
  if (secretAge !== undefined) metrics.record('SecretAge', secretAge, {});
}

async function healthOf(
  account: ListedAccount,
  now: Date,
  { state, schedules, secretChangedAt }: WatcherDependencies,
): Promise<AccountHealth> {
  const identity = { ...account, secretChangedAt: await secretChangedAt(account, now) };
  return readAccountHealth(state, identity, { schedules, now });
}

async function watchDeadLetters(now: Date, { state }: WatcherDependencies): Promise<DeadLetterHealth[]> {
  const letters = await readDeadLetterHealth(state);
  for (const { source, count } of letters) metrics.record('DeadLetters', count, { source });
  const age = deadLetterAge(letters, now);
  if (age !== undefined) metrics.record('DeadLetterAge', age, {});
  return letters;
}

/** Returns what `step` returns, and undefined when it fails. */
async function attempt<Value>(
  failure: string,
  step: () => Promise<Value>,
  context: Readonly<Record<string, string>> = {},
): Promise<Value | undefined> {
  try {
    return await step();
  } catch (error) {
    logger.error(failure, { ...context, error });
    return undefined;
  }
}

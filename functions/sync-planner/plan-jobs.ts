import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { annotateTrace } from '#tracing';
import { describeAccount, findAccounts } from '../../shared/account/list-accounts.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { type DirectoryEntry, readDirectory } from '../../shared/store/account-directory.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { runIdOf, type SyncJob, type SyncRequest } from '../../shared/sync/job.ts';
import { sendJob } from '../../shared/sync/job-queue.ts';

export interface PlannerDependencies {
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
  /** Has the directory of accounts. */
  readonly state: Table;
  readonly queueUrl: string;
  /** Accounts are the secrets below this prefix. */
  readonly secretPrefix: string;
}

/** One job that was queued, for whoever asked to follow it. */
export interface PlannedJob {
  readonly account: string;
  readonly resource: string;
  readonly runId: string;
}

/**
 * Turns one request, such as a schedule's tick, into one job for each configured account that is not paused. The same request always
 * gives the same runs, so it may come twice.
 *
 * @throws ConfigurationError when the request names an account that has no secret, or is paused
 */
export async function planJobs(request: SyncRequest, dependencies: PlannerDependencies): Promise<PlannedJob[]> {
  annotateTrace({ resource: request.resource });
  const { accounts: wanted, ...rest } = request;
  const directory = await readDirectory(dependencies.state);
  const accounts =
    wanted === undefined
      ? await accountsToSync(directory, dependencies)
      : await Promise.all(wanted.map((name) => namedAccount(name, directory, dependencies)));
  const runId = runIdOf(request);
  const planned: PlannedJob[] = [];
  for (const account of accounts) {
    const job: SyncJob = { ...rest, account, runId };
    await sendJob(dependencies.sqs, dependencies.queueUrl, job, 'start');
    metrics.record('JobsPlanned', 1, { account, mode: job.mode });
    planned.push({ account, resource: job.resource, runId });
  }
  logger.info('Planned the sync jobs of a tick.', {
    resource: request.resource,
    mode: request.mode,
    jobs: planned.length,
    correlationId: request.correlationId,
  });
  return planned;
}

async function accountsToSync(
  directory: readonly DirectoryEntry[],
  { secrets, secretPrefix }: PlannerDependencies,
): Promise<string[]> {
  const found = await findAccounts(
    secrets,
    secretPrefix,
    directory.map(({ name }) => name),
  );
  return found.map(({ name }) => name).filter((account) => !isPaused(account, directory));
}

/** @returns its name */
async function namedAccount(
  account: string,
  directory: readonly DirectoryEntry[],
  { secrets, secretPrefix }: PlannerDependencies,
): Promise<string> {
  if (isPaused(account, directory)) {
    throw new ConfigurationError(
      `Account ${account} is paused; resume it with npm run ops -- account resume ${account}.`,
    );
  }
  if ((await describeAccount(secrets, secretPrefix, account)) === undefined) {
    throw new ConfigurationError(`Account ${account} has no secret; create ${secretPrefix}${account}.`);
  }
  return account;
}

const isPaused = (account: string, directory: readonly DirectoryEntry[]): boolean =>
  directory.some(({ name, state }) => name === account && state === 'paused');

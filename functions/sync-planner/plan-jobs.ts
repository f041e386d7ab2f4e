import { paginateListSecrets, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { accountPattern } from '../../shared/config.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { runIdOf, type SyncJob, type SyncRequest } from '../../shared/sync/job.ts';
import { sendJob } from '../../shared/sync/job-queue.ts';

export interface PlannerDependencies {
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
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
 * Turns one request, such as a schedule's tick, into one job for each configured account. The same request always gives
 * the same runs, so it may come twice.
 *
 * @throws ConfigurationError when the request names an account that has no secret
 */
export async function planJobs(request: SyncRequest, dependencies: PlannerDependencies): Promise<PlannedJob[]> {
  const configured = await configuredAccounts(dependencies);
  const unknown = request.accounts?.find((account) => !configured.includes(account));
  if (unknown !== undefined) {
    throw new ConfigurationError(`Account ${unknown} has no secret; create ${dependencies.secretPrefix}${unknown}.`);
  }
  const { accounts = configured, ...rest } = request;
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

async function configuredAccounts({ secrets, secretPrefix }: PlannerDependencies): Promise<string[]> {
  const accounts: string[] = [];
  const filters = [{ Key: 'name' as const, Values: [secretPrefix] }];
  for await (const page of paginateListSecrets({ client: secrets }, { Filters: filters })) {
    for (const { Name: name = '' } of page.SecretList ?? []) {
      const account = name.slice(secretPrefix.length);
      if (!name.startsWith(secretPrefix)) continue;
      if (accountPattern.test(account)) accounts.push(account);
      else logger.warn('A secret below the account prefix does not name an account; rename it.', { secret: name });
    }
  }
  return accounts.sort();
}

import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { listAccounts } from '../../shared/account/list-accounts.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { annotateTrace } from '../../shared/observability/tracer.ts';
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
  annotateTrace({ resource: request.resource });
  const listed = await listAccounts(dependencies.secrets, dependencies.secretPrefix);
  const configured = listed.map(({ name }) => name);
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

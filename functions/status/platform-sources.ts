import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { listAccounts } from '../../shared/account/list-accounts.ts';
import { readAccountHealth } from '../../shared/health/account-health.ts';
import { readDeadLetterHealth } from '../../shared/health/dead-letter-health.ts';
import type { QueueList } from '../../shared/health/queue-list.ts';
import type { ResourceSchedule } from '../../shared/health/resource-schedules.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import type { PlatformSources, QueueDepth } from './health/run-checks.ts';

export interface Platform {
  readonly records: Table;
  readonly state: Table;
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
  /** Accounts are the secrets below this prefix. */
  readonly secretPrefix: string;
  readonly queues: QueueList;
  readonly schedules: readonly ResourceSchedule[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** @param withLastRuns whether somebody may see them; they cost a query for each resource of each account */
export function platformSources(platform: Platform, withLastRuns: boolean): PlatformSources {
  const { records, state, sqs, secrets, secretPrefix, queues, schedules, now } = platform;
  return {
    tables: { records: () => readNothing(records), state: () => readNothing(state) },
    queues: queues.map(({ name, url, deadLettersOf }) => ({
      name,
      isForDeadLetters: deadLettersOf !== undefined,
      depth: () => readDepth(sqs, url),
    })),
    listAccounts: () => listAccounts(secrets, secretPrefix),
    accountHealth: (account) => readAccountHealth(state, account, { schedules, now: new Date(now()), withLastRuns }),
    deadLetters: () => readDeadLetterHealth(state),
  };
}

/** There is no such item; that the table says so is what is asked for. */
const readNothing = (table: Table): Promise<unknown> =>
  table.client.send(new GetCommand({ TableName: table.name, Key: { pk: 'health', sk: 'health' } }));

async function readDepth(sqs: SQSClient, url: string): Promise<QueueDepth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

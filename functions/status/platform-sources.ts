import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { readHealthSummary } from '../../shared/health/health-summary.ts';
import type { QueueList } from '../../shared/health/queue-list.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import type { PlatformSources, QueueDepth } from './health/run-checks.ts';

export interface Platform {
  readonly records: Table;
  readonly state: Table;
  readonly sqs: SQSClient;
  readonly queues: QueueList;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export function platformSources({ records, state, sqs, queues }: Platform): PlatformSources {
  return {
    tables: { records: () => readNothing(records), state: () => readNothing(state) },
    queues: queues.map(({ name, url, deadLettersOf }) => ({
      name,
      isForDeadLetters: deadLettersOf !== undefined,
      depth: () => readDepth(sqs, url),
    })),
    summary: () => readHealthSummary(state),
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

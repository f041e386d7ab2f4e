import type { SQSRecord } from 'aws-lambda';
import { ConfigurationError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { keepDeadLetter } from '../../shared/store/dead-letters.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { readFailure } from '../../shared/store/message-failures.ts';
import { type DeadLetterSource, describeLetter, failedId, queueName } from './describe-letter.ts';

export interface KeeperDependencies {
  readonly state: Table;
  /** By the dead-letter queue's name. */
  readonly sources: Readonly<Record<string, DeadLetterSource>>;
  readonly now: () => Date;
}

/**
 * Keeps a dead message with the reason for its failure. One that cannot be kept stays in its dead-letter queue, for 14 days,
 * and is tried again.
 *
 * @returns whether it is kept
 */
export async function keepLetter(record: SQSRecord, dependencies: KeeperDependencies): Promise<boolean> {
  try {
    await keep(record, dependencies);
    return true;
  } catch (error) {
    logger.error('A dead letter could not be kept; it stays in its queue.', { queue: queueName(record), error });
    metrics.record('DeadLettersNotKept', 1, {});
    return false;
  }
}

async function keep(record: SQSRecord, { state, sources, now }: KeeperDependencies): Promise<void> {
  const source = sources[queueName(record)];
  if (source === undefined) throw new ConfigurationError(`Queue ${queueName(record)} is no known dead-letter queue.`);
  const letter = describeLetter(record, source, await readFailure(state, failedId(record)));
  const isNew = await keepDeadLetter(state, letter, now());
  if (!isNew) return;
  const { id, account, resource, code, message, correlationId } = letter;
  metrics.record('DeadLettersKept', 1, { source: letter.source, ...(account !== undefined && { account }) });
  logger.error('A message failed for good and is kept for an operator.', {
    deadLetter: id,
    source: letter.source,
    account,
    resource,
    code,
    reason: message,
    correlationId,
  });
}

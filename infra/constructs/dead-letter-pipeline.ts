import { Duration, Stack } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { RedriveTarget } from '../../shared/dead-letters/redrive-target.ts';
import type { DeadLetterSourceName } from '../alarms/platform-names.ts';
import type { Settings } from '../settings.ts';
import { PlatformFunction } from './platform-function.ts';
import type { NamedQueue } from './queues.ts';
import type { Tables } from './tables.ts';

/** Shorter than the visibility time-out of a dead-letter queue, 30 s. */
const keeperTimeout = Duration.seconds(25);

/** A dead-letter queue. */
export interface KeptDeadLetters extends NamedQueue {
  /** What its messages were for, as operators call it. */
  readonly source: DeadLetterSourceName;
  /** Where a redrive puts a message. */
  readonly target: RedriveTarget;
}

export interface DeadLetterPipelineProps {
  readonly settings: Settings;
  readonly tables: Tables;
  /** Every dead-letter queue of the stack. */
  readonly sources: readonly KeptDeadLetters[];
}

/** Moves every message that failed for good into the state table, where it waits for an operator and never expires. */
export class DeadLetterPipeline extends Construct {
  constructor(scope: Construct, id: string, { settings, tables, sources }: DeadLetterPipelineProps) {
    super(scope, id);
    const byQueueName = sources.map(({ name, source, target }) => [`${settings.prefix}-${name}`, { source, target }]);
    const keeper = new PlatformFunction(this, 'Keeper', {
      name: 'dead-letter-keeper',
      description: 'Keeps messages that failed for good, with the reason, for operators',
      settings,
      timeout: keeperTimeout,
      memorySize: 256,
      environment: { DEAD_LETTER_SOURCES: Stack.of(this).toJsonString(Object.fromEntries(byQueueName)) },
    });
    keeper.bindTable('STATE_TABLE', tables.state, ['GetItem', 'PutItem']);
    // No maximum concurrency: in queues that are nearly always empty there is nothing to hold back.
    for (const { queue } of sources) {
      keeper.function.addEventSource(new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }));
    }
  }
}

import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { RedriveTarget } from '../../shared/config.ts';
import type { Settings } from '../settings.ts';
import { PlatformFunction } from './platform-function.ts';

/** Shorter than the visibility time-out of a dead-letter queue, 30 s. */
const keeperTimeout = Duration.seconds(25);

export interface DeadLetterPipelineProps {
  readonly settings: Settings;
  readonly state: Table;
}

export interface DeadLetterSourceOptions {
  readonly queue: Queue;
  /** Its physical name, by which the keeper knows its messages. */
  readonly queueName: string;
  /** What its messages were for, as operators call it: `webhook-events`. */
  readonly source: string;
  /** Where a redrive puts a message. */
  readonly target: RedriveTarget;
}

/** Moves every message that failed for good into the state table, where it waits for an operator and never expires. */
export class DeadLetterPipeline extends Construct {
  readonly keeper: PlatformFunction;
  readonly #sources: Record<string, { source: string; target: RedriveTarget }> = {};

  constructor(scope: Construct, id: string, { settings, state }: DeadLetterPipelineProps) {
    super(scope, id);
    this.keeper = new PlatformFunction(this, 'Keeper', {
      name: 'dead-letter-keeper',
      description: 'Keeps messages that failed for good, with the reason, for operators',
      settings,
      timeout: keeperTimeout,
      memorySize: 256,
      environment: {
        STAGE: settings.stage,
        STATE_TABLE: state.tableName,
        DEAD_LETTER_SOURCES: Lazy.string({ produce: () => Stack.of(this).toJsonString(this.#sources) }),
      },
    });
    this.keeper.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [state.tableArn]);
  }

  /** Feeds the keeper from a dead-letter queue. Every one of the stack must have this. */
  addDeadLetterSource({ queue, queueName, source, target }: DeadLetterSourceOptions): void {
    this.#sources[queueName] = { source, target };
    this.keeper.function.addEventSource(
      new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency: 2 }),
    );
  }
}

import { Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { maxReceiveCount } from '../../shared/dead-letters/receive-counts.ts';
import { directoryPartition } from '../../shared/store/directory-partition.ts';
import { queueNames } from '../alarms/platform-names.ts';
import type { Settings } from '../settings.ts';
import { PlatformFunction } from './platform-function.ts';
import type { PublicApi } from './public-api.ts';
import { deadLetterQueue, type NamedQueue, workQueue } from './queues.ts';
import type { Tables } from './tables.ts';

/** Senders do not wait for longer, and a claim of a token counts as dead a second later. */
const receiverTimeout = Duration.seconds(6);
const processorTimeout = Duration.seconds(60);
/**
 * All that a function which anybody can reach may get at, beside reading which accounts there are: the rate limits of webhooks, and
 * the tokens that were seen.
 */
const receiverPartitions = ['webhook-rate#*', 'webhook-token#*'];

export interface WebhookIngestionProps {
  readonly settings: Settings;
  readonly tables: Tables;
  readonly api: PublicApi;
}

/** From Rentvine's POST to a stored record: the route, its function, the queue behind it and the function that works it off. */
export class WebhookIngestion extends Construct {
  readonly events: NamedQueue;
  readonly deadLetters: NamedQueue;

  constructor(scope: Construct, id: string, { settings, tables, api }: WebhookIngestionProps) {
    super(scope, id);
    this.deadLetters = deadLetterQueue(this, 'DeadLetters', { settings, name: queueNames.webhookEventsDeadLetters });
    this.events = workQueue(this, 'Events', {
      settings,
      name: queueNames.webhookEvents,
      consumerTimeout: processorTimeout,
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount },
    });
    const receiver = this.createReceiver(settings, tables);
    this.createProcessor(settings, tables);
    api.addRoute(
      HttpMethod.POST,
      '/webhooks/rentvine/{account}',
      receiver.function,
      'Rentvine signs what it sends, and the function verifies that; it cannot do more.',
    );
  }

  private createReceiver(settings: Settings, tables: Tables): PlatformFunction {
    const receiver = new PlatformFunction(this, 'Receiver', {
      name: 'webhook-receiver',
      description: 'Verifies webhooks and queues the hints in them',
      settings,
      timeout: receiverTimeout,
      memorySize: 512,
      environment: { WEBHOOK_SETTINGS: JSON.stringify(settings.webhooks) },
    });
    receiver.bindQueue('WEBHOOK_EVENTS_QUEUE_URL', this.events.queue);
    receiver.bindTable('STATE_TABLE', tables.state, ['PutItem', 'UpdateItem', 'DeleteItem'], receiverPartitions);
    receiver.bindTable('STATE_TABLE', tables.state, ['Query'], [directoryPartition]);
    receiver.bindWebhookSecrets();
    return receiver;
  }

  private createProcessor(settings: Settings, tables: Tables): void {
    const processor = new PlatformFunction(this, 'Processor', {
      name: 'webhook-processor',
      description: 'Reads the objects that webhooks hint at, and stores them',
      settings,
      queuesForItself: true,
      timeout: processorTimeout,
      memorySize: 512,
      environment: { SYNC_SETTINGS: JSON.stringify(settings.sync) },
    });
    processor.function.addEventSource(
      new SqsEventSource(this.events.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        maxConcurrency: settings.processorMaximumConcurrency,
      }),
    );
    processor.bindQueue('WEBHOOK_EVENTS_QUEUE_URL', this.events.queue);
    processor.bindQueue('WEBHOOK_EVENTS_DEAD_LETTERS_URL', this.deadLetters.queue);
    tables.bindForSync(processor);
    processor.bindAccountSecrets();
    processor.bindAccountSecrets('DescribeSecret');
  }
}

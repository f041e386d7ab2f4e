import { Duration, Validations } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { maxReceiveCounts } from '../../shared/receive-counts.ts';
import type { Settings } from '../settings.ts';
import { deadLetterQueue } from './dead-letter-queue.ts';
import { PlatformFunction } from './platform-function.ts';
import type { PublicApi } from './public-api.ts';

/** Senders do not wait for longer, and a claim of a token counts as dead a second later. */
const receiverTimeout = Duration.seconds(6);
const processorTimeout = Duration.seconds(60);

export interface WebhookIngestionProps {
  readonly settings: Settings;
  readonly api: PublicApi;
  readonly state: Table;
  readonly records: Table;
  /** What a function may do with the tables. */
  readonly actions: { readonly state: readonly string[]; readonly records: readonly string[] };
  /** Accounts are the secrets below this prefix. */
  readonly secretPrefix: string;
  readonly secretArns: string;
}

/** From Rentvine's POST to a stored record: the route, its function, the queue behind it and the function that works it off. */
export class WebhookIngestion extends Construct {
  readonly events: Queue;
  readonly deadLetters: Queue;
  readonly deadLettersName: string;
  readonly receiver: PlatformFunction;
  readonly processor: PlatformFunction;

  constructor(scope: Construct, id: string, props: WebhookIngestionProps) {
    super(scope, id);
    const { settings } = props;
    const prefix = `aictive-${settings.stage}`;
    this.deadLettersName = `${prefix}-webhook-events-dlq`;
    this.deadLetters = deadLetterQueue(this, 'DeadLetters', this.deadLettersName);
    this.events = new Queue(this, 'Events', {
      queueName: `${prefix}-webhook-events`,
      // Twice what the function may take. Lambda's six times are for pollers that are ahead of the function, which
      // maximum concurrency rules out; and after a crash a hint comes back the sooner.
      visibilityTimeout: Duration.seconds(2 * processorTimeout.toSeconds()),
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: maxReceiveCounts.webhookEvents },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    this.receiver = this.createReceiver(props);
    this.processor = this.createProcessor(props);
    props.api.addRoute(
      HttpMethod.POST,
      '/webhooks/rentvine/{account}',
      this.receiver.function,
      'Rentvine signs what it sends, and the function verifies that; it cannot do more.',
    );
  }

  private createReceiver({ settings, state, secretPrefix, secretArns }: WebhookIngestionProps): PlatformFunction {
    const receiver = new PlatformFunction(this, 'Receiver', {
      name: 'webhook-receiver',
      description: 'Verifies webhooks and queues the hints in them',
      settings,
      timeout: receiverTimeout,
      memorySize: 512,
      environment: {
        STAGE: settings.stage,
        SECRET_PREFIX: secretPrefix,
        STATE_TABLE: state.tableName,
        WEBHOOK_EVENTS_QUEUE_URL: this.events.queueUrl,
        WEBHOOK_SETTINGS: JSON.stringify(settings.webhooks),
      },
    });
    this.events.grantSendMessages(receiver.role);
    receiver.allow(['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], [state.tableArn]);
    allowSecrets(receiver, secretPrefix, secretArns);
    return receiver;
  }

  private createProcessor(props: WebhookIngestionProps): PlatformFunction {
    const { settings, state, records, actions, secretPrefix, secretArns } = props;
    const processor = new PlatformFunction(this, 'Processor', {
      name: 'webhook-processor',
      description: 'Reads the objects that webhooks hint at, and stores them',
      settings,
      queuesForItself: true,
      timeout: processorTimeout,
      memorySize: 512,
      environment: {
        STAGE: settings.stage,
        SECRET_PREFIX: secretPrefix,
        STATE_TABLE: state.tableName,
        RECORDS_TABLE: records.tableName,
        WEBHOOK_EVENTS_QUEUE_URL: this.events.queueUrl,
        SYNC_SETTINGS: JSON.stringify(settings.sync),
      },
    });
    processor.function.addEventSource(
      new SqsEventSource(this.events, {
        batchSize: 10,
        reportBatchItemFailures: true,
        maxConcurrency: settings.processorMaximumConcurrency,
      }),
    );
    this.events.grantSendMessages(processor.role);
    processor.allow(actions.state, [state.tableArn]);
    processor.allow(actions.records, [records.tableArn]);
    allowSecrets(processor, secretPrefix, secretArns);
    return processor;
  }
}

function allowSecrets(reader: PlatformFunction, secretPrefix: string, secretArns: string): void {
  reader.allow(['secretsmanager:GetSecretValue'], [secretArns]);
  Validations.of(reader.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${secretPrefix}*]`,
    reason: 'Accounts are found by this prefix, so that adding a customer takes no deployment.',
  });
}

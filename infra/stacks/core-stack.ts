import { ArnFormat, CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { maxReceiveCounts } from '../../shared/receive-counts.ts';
import { apiIdExport } from '../alarms/platform-names.ts';
import { BusinessReporter } from '../constructs/business-reporter.ts';
import { DeadLetterPipeline } from '../constructs/dead-letter-pipeline.ts';
import { deadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { PlatformFunction } from '../constructs/platform-function.ts';
import { PublicApi } from '../constructs/public-api.ts';
import { StatusEndpoint } from '../constructs/status-endpoint.ts';
import { SyncSchedules } from '../constructs/sync-schedules.ts';
import { Tables } from '../constructs/tables.ts';
import { Watcher } from '../constructs/watcher.ts';
import { WebhookIngestion } from '../constructs/webhook-ingestion.ts';
import type { Settings } from '../settings.ts';

/** A slice of work ends after four minutes; this is what saving it and queueing the rest may take on top. */
const workerTimeout = Duration.seconds(290);

const recordActions = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'];
const stateActions = [
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
];

export interface CoreStackProps extends StackProps {
  readonly settings: Settings;
}

/** Everything that keeps the copy: tables, queues, event bus, the functions and their schedules. */
export class CoreStack extends Stack {
  readonly tables: Tables;
  readonly bus: EventBus;
  readonly syncJobs: Queue;
  readonly syncJobsDeadLetters: Queue;
  readonly changeEventsDeadLetters: Queue;
  readonly scheduleDeadLetters: Queue;
  readonly planner: PlatformFunction;
  readonly worker: PlatformFunction;
  readonly publisher: PlatformFunction;
  readonly watcher: PlatformFunction;
  readonly reporter: PlatformFunction;
  readonly publicApi: PublicApi;
  readonly webhooks: WebhookIngestion;
  readonly deadLetters: DeadLetterPipeline;
  readonly status: StatusEndpoint;

  constructor(scope: Construct, id: string, { settings, ...props }: CoreStackProps) {
    super(scope, id, {
      description: 'A current copy of Rentvine data: tables, queues, functions, schedules',
      ...props,
    });
    const { stage } = settings;
    const prefix = `aictive-${stage}`;
    const secretPrefix = `aictive/${stage}/rentvine/`;
    const secretArns = this.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${secretPrefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });

    this.tables = new Tables(this, 'Tables', { stage });
    this.bus = new EventBus(this, 'Bus', { eventBusName: `${prefix}-rentvine` });

    this.syncJobsDeadLetters = deadLetterQueue(this, 'SyncJobsDeadLetters', `${prefix}-sync-jobs-dlq.fifo`);
    this.changeEventsDeadLetters = deadLetterQueue(this, 'ChangeEventsDeadLetters', `${prefix}-change-events-dlq`);
    this.scheduleDeadLetters = deadLetterQueue(this, 'ScheduleDeadLetters', `${prefix}-schedule-dlq`);
    this.syncJobs = new Queue(this, 'SyncJobs', {
      queueName: `${prefix}-sync-jobs.fifo`,
      fifo: true,
      contentBasedDeduplication: false,
      // Six times the function's time-out, as Lambda asks of a queue that it polls.
      visibilityTimeout: Duration.seconds(6 * workerTimeout.toSeconds()),
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: this.syncJobsDeadLetters, maxReceiveCount: maxReceiveCounts.syncJobs },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });

    this.planner = this.createPlanner(settings, secretPrefix);
    this.worker = this.createWorker(settings, secretPrefix, secretArns);
    this.publisher = this.createPublisher(settings);

    const { group } = new SyncSchedules(this, 'Schedules', {
      settings,
      planner: this.planner.function,
      deadLetterQueue: this.scheduleDeadLetters,
    });
    const { state, records } = this.tables;
    this.watcher = new Watcher(this, 'Watcher', { settings, state, group, secretPrefix, secretArns }).watcher;
    this.reporter = new BusinessReporter(this, 'Business', { settings, state, records, group, secretPrefix }).reporter;

    this.publicApi = new PublicApi(this, 'PublicApi', { settings });
    this.webhooks = new WebhookIngestion(this, 'Webhooks', {
      settings,
      api: this.publicApi,
      state: this.tables.state,
      records: this.tables.records,
      actions: { state: stateActions, records: recordActions },
      secretPrefix,
      secretArns,
    });
    this.deadLetters = this.createDeadLetterPipeline(settings, prefix);
    this.status = this.createStatus(settings, secretPrefix);

    this.addOutputs({
      RecordsTableName: this.tables.records.tableName,
      StateTableName: this.tables.state.tableName,
      SyncJobsQueueUrl: this.syncJobs.queueUrl,
      SyncJobsDeadLetterQueueUrl: this.syncJobsDeadLetters.queueUrl,
      ChangeEventsDeadLetterQueueUrl: this.changeEventsDeadLetters.queueUrl,
      ScheduleDeadLetterQueueUrl: this.scheduleDeadLetters.queueUrl,
      EventBusName: this.bus.eventBusName,
      PlannerFunctionName: this.planner.function.functionName,
      SecretPrefix: secretPrefix,
      ApiUrl: this.publicApi.api.apiEndpoint,
      StatusTokenSecretName: this.status.tokenSecretName,
      WebhookUrl: `${this.publicApi.api.apiEndpoint}/webhooks/rentvine/{account}`,
      WebhookEventsQueueUrl: this.webhooks.events.queueUrl,
      WebhookEventsDeadLetterQueueUrl: this.webhooks.deadLetters.queueUrl,
    });
    // For the monitoring stack: the one name that is not ours to choose.
    new CfnOutput(this, 'ApiId', { value: this.publicApi.api.apiId, exportName: apiIdExport(prefix) });
  }

  private createPlanner(settings: Settings, secretPrefix: string): PlatformFunction {
    const planner = new PlatformFunction(this, 'SyncPlanner', {
      name: 'sync-planner',
      description: 'Turns one schedule tick into one sync job per account',
      settings,
      timeout: Duration.seconds(60),
      memorySize: 256,
      deadLetterQueue: this.scheduleDeadLetters,
      environment: {
        STAGE: settings.stage,
        SECRET_PREFIX: secretPrefix,
        SYNC_JOBS_QUEUE_URL: this.syncJobs.queueUrl,
      },
    });
    this.syncJobs.grantSendMessages(planner.role);
    // Secrets Manager cannot restrict a listing to a prefix. It shows names and no values.
    planner.allow(['secretsmanager:ListSecrets'], ['*']);
    return planner;
  }

  private createWorker(settings: Settings, secretPrefix: string, secretArns: string): PlatformFunction {
    const worker = new PlatformFunction(this, 'SyncWorker', {
      name: 'sync-worker',
      description: 'Reads pages of one resource of one account and stores what changed',
      settings,
      timeout: workerTimeout,
      memorySize: 512,
      queuesForItself: true,
      environment: {
        STAGE: settings.stage,
        SECRET_PREFIX: secretPrefix,
        STATE_TABLE: this.tables.state.tableName,
        RECORDS_TABLE: this.tables.records.tableName,
        SYNC_JOBS_QUEUE_URL: this.syncJobs.queueUrl,
        SYNC_SETTINGS: JSON.stringify(settings.sync),
      },
    });
    worker.function.addEventSource(
      new SqsEventSource(this.syncJobs, {
        batchSize: 1,
        reportBatchItemFailures: true,
        maxConcurrency: settings.workerMaximumConcurrency,
      }),
    );
    this.syncJobs.grantSendMessages(worker.role);
    worker.allow(stateActions, [this.tables.state.tableArn]);
    worker.allow(recordActions, [this.tables.records.tableArn]);
    worker.allow(['secretsmanager:GetSecretValue'], [secretArns]);
    Validations.of(worker.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${secretPrefix}*]`,
      reason: 'Accounts are found by this prefix, so that adding a customer takes no deployment.',
    });
    return worker;
  }

  private createPublisher(settings: Settings): PlatformFunction {
    const publisher = new PlatformFunction(this, 'ChangePublisher', {
      name: 'change-publisher',
      description: 'Turns committed changes of records into events on the bus',
      settings,
      timeout: Duration.seconds(60),
      memorySize: 256,
      environment: {
        STAGE: settings.stage,
        EVENT_BUS_NAME: this.bus.eventBusName,
        CHANGE_EVENTS_DLQ_URL: this.changeEventsDeadLetters.queueUrl,
      },
    });
    publisher.function.addEventSourceMapping('Records', {
      eventSourceArn: this.tables.recordsStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      reportBatchItemFailures: true,
      // For as long as it takes. The function itself dead-letters what can never be published: a failure destination
      // would get only a pointer into the stream, which ends after a day.
      retryAttempts: -1,
      bisectBatchOnError: false,
    });
    this.tables.records.grantStreamRead(publisher.role);
    publisher.allow(['events:PutEvents'], [this.bus.eventBusArn]);
    this.changeEventsDeadLetters.grantSendMessages(publisher.role);
    return publisher;
  }

  private createDeadLetterPipeline(settings: Settings, prefix: string): DeadLetterPipeline {
    const pipeline = new DeadLetterPipeline(this, 'DeadLetters', { settings, state: this.tables.state });
    pipeline.addDeadLetterSource({
      queue: this.syncJobsDeadLetters,
      queueName: `${prefix}-sync-jobs-dlq.fifo`,
      source: 'sync-jobs',
      target: { kind: 'queue', queueUrl: this.syncJobs.queueUrl },
    });
    pipeline.addDeadLetterSource({
      queue: this.webhooks.deadLetters,
      queueName: this.webhooks.deadLettersName,
      source: 'webhook-events',
      target: { kind: 'queue', queueUrl: this.webhooks.events.queueUrl },
    });
    pipeline.addDeadLetterSource({
      queue: this.changeEventsDeadLetters,
      queueName: `${prefix}-change-events-dlq`,
      source: 'change-events',
      target: { kind: 'eventBus', busName: this.bus.eventBusName },
    });
    pipeline.addDeadLetterSource({
      queue: this.scheduleDeadLetters,
      queueName: `${prefix}-schedule-dlq`,
      source: 'sync-planner',
      target: { kind: 'function', functionName: this.planner.function.functionName },
    });
    return pipeline;
  }

  private createStatus(settings: Settings, secretPrefix: string): StatusEndpoint {
    return new StatusEndpoint(this, 'StatusEndpoint', {
      settings,
      api: this.publicApi,
      state: this.tables.state,
      records: this.tables.records,
      secretPrefix,
      queues: [
        { name: 'sync-jobs', queue: this.syncJobs },
        { name: 'webhook-events', queue: this.webhooks.events },
        { name: 'sync-jobs-dlq', queue: this.syncJobsDeadLetters, deadLettersOf: 'sync-jobs' },
        { name: 'webhook-events-dlq', queue: this.webhooks.deadLetters, deadLettersOf: 'webhook-events' },
        { name: 'change-events-dlq', queue: this.changeEventsDeadLetters, deadLettersOf: 'change-events' },
        { name: 'schedule-dlq', queue: this.scheduleDeadLetters, deadLettersOf: 'sync-planner' },
      ],
    });
  }

  private addOutputs(outputs: Readonly<Record<string, string>>): void {
    for (const [id, value] of Object.entries(outputs)) new CfnOutput(this, id, { value });
  }
}

import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { apiIdExport } from '../alarms/platform-names.ts';
import { BusinessReporter } from '../constructs/business-reporter.ts';
import { addChangePublisher, publisherId } from '../constructs/change-publisher.ts';
import { DeadLetterPipeline, type KeptDeadLetters } from '../constructs/dead-letter-pipeline.ts';
import { PublicApi } from '../constructs/public-api.ts';
import { StatusEndpoint } from '../constructs/status-endpoint.ts';
import { addSyncPipeline } from '../constructs/sync-pipeline.ts';
import { Tables } from '../constructs/tables.ts';
import { Watcher } from '../constructs/watcher.ts';
import { WebhookIngestion } from '../constructs/webhook-ingestion.ts';
import type { Settings } from '../settings.ts';

export interface CoreStackProps extends StackProps {
  readonly settings: Settings;
}

/** Everything that keeps the copy: tables, queues, event bus, the functions and their schedules. */
export class CoreStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: CoreStackProps) {
    super(scope, id, {
      description: 'A current copy of Rentvine data: tables, queues, functions, schedules',
      terminationProtection: !settings.ephemeral,
      ...props,
    });
    const tables = new Tables(this, 'Tables', settings);
    const bus = new EventBus(this, 'Bus', { eventBusName: `${settings.prefix}-rentvine` });
    const sync = addSyncPipeline(this, settings, tables);
    const changeEventDeadLetters = addChangePublisher(this, settings, tables, bus);
    new Watcher(this, 'Watcher', { settings, tables, group: sync.scheduleGroup });
    new BusinessReporter(this, 'Business', { settings, tables, group: sync.scheduleGroup });

    const api = new PublicApi(this, 'PublicApi', { settings });
    const webhooks = new WebhookIngestion(this, 'Webhooks', { settings, tables, api });
    const sources: readonly KeptDeadLetters[] = [
      {
        ...sync.jobDeadLetters,
        source: 'sync-jobs',
        target: { kind: 'queue', queueUrl: sync.jobs.queue.queueUrl },
      },
      {
        ...webhooks.deadLetters,
        source: 'webhook-events',
        target: { kind: 'queue', queueUrl: webhooks.events.queue.queueUrl },
      },
      {
        ...changeEventDeadLetters,
        source: 'change-events',
        target: { kind: 'eventBus', busName: bus.eventBusName },
      },
      {
        ...sync.scheduleDeadLetters,
        source: 'sync-planner',
        target: { kind: 'function', functionName: sync.planner.function.functionName },
      },
    ];
    new DeadLetterPipeline(this, 'DeadLetters', { settings, tables, sources });
    const queues = [sync.jobs, webhooks.events, ...sources];
    const status = new StatusEndpoint(this, 'StatusEndpoint', { settings, tables, api, queues });

    this.makeLast(tables);
    this.addOutputs({
      RecordsTableName: tables.records.name,
      StateTableName: tables.state.name,
      SyncJobsQueueUrl: sync.jobs.queue.queueUrl,
      SyncJobsDeadLetterQueueUrl: sync.jobDeadLetters.queue.queueUrl,
      ChangeEventsDeadLetterQueueUrl: changeEventDeadLetters.queue.queueUrl,
      ScheduleDeadLetterQueueUrl: sync.scheduleDeadLetters.queue.queueUrl,
      EventBusName: bus.eventBusName,
      PlannerFunctionName: sync.planner.function.functionName,
      SecretPrefix: settings.secretPrefix,
      WebhookSecretPrefix: settings.webhookSecretPrefix,
      ApiUrl: api.api.apiEndpoint,
      StatusTokenSecretName: status.tokenSecretName,
      WebhookUrl: `${api.api.apiEndpoint}/webhooks/rentvine/{account}`,
      WebhookEventsQueueUrl: webhooks.events.queue.queueUrl,
      WebhookEventsDeadLetterQueueUrl: webhooks.deadLetters.queue.queueUrl,
    });
    // For the monitoring stack: the one name that is not ours to choose.
    new CfnOutput(this, 'ApiId', { value: api.api.apiId, exportName: apiIdExport(settings.prefix) });
  }

  /**
   * CloudFormation could not roll back a first deployment that fails with protected tables in it. So they are made when all
   * else is there, but for the publisher, which needs their stream.
   */
  private makeLast(tables: Tables): void {
    for (const part of this.node.children) {
      if (part !== tables && part.node.id !== publisherId) tables.node.addDependency(part);
    }
  }

  private addOutputs(outputs: Readonly<Record<string, string>>): void {
    for (const [id, value] of Object.entries(outputs)) new CfnOutput(this, id, { value });
  }
}

import { SecretValue, Stack } from 'aws-cdk-lib';
import { LoggingLevel, SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Severity } from '../alarms/alarm-definition.ts';
import type { MonitoringSettings } from '../settings.ts';

export interface AlarmTopicsProps {
  readonly prefix: string;
  readonly routes: MonitoringSettings;
}

/**
 * One topic per severity, and who gets what is sent to it. Every route is optional: without any, the alarms still ring, in
 * CloudWatch and `npm run ops -- alarms`.
 */
export class AlarmTopics extends Construct {
  readonly topics: Readonly<Record<Severity, Topic>>;
  /** How a person calls the routes of a severity: `PagerDuty and Slack`. */
  readonly routes: Readonly<Record<Severity, string>>;

  constructor(scope: Construct, id: string, { prefix, routes }: AlarmTopicsProps) {
    super(scope, id);
    this.topics = {
      critical: this.topic('Critical', `${prefix}-critical`, prefix),
      warning: this.topic('Warning', `${prefix}-warning`, prefix),
      business: this.topic('Business', `${prefix}-business`, prefix),
    };
    if (routes.pagerDutySecret !== undefined) this.pagePagerDuty(routes.pagerDutySecret);
    if (routes.slack !== undefined) this.tellSlack(prefix, routes.slack);
    this.sendMail(this.topics.critical, routes.criticalEmails);
    this.sendMail(this.topics.warning, routes.warningEmails);
    this.sendMail(this.topics.business, routes.businessEmails);

    const slack = routes.slack !== undefined && 'Slack';
    this.routes = {
      critical: inWords(
        routes.pagerDutySecret !== undefined && 'PagerDuty',
        slack,
        routes.criticalEmails.length > 0 && 'e-mail',
      ),
      warning: inWords(slack, routes.warningEmails.length > 0 && 'e-mail'),
      business: inWords(routes.businessEmails.length > 0 && 'e-mail'),
    };
  }

  private topic(id: string, topicName: string, prefix: string): Topic {
    const topic = new Topic(this, id, { topicName, enforceSSL: true });
    const { account } = Stack.of(this);
    // A topic with a policy of its own has lost the default one, by which CloudWatch could publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisStage',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({ service: 'cloudwatch', resource: `alarm:${prefix}-*` }),
          },
        },
      }),
    );
    return topic;
  }

  /** The integration's URL is a credential: CloudFormation reads it from the secret, and the template never has it. */
  private pagePagerDuty(secretName: string): void {
    const url = SecretValue.secretsManager(secretName).unsafeUnwrap();
    this.subscribe('PagerDuty', this.topics.critical, 'https', url);
  }

  private tellSlack(prefix: string, { workspaceId, channelId }: NonNullable<MonitoringSettings['slack']>): void {
    const role = new Role(this, 'SlackRole', {
      roleName: `${prefix}-alarms-in-slack`,
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    new SlackChannelConfiguration(this, 'Slack', {
      slackChannelConfigurationName: `${prefix}-alarms`,
      slackWorkspaceId: workspaceId,
      slackChannelId: channelId,
      notificationTopics: [this.topics.critical, this.topics.warning],
      // Messages need no permission. The role has none, and nobody in the channel can get beyond this.
      role,
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('CloudWatchReadOnlyAccess')],
      loggingLevel: LoggingLevel.ERROR,
    });
  }

  private sendMail(topic: Topic, addresses: readonly string[]): void {
    for (const address of addresses) this.subscribe(`${topic.node.id}-${address}`, topic, 'email', address);
  }

  /**
   * Subscribes somebody to what began, and to the end of it. A new alarm comes from INSUFFICIENT_DATA to OK, which would tell
   * everybody of every alarm when a stage is first deployed. (CDK's own construct knows no `$or`.)
   */
  private subscribe(id: string, { topicArn }: Topic, protocol: 'email' | 'https', endpoint: string): void {
    new CfnSubscription(this, id, {
      topicArn,
      protocol,
      endpoint,
      filterPolicyScope: 'MessageBody',
      filterPolicy: { $or: [{ NewStateValue: ['ALARM'] }, { OldStateValue: ['ALARM'] }] },
    });
  }
}

const inWords = (...routes: (string | false)[]): string =>
  routes.filter((route) => route !== false).join(' and ') || 'nobody yet, see "monitoring" in the settings';

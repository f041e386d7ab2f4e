import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cachedAssembly } from '../assembly-cache.ts';

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.any()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  DependsOn: z.array(z.string()).default([]),
});
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema) });
const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({ properties: z.looseObject({ terminationProtection: z.boolean().optional() }).optional() }),
  ),
});

/** The stacks of a stage, as `cdk deploy -c …` would deploy them. */
async function stage(context: Readonly<Record<string, unknown>>) {
  const { stage: name = 'dev' } = context;
  const directory = await cachedAssembly({ context });
  const read = (file: string): unknown => JSON.parse(readFileSync(`${directory}/${file}`, 'utf8'));
  const { artifacts } = manifestSchema.parse(read('manifest.json'));
  const resources = Object.fromEntries(
    ['core', 'monitoring'].flatMap((stack) =>
      Object.entries(templateSchema.parse(read(`aictive-${name}-${stack}.template.json`)).Resources),
    ),
  );
  const entriesOf = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
  return {
    resources,
    entriesOf,
    ofType: (type: string) => entriesOf(type).map(([, resource]) => resource),
    protectedStacks: ['core', 'monitoring'].filter(
      (stack) => artifacts[`aictive-${name}-${stack}`]?.properties?.terminationProtection,
    ),
  };
}

const production = await stage({ stage: 'production' });
const development = await stage({ stage: 'dev' });
const tables = (of: typeof production) => of.ofType('AWS::DynamoDB::Table');
const functionNamed = (name: string, { ofType } = production) =>
  ofType('AWS::Lambda::Function').find(({ Properties }) => Properties.FunctionName.endsWith(`-${name}`))?.Properties;
const queueNamed = (name: string) =>
  production.ofType('AWS::SQS::Queue').find(({ Properties }) => Properties.QueueName === `aictive-production-${name}`)
    ?.Properties;

describe('a stage', () => {
  it('keeps its tables, its logs and itself unless it says that it is ephemeral, whatever it is called', () => {
    expect(tables(production)).toHaveLength(2);
    for (const { DeletionPolicy, UpdateReplacePolicy, Properties } of tables(production)) {
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
      expect(Properties.DeletionProtectionEnabled).toBe(true);
    }
    for (const { DeletionPolicy } of production.ofType('AWS::Logs::LogGroup')) {
      expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    }
    expect(production.protectedStacks).toEqual(['core', 'monitoring']);
  });

  it('leaves nothing behind where it says that it is ephemeral, as development does in cdk.json', () => {
    for (const type of ['AWS::DynamoDB::Table', 'AWS::Logs::LogGroup']) {
      expect(new Set(development.ofType(type).map(({ DeletionPolicy }) => DeletionPolicy))).toEqual(
        new Set(['Delete']),
      );
    }
    expect(tables(development).map(({ Properties }) => Properties.DeletionProtectionEnabled ?? false)).toEqual([
      false,
      false,
    ]);
    expect(development.protectedStacks).toEqual([]);
  });

  it('keeps no schedule group behind, whose name the next deployment would find taken', () => {
    for (const { ofType } of [production, development]) {
      expect(ofType('AWS::Scheduler::ScheduleGroup')).toMatchObject([{ DeletionPolicy: 'Delete' }]);
    }
  });

  it('makes its tables when all else that can fail is there: a first deployment that fails leaves no protected table', () => {
    const tableIds = production.entriesOf('AWS::DynamoDB::Table').map(([id]) => id);
    const before = new Set(production.entriesOf('AWS::DynamoDB::Table').flatMap(([, { DependsOn }]) => DependsOn));
    const needed = ['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::SQS::Queue', 'AWS::ApiGatewayV2::Stage'];
    for (const type of needed) {
      for (const [id, { Properties }] of production.entriesOf(type)) {
        if (!JSON.stringify(Properties).includes('change-publisher'))
          expect([type, id, before.has(id)]).toEqual([type, id, true]);
      }
    }
    // What refers to a table waits for it.
    const waiting = Object.values(production.resources).filter(({ Properties, DependsOn }) =>
      tableIds.some((id) => JSON.stringify(Properties).includes(`"${id}"`) || DependsOn.includes(id)),
    );
    expect(new Set(waiting.map(({ Type }) => Type))).toEqual(
      new Set(['AWS::Lambda::EventSourceMapping', 'AWS::IAM::Policy']),
    );
  });

  it('takes its tables by the names that it is given, as after a recovery to new ones', async () => {
    const recovered = await stage({ stage: 'production', tableNames: { records: 'recovered-records' } });
    expect(tables(recovered).map(({ Properties }) => Properties.TableName)).toEqual([
      'recovered-records',
      'aictive-production-state',
    ]);
    expect(functionNamed('sync-worker', recovered)?.Environment.Variables).toMatchObject({
      RECORDS_TABLE: 'recovered-records',
      STATE_TABLE: 'aictive-production-state',
    });
    const everything = JSON.stringify(recovered.resources);
    expect(everything).not.toContain('aictive-production-records');
    expect(everything).toContain('table/recovered-records');
  });
});

describe('a message', () => {
  it('is delivered at least five times and stays invisible for six times what its function may take', () => {
    for (const [queue, consumer] of [
      ['sync-jobs.fifo', 'sync-worker'],
      ['webhook-events', 'webhook-processor'],
    ] as const) {
      const { RedrivePolicy, VisibilityTimeout } = queueNamed(queue) ?? {};
      expect(RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5);
      expect(VisibilityTimeout).toBe(6 * functionNamed(consumer)?.Timeout);
    }
  });

  it('finds a function even in a new AWS account, where ten may run at once', () => {
    const mappings = production.ofType('AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties);
    const claimed = mappings.map(({ ScalingConfig }) => ScalingConfig?.MaximumConcurrency ?? 0);
    expect(claimed.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(6);
    expect(
      production.ofType('AWS::Lambda::Function').map(({ Properties }) => Properties.ReservedConcurrentExecutions),
    ).toEqual(production.ofType('AWS::Lambda::Function').map(() => undefined));
    // A limit on a queue that is mostly empty saves nothing, and Lambda polls for each with two connections at least.
    expect(mappings.filter(({ ScalingConfig }) => ScalingConfig !== undefined)).toHaveLength(2);
  });
});

describe('the open internet', () => {
  const [api] = production.ofType('AWS::ApiGatewayV2::Stage');

  it('gets 50 requests a second through, each logged with where it came from and why it was refused', async () => {
    expect(api?.Properties.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    const { ofType } = await stage({ api: { requestsPerSecond: 200, burst: 400 } });
    const [limited] = ofType('AWS::ApiGatewayV2::Stage');
    expect(limited?.Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 200,
      ThrottlingBurstLimit: 400,
    });
    expect(JSON.parse(api?.Properties.AccessLogSettings.Format)).toMatchObject({
      sourceIp: '$context.identity.sourceIp',
      refusal: '$context.error.responseType',
    });
    expect(JSON.parse(functionNamed('webhook-receiver')?.Environment.Variables.WEBHOOK_SETTINGS)).toEqual({
      perSecond: 50,
      burst: 100,
    });
  });

  it('costs no metrics per route, which nobody reads', () => {
    const { DefaultRouteSettings, RouteSettings } = api?.Properties ?? {};
    for (const settings of [DefaultRouteSettings, ...Object.values(RouteSettings)]) {
      expect(settings.DetailedMetricsEnabled ?? false).toBe(false);
    }
  });

  it('reaches a function that may write to its own items of the state table alone, and no dead letter or audit', () => {
    const statements = statementsOf('webhook-receiver').filter(({ Action }) =>
      [Action].flat().join().includes('dynamodb'),
    );
    expect(statements.length).toBeGreaterThan(0);
    for (const { Effect, Action, Condition } of statements) {
      if (Effect === 'Deny') continue;
      // Which accounts there are, it may read and not write.
      const partitions = Action === 'dynamodb:Query' ? ['account-directory'] : ['webhook-rate#*', 'webhook-token#*'];
      expect(Condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } });
    }
  });
});

function statementsOf(name: string) {
  const [roleId] =
    production
      .entriesOf('AWS::IAM::Role')
      .find(([, { Properties }]) => Properties.RoleName.endsWith(`-${name}-function`)) ?? [];
  return production
    .ofType('AWS::IAM::Policy')
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === roleId))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

describe('the audit', () => {
  it('is deleted and changed by nobody, and written by no function', () => {
    const state = tables(production).find(({ Properties }) => Properties.TableName.endsWith('-state'));
    expect(state?.Properties.ResourcePolicy.PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: expect.arrayContaining(['dynamodb:DeleteItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem']),
        Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['audit#*'] } },
      }),
    ]);
    for (const name of ['sync-worker', 'webhook-processor', 'dead-letter-keeper', 'business-reporter']) {
      expect(statementsOf(name)).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: 'dynamodb:PutItem',
          Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['audit#*'] } },
        }),
      );
    }
  });
});

describe('people', () => {
  it('are told of the end of what began, and not that each alarm of a first deployment is well', async () => {
    const told = await stage({
      monitoring: { criticalEmails: ['on-call@example.com'], pagerDutySecret: 'aictive/pagerduty' },
    });
    const subscriptions = told.ofType('AWS::SNS::Subscription').map(({ Properties }) => Properties);
    expect(subscriptions).toHaveLength(2);
    for (const subscription of subscriptions) {
      expect(subscription).toMatchObject({
        FilterPolicyScope: 'MessageBody',
        FilterPolicy: { $or: [{ NewStateValue: ['ALARM'] }, { OldStateValue: ['ALARM'] }] },
      });
    }
  });

  it('are told before a month costs more than was meant', async () => {
    expect(production.ofType('AWS::Budgets::Budget')).toEqual([]);
    const { ofType } = await stage({
      stage: 'production',
      monitoring: { warningEmails: ['owner@example.com'], monthlyBudgetUsd: 60 },
    });
    const [budget] = ofType('AWS::Budgets::Budget');
    expect(budget?.Properties.Budget).toMatchObject({
      BudgetName: 'aictive-production-monthly',
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: { Amount: 60, Unit: 'USD' },
    });
    const notifications = budget?.Properties.NotificationsWithSubscribers;
    expect(notifications.map(({ Notification }: { Notification: unknown }) => Notification)).toEqual([
      expect.objectContaining({ NotificationType: 'ACTUAL', Threshold: 80 }),
      expect.objectContaining({ NotificationType: 'FORECASTED', Threshold: 100 }),
    ]);
    for (const { Subscribers } of notifications) {
      expect(Subscribers).toEqual([{ Address: 'owner@example.com', SubscriptionType: 'EMAIL' }]);
    }
  });
});

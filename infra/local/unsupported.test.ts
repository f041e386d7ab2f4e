import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from './fixtures/harness.ts';
import { type TemplateResources, writeAssembly } from './fixtures/model.ts';
import { startLocalStack } from './start.ts';

const key = { AttributeName: 'id', KeyType: 'HASH' };
const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'things',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [key],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
};
const withProperties = <Resource extends { Properties: object }>(resource: Resource, properties: object) => ({
  ...resource,
  Properties: { ...resource.Properties, ...properties },
});
const schedule = {
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    ScheduleExpression: 'rate(1 hour)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: 'somewhere', RoleArn: 'r' },
  },
};
const mapping = {
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] }, FunctionName: 'f' },
};
const code = {
  Type: 'AWS::Lambda::Function',
  Properties: { Code: { ZipFile: '' }, Handler: 'index.handler', Runtime: 'nodejs24.x' },
};
const alarm = {
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: 'odd',
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 1,
    Namespace: 'N',
    MetricName: 'M',
    Period: 60,
    Statistic: 'Sum',
  },
};
const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } };

const cases: readonly [what: string, resources: TemplateResources, message: string][] = [
  [
    'a resource type',
    { Machine: { Type: 'AWS::StepFunctions::StateMachine' } },
    'These resources cannot run on one machine: Fixture/Machine (AWS::StepFunctions::StateMachine)',
  ],
  [
    'a generated secret',
    { Secret: { Type: 'AWS::SecretsManager::Secret' } },
    'Fixture/Secret (AWS::SecretsManager::Secret)',
  ],
  [
    'a condition',
    { Queue: { Type: 'AWS::SQS::Queue', Condition: 'IsProd' } },
    'Fixture/Queue (AWS::SQS::Queue): conditions are not supported',
  ],
  [
    'an intrinsic function',
    { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::FindInMap': ['a', 'b', 'c'] } } } },
    'Stack Fixture: intrinsic function Fn::FindInMap is not supported',
  ],
  [
    'a property of a table',
    { Table: withProperties(table, { LocalSecondaryIndexes: [] }) },
    'Fixture/Table (AWS::DynamoDB::Table): LocalSecondaryIndexes is not supported',
  ],
  [
    'a stream of keys',
    { Table: withProperties(table, { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } }) },
    'StreamSpecification.StreamViewType',
  ],
  [
    'a property of a queue',
    { Queue: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: 'k' } } },
    'Fixture/Queue (AWS::SQS::Queue): KmsMasterKeyId is not supported',
  ],
  ['code in the template', { Function: code }, 'Fixture/Function (AWS::Lambda::Function): its code is no asset'],
  [
    'reserved concurrency',
    { Function: withProperties(code, { ReservedConcurrentExecutions: 1 }) },
    'ReservedConcurrentExecutions is not supported',
  ],
  [
    'an event filter',
    { Table: table, Mapping: withProperties(mapping, { FilterCriteria: { Filters: [] } }) },
    'Fixture/Mapping (AWS::Lambda::EventSourceMapping): FilterCriteria is not supported',
  ],
  [
    'bisection of a stream’s batch',
    { Table: table, Mapping: withProperties(mapping, { BisectBatchOnFunctionError: true }) },
    'BisectBatchOnFunctionError',
  ],
  [
    'a failure destination of a stream',
    { Table: table, Mapping: withProperties(mapping, { DestinationConfig: {} }) },
    'DestinationConfig is not supported',
  ],
  [
    'a batching window',
    { Table: table, Mapping: withProperties(mapping, { MaximumBatchingWindowInSeconds: 1 }) },
    'MaximumBatchingWindowInSeconds is not supported',
  ],
  [
    'a retry limit of a stream',
    { Table: table, Mapping: withProperties(mapping, { MaximumRetryAttempts: 3 }) },
    'MaximumRetryAttempts',
  ],
  ['a function that is not there', { Table: table, Mapping: mapping }, 'its function f does not exist'],
  [
    'an input transformer',
    {
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { EventBusName: 'b', EventPattern: {}, Targets: [{ Id: 't', Arn: 'a', InputTransformer: {} }] },
      },
    },
    'Fixture/Rule (AWS::Events::Rule): Targets.0.InputTransformer is not supported',
  ],
  [
    'a target that is no queue or function',
    {
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { EventBusName: 'b', EventPattern: {}, Targets: [{ Id: 't', Arn: 'arn:of:a:log' }] },
      },
    },
    'its target arn:of:a:log is no queue or function of this stack',
  ],
  [
    'a schedule with an end',
    { Tick: withProperties(schedule, { EndDate: '2030-01-01' }) },
    'Fixture/Tick (AWS::Scheduler::Schedule): EndDate is not supported',
  ],
  ['a schedule of something else', { Tick: schedule }, 'its target somewhere is no function of this stack'],
  [
    'a metric function',
    {
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: 'odd',
          EvaluationPeriods: 1,
          ComparisonOperator: 'GreaterThanThreshold',
          Threshold: 1,
          Metrics: [
            { Id: 'e', Expression: 'm / STDDEV(m)' },
            {
              Id: 'm',
              ReturnData: false,
              MetricStat: { Metric: { Namespace: 'N', MetricName: 'M' }, Period: 60, Stat: 'Sum' },
            },
          ],
        },
      },
    },
    'Fixture/Alarm (AWS::CloudWatch::Alarm): an expression uses function STDDEV, which is not supported here',
  ],
  ['a statistic', { Alarm: withProperties(alarm, { Statistic: 'Minimum' }) }, 'statistic Minimum is not supported'],
  [
    'suppression of an alarm',
    {
      Composite: {
        Type: 'AWS::CloudWatch::CompositeAlarm',
        Properties: { AlarmName: 'c', AlarmRule: 'ALARM("odd")', ActionsSuppressor: 'odd' },
      },
    },
    'Fixture/Composite (AWS::CloudWatch::CompositeAlarm): ActionsSuppressor is not supported',
  ],
  [
    'a topic that feeds a queue',
    { Subscription: { Type: 'AWS::SNS::Subscription', Properties: { Protocol: 'sqs' } } },
    'Fixture/Subscription (AWS::SNS::Subscription): protocol sqs is not supported',
  ],
  ['a second HTTP API', { One: api, Two: api }, 'Fixture/Two (AWS::ApiGatewayV2::Api): more than one HTTP API'],
  [
    'a stage with a name',
    {
      Api: api,
      Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: 'a', StageName: 'v1', AutoDeploy: true } },
    },
    'only the stage $default is supported',
  ],
];

test.each(cases)('%s that is not played fails by name', async (_what, resources, message) => {
  const assemblyDir = join(temporaryDirectory(), 'cdk.out');
  writeAssembly(assemblyDir, resources);
  await expect(startLocalStack({ assemblyDir })).rejects.toThrow(message);
  await expect(startLocalStack({ assemblyDir })).rejects.toMatchObject({ name: 'ConfigurationError' });
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import { syncSettingsSchema } from '../../shared/sync/settings.ts';

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.any()).default({}),
      DeletionPolicy: z.string().optional(),
    }),
  ),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })),
});

const assemblyDir = inject('assemblyDir');
const template = templateSchema.parse(
  JSON.parse(readFileSync(`${assemblyDir}/aictive-dev-core.template.json`, 'utf8')),
);

const ofType = (type: string) => Object.values(template.Resources).filter((resource) => resource.Type === type);
const named = (type: string, key: string, name: string) => {
  const found = ofType(type).find(({ Properties }) => Properties[key] === name);
  if (found === undefined) throw new Error(`There is no ${type} ${name}.`);
  return found;
};
const lambda = (name: string) => named('AWS::Lambda::Function', 'FunctionName', `aictive-dev-${name}`).Properties;
const queue = (name: string) => named('AWS::SQS::Queue', 'QueueName', `aictive-dev-${name}`).Properties;

const deadLetterQueues = ['sync-jobs-dlq.fifo', 'webhook-events-dlq', 'change-events-dlq', 'schedule-dlq'];

const ownVariables = (name: string) =>
  Object.keys(lambda(name).Environment.Variables)
    .filter((key) => !/^(?:POWERTOOLS_|NODE_OPTIONS$)/.test(key))
    .sort();

const readStatements = z.array(z.looseObject({ Action: z.unknown(), Resource: z.unknown() }));

describe('the core stack', () => {
  it('gives each function exactly the environment it uses', () => {
    expect(ownVariables('sync-planner')).toEqual(['SECRET_PREFIX', 'STAGE', 'STATE_TABLE', 'SYNC_JOBS_QUEUE_URL']);
    expect(ownVariables('sync-worker')).toEqual([
      'RECORDS_TABLE',
      'SECRET_PREFIX',
      'STAGE',
      'STATE_TABLE',
      'SYNC_JOBS_DEAD_LETTERS_URL',
      'SYNC_JOBS_QUEUE_URL',
      'SYNC_SETTINGS',
    ]);
    expect(ownVariables('change-publisher')).toEqual(['CHANGE_EVENTS_DLQ_URL', 'EVENT_BUS_NAME', 'STAGE']);
    expect(ownVariables('webhook-receiver')).toEqual([
      'STAGE',
      'STATE_TABLE',
      'WEBHOOK_EVENTS_QUEUE_URL',
      'WEBHOOK_SECRET_PREFIX',
      'WEBHOOK_SETTINGS',
    ]);
    expect(ownVariables('webhook-processor')).toEqual([
      'RECORDS_TABLE',
      'SECRET_PREFIX',
      'STAGE',
      'STATE_TABLE',
      'SYNC_SETTINGS',
      'WEBHOOK_EVENTS_DEAD_LETTERS_URL',
      'WEBHOOK_EVENTS_QUEUE_URL',
    ]);
    expect(ownVariables('watcher')).toEqual(['RESOURCE_SCHEDULES', 'SECRET_PREFIX', 'STAGE', 'STATE_TABLE']);
    expect(ownVariables('business-reporter')).toEqual(['RECORDS_TABLE', 'SECRET_PREFIX', 'STAGE', 'STATE_TABLE']);
    expect(ownVariables('dead-letter-keeper')).toEqual(['DEAD_LETTER_SOURCES', 'STAGE', 'STATE_TABLE']);
    const { SYNC_SETTINGS } = lambda('sync-worker').Environment.Variables;
    expect(JSON.parse(SYNC_SETTINGS)).toEqual(syncSettingsSchema.parse({}));
  });

  it('runs every function on Node 24 and arm64, with JSON logs in its own group, tracing, and less than five minutes', () => {
    for (const { Properties } of ofType('AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON', LogGroup: expect.anything() },
      });
      expect(Properties.Timeout).toBeLessThan(300);
    }
    const groups = ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties);
    expect(new Set(groups.map(({ RetentionInDays }) => RetentionInDays))).toEqual(new Set([30]));
    expect(groups.filter(({ LogGroupName }) => LogGroupName.startsWith('/aws/lambda/'))).toHaveLength(
      ofType('AWS::Lambda::Function').length,
    );
  });

  it('lets only the functions that queue messages for themselves do so without end', () => {
    const allowed = ofType('AWS::Lambda::Function')
      .filter(({ Properties }) => Properties.RecursiveLoop === 'Allow')
      .map(({ Properties }) => Properties.FunctionName);
    expect(allowed.sort()).toEqual(['aictive-dev-sync-worker', 'aictive-dev-webhook-processor']);
  });

  it('keeps jobs in order, each once, and what fails for 14 days', () => {
    const jobs = queue('sync-jobs.fifo');
    expect(jobs).toMatchObject({ FifoQueue: true, RedrivePolicy: expect.anything() });
    expect(jobs.ContentBasedDeduplication ?? false).toBe(false);
    for (const name of deadLetterQueues) expect(queue(name).MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
  });

  it('feeds the keeper from every dead-letter queue, and it knows where each message was for', () => {
    const events = queue('webhook-events');
    expect(events).toMatchObject({ RedrivePolicy: expect.anything(), MessageRetentionPeriod: 14 * 24 * 60 * 60 });
    const logicalIds = (properties: Record<string, unknown>) =>
      Object.entries(template.Resources)
        .filter(([, resource]) => resource.Properties === properties)
        .map(([id]) => id);
    const keeper = lambda('dead-letter-keeper');
    const [keeperId] = logicalIds(keeper);
    const fed = ofType('AWS::Lambda::EventSourceMapping')
      .filter(({ Properties }) => Properties.FunctionName.Ref === keeperId)
      .map(({ Properties }) => Properties.EventSourceArn['Fn::GetAtt'][0]);
    const all = ofType('AWS::SQS::Queue').filter(({ Properties }) => Properties.QueueName.includes('-dlq'));
    expect(fed.sort()).toEqual(all.flatMap(({ Properties }) => logicalIds(Properties)).sort());
    const sources = JSON.stringify(keeper.Environment.Variables.DEAD_LETTER_SOURCES);
    for (const { Properties } of all) expect(sources).toContain(Properties.QueueName);
    expect(all.map(({ Properties }) => Properties.VisibilityTimeout ?? 30)).toEqual(all.map(() => 30));
    expect(keeper.Timeout).toBeLessThan(30);
  });

  it('serves one route for webhooks, with access logs that hold no header and no body', () => {
    expect(ofType('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey)).toContain(
      'POST /webhooks/rentvine/{account}',
    );
    const [stage] = ofType('AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties).toMatchObject({ StageName: '$default', AutoDeploy: true });
    const { Format } = stage?.Properties.AccessLogSettings ?? {};
    expect(Object.keys(JSON.parse(Format)).sort()).toEqual([
      'httpMethod',
      'integrationLatency',
      'refusal',
      'requestId',
      'responseLength',
      'routeKey',
      'sourceIp',
      'status',
    ]);
  });

  it('polls jobs one by one within the concurrency limit, and changes from the start of the stream for ever', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties);
    expect(mappings.slice(0, 2)).toEqual([
      expect.objectContaining({
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 4 },
      }),
      expect.objectContaining({
        BatchSize: 100,
        StartingPosition: 'TRIM_HORIZON',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: -1,
        BisectBatchOnFunctionError: false,
      }),
    ]);
    expect(mappings[1]).not.toHaveProperty('DestinationConfig');
  });

  it('keeps both tables recoverable to any second, and finds records by property', () => {
    const records = named('AWS::DynamoDB::Table', 'TableName', 'aictive-dev-records').Properties;
    const state = named('AWS::DynamoDB::Table', 'TableName', 'aictive-dev-state').Properties;
    for (const table of [records, state]) {
      expect(table).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
    expect(records).toMatchObject({
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-property',
          KeySchema: [
            { AttributeName: 'byPropertyPk', KeyType: 'HASH' },
            { AttributeName: 'byPropertySk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
    expect(state.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
  });

  it('schedules every resource of the table, incrementally and in full, never two fulls at once', () => {
    const schedules = ofType('AWS::Scheduler::Schedule')
      .map(({ Properties }) => Properties)
      .filter(({ Name }) => /-(?:incremental|full)$/.test(Name));
    expect(schedules).toHaveLength(2 * resources.length);
    const expressions = new Map(schedules.map((schedule) => [schedule.Name, schedule.ScheduleExpression]));
    for (const { name, incrementalMinutes } of resources) {
      expect(expressions.get(`aictive-dev-${name}-incremental`)).toBe(
        incrementalMinutes === 60 ? 'rate(1 hour)' : `rate(${incrementalMinutes} minutes)`,
      );
    }
    expect(expressions.get('aictive-dev-portfolios-full')).toBe('cron(0 2 * * ? *)');
    expect(expressions.get('aictive-dev-bills-full')).toBe('cron(0 4 * * ? *)');
    const fulls = [...expressions].filter(([name]) => name.endsWith('-full')).map(([, expression]) => expression);
    expect(new Set(fulls).size).toBe(resources.length);
    for (const schedule of schedules) {
      expect(schedule.Target).toMatchObject({ DeadLetterConfig: expect.anything(), RetryPolicy: expect.anything() });
      expect(JSON.parse(schedule.Target.Input)).toEqual({
        resource: expect.any(String),
        mode: expect.stringMatching(/^(?:incremental|full)$/),
        scheduledAt: '<aws.scheduler.scheduled-time>',
        correlationId: '<aws.scheduler.execution-id>',
      });
    }
  });

  it('looks at everything every minute and reports a few times a day, and repeats no look that failed', () => {
    const schedule = (name: string) => named('AWS::Scheduler::Schedule', 'Name', `aictive-dev-${name}`).Properties;
    expect(schedule('watcher')).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      Target: { RetryPolicy: { MaximumRetryAttempts: 0 } },
    });
    expect(schedule('business-report').ScheduleExpression).toBe('rate(6 hours)');
    for (const name of ['watcher', 'business-report']) {
      expect(JSON.parse(schedule(name).Target.Input)).toEqual({ scheduledAt: '<aws.scheduler.scheduled-time>' });
    }
    expect(ofType('AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({ MaximumRetryAttempts: 0, FunctionName: { Ref: expect.stringMatching(/^Watcher/) } }),
    ]);
    expect(lambda('watcher').Timeout).toBeLessThan(60);
    const { RESOURCE_SCHEDULES } = lambda('watcher').Environment.Variables;
    expect(JSON.parse(RESOURCE_SCHEDULES)).toContainEqual({
      resource: 'leases',
      intervalMinutes: 5,
      isScheduled: true,
    });
    expect(JSON.parse(RESOURCE_SCHEDULES)).toHaveLength(resources.length);
  });

  it('lets the functions that only look write nothing but figures, how everything stands, and which accounts there are', () => {
    const actionsOf = (name: string) => {
      const roles = Object.entries(template.Resources).filter(
        ([, { Properties }]) => Properties.RoleName === `aictive-dev-${name}-function`,
      );
      return ofType('AWS::IAM::Policy')
        .filter(({ Properties }) => Properties.Roles[0].Ref === roles[0]?.[0])
        .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
        .filter(({ Effect }) => Effect === 'Allow')
        .filter(({ Condition }) => !JSON.stringify(Condition ?? {}).includes('["account-directory","health"]'))
        .flatMap(({ Action }) => Action)
        .filter((action) => !/^(?:xray|logs):/.test(action))
        .sort();
    };
    expect(actionsOf('watcher')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'secretsmanager:DescribeSecret',
      'secretsmanager:ListSecretVersionIds',
      'secretsmanager:ListSecrets',
    ]);
    expect(new Set(actionsOf('business-reporter'))).toEqual(
      new Set([
        'dynamodb:BatchGetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'secretsmanager:DescribeSecret',
        'secretsmanager:ListSecrets',
      ]),
    );
  });

  it('lets the function that anybody can reach read signing keys and no credentials, and nobody else read those keys', () => {
    const readers = ofType('AWS::IAM::Policy').flatMap(({ Properties }) =>
      readStatements
        .parse(Properties.PolicyDocument.Statement)
        .filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'))
        .map(({ Resource }) => [
          template.Resources[Properties.Roles[0].Ref]?.Properties.RoleName,
          /aictive\/dev\/[^"]+/.exec(JSON.stringify(Resource))?.[0],
        ]),
    );
    expect(readers.sort()).toEqual([
      ['aictive-dev-status-function', 'aictive/dev/status-token'],
      ['aictive-dev-sync-worker-function', 'aictive/dev/rentvine/*'],
      ['aictive-dev-webhook-processor-function', 'aictive/dev/rentvine/*'],
      ['aictive-dev-webhook-receiver-function', 'aictive/dev/webhooks/*'],
    ]);
  });

  it('lets no role do more than it needs', () => {
    const statements = ofType('AWS::IAM::Policy').flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const actions = statements.flatMap((statement) => [statement.Action].flat());
    expect(actions.filter((action) => String(action).includes('*') || action === 'dynamodb:Scan')).toEqual([]);
    const onEverything = statements
      .filter((statement) => statement.Resource === '*')
      .map((statement) => statement.Action);
    expect([...new Set(onEverything.flat())].sort()).toEqual([
      'cloudwatch:GetMetricData',
      'dynamodb:ListStreams',
      'secretsmanager:ListSecrets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    expect(ofType('AWS::IAM::Role').flatMap(({ Properties }) => Properties.ManagedPolicyArns ?? [])).toEqual([]);
  });

  it('holds every bundle under 700 KB, and the webhook receiver’s under 450 KB', () => {
    const assets = readdirSync(assemblyDir).filter((name) => name.startsWith('asset.'));
    expect(assets).toHaveLength(ofType('AWS::Lambda::Function').length);
    const sizes = assets.map((asset) => statSync(`${assemblyDir}/${asset}/index.mjs`).size);
    expect(Math.max(...sizes)).toBeLessThan(700_000);
    const { S3Key } = lambda('webhook-receiver').Code;
    const receiver = assets.find((asset) => String(S3Key).startsWith(asset.split('.')[1] ?? ' ')) ?? '';
    expect(statSync(`${assemblyDir}/${receiver}/index.mjs`).size).toBeLessThan(450_000);
  });

  it('tells the operator the names', () => {
    expect(Object.keys(template.Outputs).sort()).toEqual([
      'ApiId',
      'ApiUrl',
      'ChangeEventsDeadLetterQueueUrl',
      'EventBusName',
      'PlannerFunctionName',
      'RecordsTableName',
      'ScheduleDeadLetterQueueUrl',
      'SecretPrefix',
      'StateTableName',
      'StatusTokenSecretName',
      'SyncJobsDeadLetterQueueUrl',
      'SyncJobsQueueUrl',
      'WebhookEventsDeadLetterQueueUrl',
      'WebhookEventsQueueUrl',
      'WebhookSecretPrefix',
      'WebhookUrl',
    ]);
  });
});

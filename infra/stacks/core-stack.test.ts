import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { syncSettingsSchema } from '../../shared/config.ts';
import { resources } from '../../shared/rentvine/resources/table.ts';

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

const ownVariables = (name: string) =>
  Object.keys(lambda(name).Environment.Variables)
    .filter((key) => !/^(?:POWERTOOLS_|NODE_OPTIONS$)/.test(key))
    .sort();

describe('the core stack', () => {
  it('gives each function exactly the environment it uses', () => {
    expect(ownVariables('sync-planner')).toEqual(['SECRET_PREFIX', 'STAGE', 'SYNC_JOBS_QUEUE_URL']);
    expect(ownVariables('sync-worker')).toEqual([
      'RECORDS_TABLE',
      'SECRET_PREFIX',
      'STAGE',
      'STATE_TABLE',
      'SYNC_JOBS_QUEUE_URL',
      'SYNC_SETTINGS',
    ]);
    expect(ownVariables('change-publisher')).toEqual(['CHANGE_EVENTS_DLQ_URL', 'EVENT_BUS_NAME', 'STAGE']);
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
    expect(ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties.RetentionInDays)).toEqual([30, 30, 30]);
  });

  it('gives a job three tries, each longer than its function may run, and keeps what fails for 14 days', () => {
    const { Timeout } = lambda('sync-worker');
    const jobs = queue('sync-jobs.fifo');
    expect(jobs).toMatchObject({ FifoQueue: true, RedrivePolicy: { maxReceiveCount: 3 } });
    expect(jobs.ContentBasedDeduplication ?? false).toBe(false);
    expect(jobs.VisibilityTimeout).toBe(6 * Timeout);
    for (const name of ['sync-jobs-dlq.fifo', 'change-events-dlq', 'schedule-dlq']) {
      expect(queue(name).MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
    }
  });

  it('polls jobs one by one within the concurrency limit, and changes from the start of the stream for ever', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties);
    expect(mappings).toEqual([
      expect.objectContaining({
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 10 },
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
    const schedules = ofType('AWS::Scheduler::Schedule').map(({ Properties }) => Properties);
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

  it('lets no role do more than it needs', () => {
    const statements = ofType('AWS::IAM::Policy').flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const actions = statements.flatMap((statement) => [statement.Action].flat());
    expect(actions.filter((action) => String(action).includes('*') || action === 'dynamodb:Scan')).toEqual([]);
    const onEverything = statements
      .filter((statement) => statement.Resource === '*')
      .map((statement) => statement.Action);
    expect([...new Set(onEverything.flat())].sort()).toEqual([
      'dynamodb:ListStreams',
      'secretsmanager:ListSecrets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    expect(ofType('AWS::IAM::Role').flatMap(({ Properties }) => Properties.ManagedPolicyArns ?? [])).toEqual([]);
  });

  it('holds every bundle under 700 KB', () => {
    const assets = readdirSync(assemblyDir).filter((name) => name.startsWith('asset.'));
    expect(assets).toHaveLength(3);
    for (const asset of assets) {
      expect(statSync(`${assemblyDir}/${asset}/index.mjs`).size).toBeLessThan(700_000);
    }
  });

  it('tells the operator the names', () => {
    expect(Object.keys(template.Outputs).sort()).toEqual([
      'ChangeEventsDeadLetterQueueUrl',
      'EventBusName',
      'PlannerFunctionName',
      'RecordsTableName',
      'ScheduleDeadLetterQueueUrl',
      'SecretPrefix',
      'StateTableName',
      'SyncJobsDeadLetterQueueUrl',
      'SyncJobsQueueUrl',
    ]);
  });
});

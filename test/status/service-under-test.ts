import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { answerRequest } from '../../functions/status/answer-request.ts';
import type { HttpAnswer } from '../../functions/status/http.ts';
import { statusService } from '../../functions/status/status-service.ts';
import { statusToken } from '../../functions/status/status-token.ts';
import { watch } from '../../functions/watcher/watch.ts';
import { AwsError } from '../../infra/local/aws-error.ts';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import { keepDeadLetter } from '../../shared/store/dead-letters.ts';
import { awsStub, type SeenRequest } from '../aws-stub.ts';
import { type LocalTables, startLocalTables } from '../local-tables.ts';

export const token = 'a-token-that-nobody-guesses-1';
const tokenSecret = 'aictive/dev/status-token';
const prefix = 'aictive/dev/rentvine/';

/** What the services around the function say; tests change it. */
export interface World {
  now: number;
  accounts: string[];
  /** Text of the token's secret; undefined while it does not exist. */
  tokenText: string | undefined;
  /** Messages that wait, by queue. */
  waiting: Record<string, number>;
  /** What CloudWatch has for every metric. */
  values: number[];
  /** Called before each request to Secrets Manager, SQS or CloudWatch; what it throws is the answer. */
  refuse: (request: SeenRequest) => void | Promise<void>;
  readonly requests: SeenRequest[];
}

export interface ServiceUnderTest extends AsyncDisposable {
  readonly world: World;
  readonly tables: LocalTables;
  /** One round of the watcher. */
  watch(): Promise<void>;
  ask(path: string, options?: { method?: string; authorization?: string }): Promise<HttpAnswer>;
}

export const bearer = { authorization: `Bearer ${token}` };
export const startedAt = Date.parse('2026-03-01T12:00:00Z');
export const createdAt = new Date(startedAt - 60_000);

const body = z.looseObject({
  QueueUrl: z.string().default(''),
  MetricDataQueries: z.array(z.object({ Id: z.string() })).default([]),
});

/** The status function's own code on tables in memory, behind the SDK's real clients. */
export async function startService(): Promise<ServiceUnderTest> {
  const tables = await startLocalTables();
  const world: World = {
    now: startedAt,
    accounts: ['acme'],
    tokenText: token,
    waiting: {},
    values: [],
    refuse: () => {},
    requests: [],
  };
  const stub = (answer: (request: SeenRequest) => unknown) =>
    awsStub(async (request) => {
      await world.refuse(request);
      world.requests.push(request);
      return answer(request);
    });
  const secrets = new SecretsManagerClient(
    stub(({ operation, body: { SecretId: secretId } }) => {
      if (operation === 'ListSecrets') {
        const SecretList = world.accounts.map((name) => ({
          Name: prefix + name,
          ARN: `arn:${name}`,
          CreatedDate: createdAt.getTime() / 1000,
        }));
        return { SecretList };
      }
      if (operation === 'DescribeSecret') {
        const account = String(secretId).slice(prefix.length);
        return { ARN: `arn:${account}`, CreatedDate: createdAt.getTime() / 1000 };
      }
      if (world.tokenText === undefined) throw new AwsError('ResourceNotFoundException', 'There is no such secret.');
      return { Name: tokenSecret, SecretString: world.tokenText };
    }),
  );
  const sqs = new SQSClient({
    ...stub((request) => ({
      Attributes: {
        ApproximateNumberOfMessages: String(
          world.waiting[body.parse(request.body).QueueUrl.split('/').at(-1) ?? ''] ?? 0,
        ),
        ApproximateNumberOfMessagesNotVisible: '0',
        ApproximateNumberOfMessagesDelayed: '0',
      },
    })),
    md5: false,
  });
  const cloudWatch = new CloudWatchClient(
    stub((request) => ({
      MetricDataResults: body.parse(request.body).MetricDataQueries.map(({ Id }) => ({ Id, Values: world.values })),
    })),
  );
  const now = () => world.now;
  const schedules = resources.map(({ name: resource, incrementalMinutes: intervalMinutes }) => ({
    resource,
    intervalMinutes,
    isScheduled: true,
  }));
  const service = statusService({
    platform: {
      records: tables.records,
      state: tables.state,
      sqs,
      queues: [
        { name: 'sync-jobs', url: 'https://sqs.eu-west-1.amazonaws.com/000000000000/aictive-dev-sync-jobs.fifo' },
        {
          name: 'sync-jobs-dlq',
          url: 'https://sqs.eu-west-1.amazonaws.com/000000000000/aictive-dev-sync-jobs-dlq.fifo',
          deadLettersOf: 'sync-jobs',
        },
      ],
      now,
    },
    cloudWatch,
    stage: 'dev',
    apiId: 'api-1',
    functions: ['status', 'sync-worker'],
    authorize: statusToken(secrets, tokenSecret, now),
  });
  return {
    world,
    tables,
    watch: () =>
      watch(new Date(world.now), {
        secrets,
        secretPrefix: prefix,
        state: tables.state,
        schedules,
        secretChangedAt: async () => undefined,
      }),
    ask: (path, { method = 'GET', authorization } = {}) =>
      answerRequest(
        {
          rawPath: path,
          headers: authorization === undefined ? {} : { authorization },
          requestContext: { requestId: 'r-1', http: { method } },
        },
        service,
      ),
    [Symbol.asyncDispose]: () => tables[Symbol.asyncDispose](),
  };
}

/** Leaves a message that failed for good, ninety seconds before `startedAt`. */
export const leaveDeadLetter = ({ tables }: ServiceUnderTest, id = 'm-1'): Promise<boolean> =>
  keepDeadLetter(
    tables.state,
    {
      id,
      source: 'sync-jobs',
      deadLetterQueue: 'aictive-dev-sync-jobs-dlq.fifo',
      account: 'acme',
      code: 'UNKNOWN',
      message: 'It failed.',
      firstFailedAt: '2026-03-01T11:00:00Z',
      lastFailedAt: '2026-03-01T11:00:00Z',
      receiveCount: 3,
      attributes: {},
      target: {
        kind: 'queue',
        queueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/aictive-dev-sync-jobs.fifo',
      },
      body: '{}',
    },
    new Date(startedAt - 90_000),
  );

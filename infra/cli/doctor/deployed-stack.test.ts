import { expect, it } from 'vitest';
import { maxQueueAgeSeconds } from '../../../shared/health/thresholds.ts';
import { awsStub, type SeenRequest } from '../../../test/aws-stub.ts';
import { AwsError } from '../../local/aws-error.ts';
import type { Check } from './check.ts';
import { alarmRoutes } from './checks/alarm-routes.ts';
import { concurrency } from './checks/concurrency.ts';
import { queues } from './checks/queues.ts';
import { schedules } from './checks/schedules.ts';
import { tables } from './checks/tables.ts';
import { doctorContext } from './context.ts';
import { deployedPlatform } from './platform-stub.ts';
import { runChecks } from './run-checks.ts';

/** For services that do not speak the JSON that `awsStub` does. */
const answering = (contentType: string, body: string) => ({
  ...awsStub(() => ({})),
  requestHandler: {
    handle: async () => ({
      response: { statusCode: 200, headers: { 'content-type': contentType }, body: Buffer.from(body) },
    }),
  },
});

const examine = (check: Check, services: Parameters<typeof deployedPlatform>[0]) =>
  runChecks([check], doctorContext(deployedPlatform(services)), () => undefined);

it('a table without point-in-time recovery is worth knowing, one that is not there a failure', async () => {
  const answers = ({ operation, body }: SeenRequest) => {
    if (operation === 'DescribeContinuousBackups') {
      const PointInTimeRecoveryStatus = body.TableName === 'aictive-prod-records' ? 'DISABLED' : 'ENABLED';
      return { ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus } } };
    }
    return { Table: { TableStatus: 'ACTIVE' } };
  };
  expect(await examine(tables, { dynamodb: awsStub(answers) })).toMatchObject([
    { name: 'table aictive-prod-records', status: 'warn', found: expect.stringContaining('without point-in-time') },
    { name: 'table aictive-prod-state', status: 'ok' },
  ]);
  const gone = () => {
    throw new AwsError('ResourceNotFoundException', 'not found');
  };
  expect(await examine(tables, { dynamodb: awsStub(gone) })).toMatchObject([
    { status: 'fail', advice: expect.stringContaining('npm run deploy -- -c stage=prod') },
    { status: 'fail' },
  ]);
});

it('a queue whose oldest message waits for longer than the alarm allows is a failure with its article', async () => {
  const sqs = awsStub(({ operation, body }) =>
    operation === 'GetQueueUrl'
      ? { QueueUrl: `https://sqs.eu-west-1.amazonaws.com/000000000000/${body.QueueName}` }
      : { Attributes: { ApproximateNumberOfMessages: String(body.QueueUrl).endsWith('webhook-events') ? '7' : '0' } },
  );
  const ageOf = (seconds: number) =>
    awsStub(() => ({ MetricDataResults: [{ Id: 'age', Timestamps: [1_772_366_400], Values: [seconds] }] }));
  const find = async (seconds: number) =>
    (await examine(queues, { monitoring: ageOf(seconds), sqs })).find(({ name }) => name === 'queue webhook-events');
  expect(await find(maxQueueAgeSeconds)).toMatchObject({
    status: 'ok',
    found: `7 waiting, 0 being worked on, the oldest ${maxQueueAgeSeconds} s`,
  });
  expect(await find(maxQueueAgeSeconds + 1)).toMatchObject({
    status: 'fail',
    advice: expect.stringContaining('queue-backlog.md'),
  });
  const gone = () => {
    throw new AwsError('QueueDoesNotExist', 'no such queue');
  };
  const [first] = await examine(queues, { sqs: awsStub(gone) });
  expect(first).toMatchObject({ status: 'fail', found: 'does not exist' });
});

it('schedules that are off are named', async () => {
  const scheduler = answering(
    'application/json',
    JSON.stringify({
      Schedules: [
        { Name: 'leases-full', State: 'DISABLED' },
        { Name: 'bills-full', State: 'ENABLED' },
      ],
    }),
  );
  expect(await examine(schedules, { scheduler })).toMatchObject([
    { status: 'warn', found: '1 of 2 are off: leases-full', advice: expect.stringContaining('"enabled": false') },
  ]);
});

it('a topic that nobody listens to is worth knowing', async () => {
  const topic = 'arn:aws:sns:eu-west-1:000000000000:aictive-prod-critical';
  const monitoring = awsStub(() => ({
    MetricAlarms: [{ AlarmName: 'aictive-prod-a', StateValue: 'OK', AlarmActions: [topic] }],
  }));
  const listing = (arn: string) =>
    answering(
      'text/xml',
      `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions><member><SubscriptionArn>${arn}</SubscriptionArn></member></Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
    );
  expect(await examine(alarmRoutes, { monitoring, sns: listing('PendingConfirmation') })).toMatchObject([
    { name: 'route aictive-prod-critical', status: 'warn', advice: expect.stringContaining('"monitoring"') },
  ]);
  expect(await examine(alarmRoutes, { monitoring, sns: listing(`${topic}:1`) })).toMatchObject([
    { status: 'ok', found: '1 confirmed subscription' },
  ]);
});

it.each([
  [1000, 'ok'],
  [10, 'ok'],
  [9, 'warn'],
  [6, 'fail'],
])('an AWS account that may run %i functions at once: %s', async (UnreservedConcurrentExecutions, status) => {
  const AccountLimit = { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions };
  const lambda = answering('application/json', JSON.stringify({ AccountLimit }));
  const [finding] = await examine(concurrency, { lambda });
  expect(finding).toMatchObject({ name: 'concurrency', status });
  expect(finding?.found).toContain(`of ${UnreservedConcurrentExecutions} functions`);
  if (status !== 'ok') expect(finding?.advice).toMatch(/Service Quotas .* workerMaximumConcurrency \(4\)/);
});

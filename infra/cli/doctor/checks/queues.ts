import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { maxQueueAgeSeconds } from '../../../../shared/health/thresholds.ts';
import { type QueueName, queueNames } from '../../../alarms/platform-names.ts';
import type { Platform } from '../../../platform/platform.ts';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';

const lookBackMs = 15 * 60_000;

/** How much waits in each queue, and for how long. */
export const queues: Check = {
  name: 'queue',
  async run({ platform }) {
    const names = Object.values(queueNames);
    return Promise.all(names.map(async (name) => ({ ...(await judge(name, platform)), subject: name })));
  },
};

async function judge(name: QueueName, platform: Platform): Promise<Finding> {
  let attributes: Record<string, string>;
  try {
    const QueueUrl = await platform.queueUrl(name);
    const answer = await platform.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    attributes = answer.Attributes ?? {};
  } catch (error) {
    if (!(error instanceof Error) || (!error.name.includes('NonExistentQueue') && error.name !== 'QueueDoesNotExist'))
      throw error;
    return fail('does not exist', `Deploy the core stack: npm run deploy -- -c stage=${platform.stage}.`);
  }
  const waiting = Number(attributes.ApproximateNumberOfMessages ?? 0);
  const inFlight = Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
  const age = waiting + inFlight === 0 ? 0 : await oldestAge(name, platform);
  const found = `${waiting} waiting, ${inFlight} being worked on${age === undefined || age === 0 ? '' : `, the oldest ${age} s`}`;
  if (age !== undefined && age > maxQueueAgeSeconds) {
    const consumer = name.includes('dlq')
      ? 'dead-letter-keeper'
      : name.startsWith('sync')
        ? 'sync-worker'
        : 'webhook-processor';
    return fail(found, `See infra/runbooks/queue-backlog.md, and the log of ${consumer}, which empties it.`);
  }
  return name.includes('dlq') && waiting > 0
    ? warn(found, 'They are kept as dead letters within a minute; see npm run ops -- dlq list.')
    : ok(found);
}

/** Seconds, undefined where CloudWatch does not know: it is told only every few minutes. */
async function oldestAge(name: QueueName, platform: Platform): Promise<number | undefined> {
  const metric = {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateAgeOfOldestMessage',
    Dimensions: [{ Name: 'QueueName', Value: platform.nameOf(name) }],
  };
  try {
    const { MetricDataResults: [result] = [] } = await platform.cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(platform.now().getTime() - lookBackMs),
        EndTime: platform.now(),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [{ Id: 'age', MetricStat: { Metric: metric, Period: 60, Stat: 'Maximum' } }],
      }),
    );
    return result?.Values?.[0];
  } catch {
    return undefined;
  }
}

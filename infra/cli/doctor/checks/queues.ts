import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { maxQueueAgeSeconds } from '../../../../shared/health/thresholds.ts';
import { queueNames } from '../../../alarms/platform-names.ts';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';
import type { DoctorContext } from '../context.ts';

const lookBackMs = 15 * 60_000;

/** How much waits in each queue, and for how long. */
export const queues: Check = {
  name: 'queue',
  async run(context) {
    const names = Object.values(queueNames);
    return Promise.all(names.map(async (name) => ({ ...(await judge(name, context)), subject: name })));
  },
};

async function judge(name: string, context: DoctorContext): Promise<Finding> {
  const { sqs, prefix, stage } = context.platform;
  const QueueName = `${prefix}-${name}`;
  let attributes: Record<string, string>;
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const answer = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    attributes = answer.Attributes ?? {};
  } catch (error) {
    if (!(error instanceof Error) || (!error.name.includes('NonExistentQueue') && error.name !== 'QueueDoesNotExist'))
      throw error;
    return fail('does not exist', `Deploy the core stack: npm run deploy -- -c stage=${stage}.`);
  }
  const waiting = Number(attributes.ApproximateNumberOfMessages ?? 0);
  const inFlight = Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
  const age = waiting + inFlight === 0 ? 0 : await oldestAge(QueueName, context);
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
async function oldestAge(queueName: string, { cloudwatch, now }: DoctorContext): Promise<number | undefined> {
  const metric = {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateAgeOfOldestMessage',
    Dimensions: [{ Name: 'QueueName', Value: queueName }],
  };
  try {
    const { MetricDataResults: [result] = [] } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(now().getTime() - lookBackMs),
        EndTime: now(),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [{ Id: 'age', MetricStat: { Metric: metric, Period: 60, Stat: 'Maximum' } }],
      }),
    );
    return result?.Values?.[0];
  } catch {
    return undefined;
  }
}

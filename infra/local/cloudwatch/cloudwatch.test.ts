import { rmSync } from 'node:fs';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TurnableClock, turnableClock } from '../clock/turnable-clock.ts';
import { clientsOf, temporaryDirectory } from '../fixtures/harness.ts';
import { synthesizeMonitored } from '../fixtures/monitored-app.ts';
import { localClientConfig } from '../identity.ts';
import type { Intercept } from '../intercept.ts';
import { type LocalStack, startLocalStack } from '../start.ts';

const minuteMs = 60_000;
const assemblyDir = temporaryDirectory();
let clock: TurnableClock;
let stack: LocalStack;
let intercept: Intercept | undefined;
let clients: ReturnType<typeof clientsOf>;
let cloudwatch: CloudWatchClient;

beforeAll(() => synthesizeMonitored(assemblyDir));
afterAll(() => rmSync(assemblyDir, { recursive: true }));

beforeEach(async () => {
  clock = turnableClock();
  stack = await startLocalStack({
    assemblyDir,
    clock,
    schedules: false,
    intercept: (request) => intercept?.(request),
  });
  clients = clientsOf(stack);
  cloudwatch = new CloudWatchClient({ ...localClientConfig(stack), maxAttempts: 1 });
});

afterEach(async () => {
  intercept = undefined;
  await stack.stop();
});

const emit = (metrics: Record<string, number | number[]>) => stack.invoke('emitter', { metrics });
const alarm = (name: string) => stack.alarms().find((each) => each.name === `fixture-${name}`);
const told = (name: string) =>
  stack
    .notifications()
    .filter(({ alarmName }) => alarmName === `fixture-${name}`)
    .map(({ topic, state }) => `${topic} ${state}`);
const queueUrl = async (QueueName: string) =>
  (await clients.sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? '';

describe('an alarm on what a function emits', () => {
  test('rings on its topic after as many minutes as it takes, and goes back to OK when the value does', async () => {
    await stack.evaluateAlarms();
    expect(alarm('level')).toMatchObject({ state: 'OK', topics: ['fixture-warning'], severity: 'warning' });
    await emit({ Level: [1, 4] });
    await stack.evaluateAlarms();
    expect(alarm('level')?.state).toBe('OK');
    await clock.advance(minuteMs);
    await emit({ Level: 4 });
    await stack.evaluateAlarms();
    expect(alarm('level')?.state).toBe('ALARM');
    expect(told('level')).toEqual(['fixture-warning OK', 'fixture-warning ALARM']);
    expect(stack.notifications().at(-1)).toMatchObject({
      topic: 'fixture-warning',
      alarmName: 'fixture-level',
      state: 'ALARM',
      reason: expect.stringMatching(
        /^Threshold Crossed: 2 out of the last 2 datapoints \[4\.0 \(\S+ \S+\), 4\.0 \(\S+ \S+\)\] were greater than the threshold \(3\.0\) \(minimum 2 datapoints for OK -> ALARM transition\)\.$/,
      ),
    });
    await clock.advance(minuteMs);
    await emit({ Level: 2 });
    await stack.evaluateAlarms();
    expect(told('level').at(-1)).toBe('fixture-warning OK');
  });

  test('forgets what it has not heard of for long enough', async () => {
    await emit({ Latency: [100, 3000] });
    await stack.evaluateAlarms();
    expect(alarm('latency')?.state).toBe('ALARM');
    await clock.advance(10 * minuteMs);
    expect(alarm('latency')?.state).toBe('OK');
  });

  test('stays quiet just below its threshold, and rings just above, with a percentile and with a rate', async () => {
    await emit({ Latency: [...Array.from({ length: 95 }, () => 1999), 9000, 9000], Bad: 1, All: 200 });
    await stack.evaluateAlarms();
    expect([alarm('latency')?.state, alarm('bad-rate')?.state]).toEqual(['OK', 'OK']);
    await emit({ Latency: [9000, 9000, 9000, 9000], Bad: 1 });
    await stack.evaluateAlarms();
    expect([alarm('latency')?.state, alarm('bad-rate')?.state]).toEqual(['ALARM', 'ALARM']);
  });

  test('on silence does not ring for the time before the start, nor for a clock that was turned past its rounds', async () => {
    await stack.evaluateAlarms();
    expect(alarm('blind')?.state).toBe('INSUFFICIENT_DATA');
    stack.playSchedules();
    await clock.advance(24 * 60 * minuteMs);
    expect(told('blind')).toEqual(['fixture-critical OK']);
    const rounds = { namespace: 'Fixture', name: 'Rounds', dimensions: { service: 'emitter' } };
    expect(stack.metricData(rounds)).toHaveLength(1);
    await clock.advance(3 * minuteMs, { stepMs: minuteMs });
    expect(stack.metricData(rounds)).toHaveLength(4);
  });

  test('on silence rings when nothing comes', async () => {
    await clock.advance(16 * minuteMs);
    expect(told('blind')).toEqual(['fixture-critical ALARM']);
    expect(alarm('blind')?.reason).toContain('2 missing datapoints were treated as [Breaching]');
  });
});

describe('what an operator switches off', () => {
  test('a schedule does not fire until it is switched on again', async () => {
    const rounds = { namespace: 'Fixture', name: 'Rounds', dimensions: { service: 'emitter' } };
    stack.playSchedules();
    stack.setSchedule('watch', false);
    await clock.advance(16 * minuteMs);
    expect(stack.metricData(rounds)).toEqual([]);
    expect(alarm('blind')?.state).toBe('ALARM');
    stack.setSchedule('watch', true);
    await clock.advance(2 * minuteMs);
    expect(stack.metricData(rounds)).toHaveLength(1);
    expect(alarm('blind')?.state).toBe('OK');
    expect(() => stack.setSchedule('none', true)).toThrow('There is no schedule none; there are watch');
  });

  test('the source of a function feeds it nothing, and everything once it is switched on again', async () => {
    const invocations = { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName: 'reader' } };
    await stack.setEventSources('reader', false);
    await clients.dynamodb.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: 'a' } } }));
    await stack.idle();
    expect(stack.metricData(invocations)).toEqual([]);
    await stack.setEventSources('reader', true);
    await stack.idle();
    expect(stack.metricData(invocations)).toMatchObject([{ sum: 1 }]);
  });
});

describe('an alarm on what AWS measures', () => {
  test('hears of failing functions, and the composite alarm over it tells its topic once', async () => {
    await stack.evaluateAlarms();
    await stack.invoke('emitter', { fail: 'on purpose' });
    await stack.evaluateAlarms();
    await stack.evaluateAlarms();
    expect(alarm('failures')).toMatchObject({ state: 'ALARM', topics: [] });
    expect(told('failing')).toEqual(['fixture-critical OK', 'fixture-critical ALARM']);
    expect(alarm('failing')?.reason).toBe('Alarm Rule evaluated to ALARM: fixture-failures in ALARM');
  });

  test('hears of an old message, and not of one sent after the clock was turned', async () => {
    await clock.advance(60 * minuteMs);
    await clients.sqs.send(new SendMessageCommand({ QueueUrl: await queueUrl('waiting'), MessageBody: 'x' }));
    await clock.advance(4 * minuteMs);
    expect(alarm('old-message')?.state).toBe('OK');
    await clock.advance(4 * minuteMs);
    expect(alarm('old-message')?.state).toBe('ALARM');
    expect(told('failing').at(-1)).toBe('fixture-critical ALARM');
  });

  test('does not see a message that was handed out over and over, as SQS does not tell the age of one', async () => {
    const QueueUrl = await queueUrl('waiting');
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
    for (let receive = 0; receive < 4; receive += 1) {
      await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
    }
    await clock.advance(10 * minuteMs);
    expect(alarm('old-message')?.state).toBe('OK');
  });

  test('hears of a table that throttles, by fault injection', async () => {
    intercept = ({ service }) =>
      service === 'dynamodb'
        ? { status: 400, type: 'ProvisionedThroughputExceededException', message: 'Slow down' }
        : undefined;
    const put = new PutItemCommand({ TableName: 'things', Item: { id: { S: 'a' } } });
    await expect(clients.dynamodb.send(put)).rejects.toThrow('Slow down');
    await stack.evaluateAlarms();
    expect(told('throttles')).toEqual(['fixture-warning ALARM']);
    expect(alarm('throttles')?.reason).toContain('[1.0 (');
    await clock.advance(5 * minuteMs);
    expect(told('throttles').at(-1)).toBe('fixture-warning OK');
  });

  test('hears of errors of an HTTP API', async () => {
    expect((await fetch(`${stack.apiUrl}/things`)).status).toBe(201);
    await stack.evaluateAlarms();
    expect(alarm('server-errors')?.state).toBe('OK');
    expect((await fetch(`${stack.apiUrl}/crash`)).status).toBe(500);
    await stack.evaluateAlarms();
    expect(alarm('server-errors')?.state).toBe('ALARM');
    const [api] = stack.resources('AWS::ApiGatewayV2::Api');
    const dimensions = { ApiId: api?.physicalId ?? '' };
    const [latency] = stack.metricData({ namespace: 'AWS/ApiGateway', name: 'Latency', dimensions });
    expect(latency?.sampleCount).toBe(2);
  });

  test('hears of calls that Lambda turns away, by fault injection, and of how much runs at once', async () => {
    const throttles = (FunctionName: string) =>
      stack.metricData({ namespace: 'AWS/Lambda', name: 'Throttles', dimensions: { FunctionName } })[0]?.sum;
    await Promise.all([stack.invoke('emitter', {}), stack.invoke('emitter', {})]);
    expect(throttles('emitter')).toBe(0);
    intercept = ({ service }) =>
      service === 'lambda' ? { status: 429, type: 'TooManyRequestsException', message: 'Rate exceeded' } : undefined;
    await stack.fireSchedule('watch');
    expect(throttles('emitter')).toBe(1);
    const whole = { namespace: 'AWS/Lambda', dimensions: {} };
    expect(stack.metricData({ ...whole, name: 'Throttles' })[0]?.sum).toBe(1);
    expect(stack.metricData({ ...whole, name: 'ConcurrentExecutions' })[0]?.maximum).toBeGreaterThanOrEqual(1);
    expect(stack.metricData({ ...whole, name: 'ClaimedAccountConcurrency' })[0]?.maximum).toBeGreaterThanOrEqual(1);
  });

  test('hears how far the reader of a stream is behind', async () => {
    const age = { namespace: 'AWS/Lambda', name: 'IteratorAge', dimensions: { FunctionName: 'reader' } };
    await clock.advance(30 * minuteMs);
    await clients.dynamodb.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: 'a' } } }));
    await stack.idle();
    expect(stack.metricData(age)[0]?.maximum).toBeLessThan(minuteMs);
    await stack.setEventSources('reader', false);
    await clients.dynamodb.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: 'b' } } }));
    await clock.advance(30 * minuteMs);
    await stack.setEventSources('reader', true);
    await stack.idle();
    expect(stack.metricData(age).at(-1)?.maximum).toBeGreaterThanOrEqual(30 * minuteMs);
  });
});

describe('the CloudWatch API', () => {
  test('answers metric data, the newest first, on what functions and PutMetricData recorded', async () => {
    await emit({ Bad: [1, 2] });
    const Dimensions = [{ Name: 'service', Value: 'emitter' }];
    const now = Date.now();
    const all = (Value: number, minutesAgo: number) => ({
      MetricName: 'All',
      Dimensions,
      Value,
      Timestamp: new Date(now - minutesAgo * minuteMs),
    });
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Fixture', MetricData: [all(10, 0), all(40, 2)] }));
    await stack.evaluateAlarms();
    const stat = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Fixture', MetricName, Dimensions }, Period: 60, Stat: 'Sum' },
    });
    const { MetricDataResults = [] } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - 5 * minuteMs),
        EndTime: new Date(now + minuteMs),
        MetricDataQueries: [stat('bad', 'Bad'), stat('all', 'All')],
      }),
    );
    expect(MetricDataResults.map(({ Id, Values }) => [Id, Values])).toEqual([
      ['bad', [3]],
      ['all', [10, 40]],
    ]);
    expect(MetricDataResults[0]?.Timestamps?.[0]).toBeInstanceOf(Date);
  });

  test('refuses what it does not know by its name', async () => {
    const request = new GetMetricDataCommand({
      StartTime: new Date(0),
      EndTime: new Date(minuteMs),
      MetricDataQueries: [{ Id: 'e', Expression: 'SEARCH("x", "Sum")' }],
    });
    await expect(cloudwatch.send(request)).rejects.toThrow('Expression');
    await expect(cloudwatch.send(new ListMetricsCommand({}))).rejects.toThrow(
      'CloudWatch does not support ListMetrics',
    );
  });

  test('describes alarms of both kinds, by prefix', async () => {
    await stack.invoke('emitter', { fail: 'on purpose' });
    await stack.evaluateAlarms();
    const { MetricAlarms, CompositeAlarms } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: 'fixture-fail', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    expect(MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['fixture-failures']);
    expect(CompositeAlarms).toMatchObject([{ AlarmName: 'fixture-failing', StateValue: 'ALARM' }]);
    expect(MetricAlarms?.[0]?.StateUpdatedTimestamp).toBeInstanceOf(Date);
  });
});

test('routes to people are listed, and nobody is sent anything', () => {
  expect(stack.resources('AWS::SNS::Subscription')).toHaveLength(2);
  expect(stack.resources('AWS::Chatbot::SlackChannelConfiguration')).toHaveLength(1);
});

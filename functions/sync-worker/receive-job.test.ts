import { SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { AwsError } from '../../infra/local/aws-error.ts';
import type { Standing } from '../../shared/account/standing.ts';
import { maxFailures, maxReceiveCount } from '../../shared/dead-letters/receive-counts.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { readFailure } from '../../shared/store/message-failures.ts';
import { newRun, readRun, saveRun } from '../../shared/store/runs.ts';
import { readSyncState, updateSyncState } from '../../shared/store/sync-state.ts';
import type { SyncJob } from '../../shared/sync/job.ts';
import { syncSettingsSchema } from '../../shared/sync/settings.ts';
import { awsStub, type SeenRequest } from '../../test/aws-stub.ts';
import { lambdaContext, sqsRecord } from '../../test/lambda-invocation.ts';
import { emptyTables } from '../../test/local-tables.ts';
import type { WorkerDependencies } from './process-job.ts';
import { receiveJob } from './receive-job.ts';

const tables = emptyTables();
let requests: SeenRequest[];
const sentAttributes = z.object({ failedMessageId: z.object({ StringValue: z.string() }) });
const account = 'acme';

beforeEach(() => {
  requests = [];
});

const now = new Date('2026-01-01T02:00:00Z');
const sqs = new SQSClient({
  ...awsStub((request) => {
    requests.push(request);
    return { MessageId: 'm' };
  }),
  md5: false,
});
const dependencies = (): WorkerDependencies => ({
  sqs,
  queueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/jobs.fifo',
  deadLetterQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/jobs-dlq.fifo',
  records: tables.records,
  state: tables.state,
  settings: syncSettingsSchema.parse({}),
  standing: async () => standing,
  readAccount: () => Promise.reject(new Error('the vault is on fire')),
  now: () => now,
});
/** How the account stands; tests change it. */
let standing: Standing = 'active';
const job = (): SyncJob => ({
  account,
  resource: 'leases',
  mode: 'full',
  runId: 'run-1',
  scheduledAt: '2026-01-01T02:00:00.000Z',
  correlationId: 'c-1',
  activeOnly: false,
});
const receive = (body: unknown, receives = 1) =>
  receiveJob(sqsRecord(body, { messageId: 'm-1', receives, group: 'acme#leases' }), lambdaContext, dependencies());
const hiddenFor = () =>
  requests
    .filter(({ operation }) => operation === 'ChangeMessageVisibility')
    .map(({ body }) => Number(body.VisibilityTimeout));
const deadLetters = () =>
  requests
    .filter(({ operation }) => operation === 'SendMessage')
    .map(({ body }) => ({
      body: body.MessageBody,
      group: body.MessageGroupId,
      deduplicationId: body.MessageDeduplicationId,
      failedId: sentAttributes.parse(body.MessageAttributes).failedMessageId.StringValue,
    }));
const collection = () => ({ account, resource: 'leases' });

it.each(['paused', 'gone'] as const)(
  'drops the job of an account that is %s, early or not, and writes nothing',
  async (is) => {
    standing = is;
    try {
      expect(await receive(job())).toBe(true);
      expect(await receive({ ...job(), notBefore: '2026-01-03T02:00:00.000Z' })).toBe(true);
    } finally {
      standing = 'active';
    }
    expect(requests).toEqual([]);
    expect(await readRun(tables.state, collection(), 'run-1')).toBeUndefined();
  },
);

it('puts a job back, and counts no failure, while it cannot be read how its account stands', async () => {
  const unreadable = { ...dependencies(), standing: () => Promise.reject(new Error('no table')) };
  const message = sqsRecord(job(), { messageId: 'm-1', receives: 9 });
  expect(await receiveJob(message, lambdaContext, unreadable)).toBe(false);
  expect(hiddenFor()).toEqual([30]);
  expect(requests.map(({ operation }) => operation)).toEqual(['ChangeMessageVisibility']);
});

it('puts a message that is early back until it is due, and does nothing else', async () => {
  expect(await receive({ ...job(), notBefore: '2026-01-01T02:00:30.500Z' })).toBe(false);
  expect(hiddenFor()).toEqual([31]);
  expect(await readRun(tables.state, collection(), 'run-1')).toBeUndefined();
  expect(await receive({ ...job(), notBefore: '2026-01-03T02:00:00.000Z' })).toBe(false);
  expect(hiddenFor()[1]).toBe(42_000);
});

it('lets a job that failed unforeseen come back after a growing wait, and makes it a dead letter the fifth time', async () => {
  for (const [receives, least, most] of [
    [1, 15, 30],
    [2, 30, 60],
    [3, 60, 120],
    [4, 120, 240],
  ] as const) {
    requests = [];
    expect(await receive(job(), receives)).toBe(false);
    expect(hiddenFor()[0]).toBeGreaterThanOrEqual(least);
    expect(hiddenFor()[0]).toBeLessThanOrEqual(most);
    expect((await readRun(tables.state, collection(), 'run-1'))?.status).toBe('running');
  }
  requests = [];
  expect(await receive(job(), maxFailures)).toBe(true);
  expect(hiddenFor()).toEqual([]);
  expect(deadLetters()).toEqual([
    { body: JSON.stringify(job()), group: 'acme#leases', deduplicationId: 'm-1', failedId: 'm-1' },
  ]);
  const run = await readRun(tables.state, collection(), 'run-1');
  expect(run?.status).toBe('failed');
  expect(JSON.stringify(run?.error)).not.toContain('fire');
  expect(await readFailure(tables.state, 'm-1')).toMatchObject({ code: 'INTERNAL', failures: 5 });
});

it('takes no receive for a failure: neither a throttled one, nor one that was early', async () => {
  for (let receives = 1; receives < maxReceiveCount; receives++)
    await receive({ ...job(), notBefore: '2026-01-01T02:00:30.500Z' }, receives);
  expect(await readFailure(tables.state, 'm-1')).toBeUndefined();
  // Nineteen times it was received in vain.
  expect(await receive(job(), maxReceiveCount - 1)).toBe(false);
  expect(await readFailure(tables.state, 'm-1')).toMatchObject({ failures: 1 });
  expect(deadLetters()).toEqual([]);
});

it('makes a job that kills the worker each time a dead letter, unread, after at most six deaths', async () => {
  const dying = { ...dependencies(), readAccount: () => new Promise<never>(() => {}) };
  for (let receives = 1; receives <= 6; receives++) {
    requests = [];
    void receiveJob(sqsRecord(job(), { messageId: 'm-1', receives }), lambdaContext, dying);
    // Counted before it is worked on; the first receive costs nothing.
    const counted = () => readFailure(tables.state, 'm-1').then((failure) => (failure?.failures ?? 0) === receives - 1);
    await vi.waitUntil(counted, { timeout: 30_000 });
  }
  expect(deadLetters()).toEqual([]);
  const never = { ...dependencies(), readAccount: vi.fn() };
  expect(await receiveJob(sqsRecord(job(), { messageId: 'm-1', receives: 7 }), lambdaContext, never)).toBe(true);
  expect(never.readAccount).not.toHaveBeenCalled();
  expect(deadLetters()).toMatchObject([{ failedId: 'm-1' }]);
  expect(await readRun(tables.state, collection(), 'run-1')).toMatchObject({
    status: 'failed',
    error: { code: 'UNKNOWN' },
  });
});

it('gives a message back whose dead-letter queue does not take it', async () => {
  const refusing = new SQSClient({
    ...awsStub((request) => {
      requests.push(request);
      if (request.operation === 'SendMessage') throw new AwsError('ServiceUnavailable', 'no', 503);
      return {};
    }),
    md5: false,
    maxAttempts: 1,
  });
  for (let receives = 1; receives <= maxFailures; receives++) {
    requests = [];
    const record = sqsRecord(job(), { messageId: 'm-1', receives });
    expect(await receiveJob(record, lambdaContext, { ...dependencies(), sqs: refusing })).toBe(false);
    expect(hiddenFor()).toHaveLength(1);
  }
});

it('refuses what is no job', async () => {
  for (const body of ['no json', '{}', JSON.stringify({ ...job(), resource: 'pets' })]) {
    expect(await receive(body)).toBe(false);
    expect(await readFailure(tables.state, 'm-1')).toMatchObject({ code: 'CONFIGURATION' });
  }
});

it('has nothing left to do when a finished run’s message comes again', async () => {
  const run = newRun({ runId: 'run-1', mode: 'full', activeOnly: false, pageSize: 250, correlationId: 'c-1' }, now);
  await saveRun(tables.state, collection(), { ...run, status: 'succeeded' }, now);
  expect(await receive(job())).toBe(true);
  expect(requests).toEqual([]);
});

it('does not take a finished run for an interrupted one when its worker crashed before it could say so', async () => {
  const run = newRun({ runId: 'run-0', mode: 'full', activeOnly: false, pageSize: 250, correlationId: 'c-1' }, now);
  await saveRun(tables.state, collection(), { ...run, status: 'succeeded' }, now);
  await updateSyncState(tables.state, collection(), { activeRunId: 'run-0' });
  expect(await receive(job())).toBe(false);
  expect((await readSyncState(tables.state, collection())).activeRunId).toBe('run-1');
  expect((await readRun(tables.state, collection(), 'run-0'))?.status).toBe('succeeded');
});

it('looks for what changed even though a full run cannot be finished', async () => {
  const full = newRun({ runId: 'full-1', mode: 'full', activeOnly: false, pageSize: 250, correlationId: 'c-1' }, now);
  const error = { code: 'UNAVAILABLE', message: 'down' };
  await saveRun(tables.state, collection(), { ...full, status: 'failed', error }, now);
  await updateSyncState(tables.state, collection(), {
    activeRunId: 'full-1',
    fullStartedAt: '2026-01-01T00:00:00.000Z',
    cursor: '2026-01-01T00:00:00.000Z',
  });
  const misconfigured = { ...dependencies(), readAccount: () => Promise.reject(new ConfigurationError('no secret')) };
  const incremental = { ...job(), mode: 'incremental' };
  await receiveJob(sqsRecord(incremental), lambdaContext, misconfigured);
  const own = await readRun(tables.state, collection(), 'run-1');
  expect(own).toMatchObject({ mode: 'incremental', status: 'failed' });
  expect(own?.coveredBy).toBeUndefined();
  expect((await readSyncState(tables.state, collection())).activeRunId).toBe('full-1');
});

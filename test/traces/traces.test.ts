import { expect, inject, it } from 'vitest';
import * as z from 'zod';
import { functionNamed, readFunctions } from '../bench/assembly.ts';
import { type Lab, startLab } from '../bench/lab.ts';
import { startProcess } from '../bench/processes/remote.ts';
import { until } from '../integration/eventually.ts';
import { type Segment, segmentOf, startDaemon } from './daemon.ts';

const traceId = '1-65f0c0de-0123456789abcdef01234567';
/** Lambda's own segment, which the service itself tells. */
const lambdaSegment = '00aa11bb22cc33dd';
const traceHeader = `Root=${traceId};Parent=${lambdaSegment};Sampled=1`;

const namesOf = (segments: readonly Segment[]) => [...new Set(segments.map(({ name }) => name))].sort();

/** The next message of the sync-jobs queue, as Lambda hands it to a function. */
async function nextJob(lab: Lab, queueUrl: string): Promise<{ record: object; body: string }> {
  const response = await fetch(lab.access.endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${lab.access.accessKeyId}/`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.ReceiveMessage',
    },
    body: JSON.stringify({ QueueUrl: queueUrl, MessageSystemAttributeNames: ['All'] }),
  });
  const messages = z.array(
    z.object({
      MessageId: z.string(),
      ReceiptHandle: z.string(),
      Body: z.string(),
      Attributes: z.record(z.string(), z.string()),
    }),
  );
  const [message] = z.object({ Messages: messages }).parse(await response.json()).Messages;
  if (message === undefined) throw new Error('No job is queued.');
  const { MessageId: messageId, ReceiptHandle: receiptHandle, Body: body, Attributes: attributes } = message;
  return {
    body,
    record: { messageId, receiptHandle, body, attributes, messageAttributes: {}, eventSource: 'aws:sqs' },
  };
}

/** A company and a local AWS, functions as Lambda would start them, and what they tell the daemon. */
async function startTraced() {
  const daemon = await startDaemon();
  const lab = await startLab({ assemblyDir: inject('assemblyDir'), latencyMs: 0, counts: { leases: 30 } });
  const functions = readFunctions(inject('assemblyDir'), lab.access);
  return {
    lab,
    jobsQueue: functionNamed(functions, 'sync-worker').environment.SYNC_JOBS_QUEUE_URL ?? '',
    told: () => daemon.texts.join('\n'),
    async invoke(name: string, event: object): Promise<Segment[]> {
      const { module, environment } = functionNamed(functions, name);
      const started = startProcess(new URL('function-process.ts', import.meta.url).href, {
        environment: {
          ...environment,
          PATH: process.env.PATH ?? '',
          AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
          AWS_XRAY_DAEMON_ADDRESS: daemon.address,
        },
        silent: true,
      });
      const before = daemon.texts.length;
      await started.call('invoke', { module, traceHeader, event }, z.unknown());
      const own = () => daemon.texts.slice(before).map(segmentOf);
      // The handler's own segment is the last that is told.
      await until(`the segments of ${name}`, () => own().some((segment) => segment.name.startsWith('## ')));
      await started.stop();
      return own();
    },
    async [Symbol.asyncDispose]() {
      await lab[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose]();
    },
  };
}

it('a sync is one trace from its tick to each call of Rentvine, with nothing for each item of a table and nobody’s data in it', async () => {
  await using stack = await startTraced();
  const { lab, invoke, told } = stack;
  const scheduledAt = '2026-01-01T00:00:00Z';
  const planned = await invoke('sync-planner', { resource: 'leases', mode: 'full', scheduledAt, correlationId: 'c' });
  expect(namesOf(planned)).toEqual(['## index.handler', 'SQS', 'SecretsManager']);
  const job = await nextJob(lab, stack.jobsQueue);
  const worked = await invoke('sync-worker', { Records: [job.record] });
  expect(namesOf(worked)).toEqual(['## index.handler', 'Rentvine', 'SecretsManager']);

  const all = [...planned, ...worked];
  expect(new Set(all.map((segment) => segment.trace_id))).toEqual(new Set([traceId]));
  for (const segments of [planned, worked]) {
    const handlers = segments.filter(({ name }) => name === '## index.handler');
    expect(handlers).toMatchObject([{ parent_id: lambdaSegment, annotations: { resource: 'leases' } }]);
    const own = handlers[0]?.id;
    // What the function does is below its own segment, whatever else runs beside it.
    expect(segments.filter(({ id }) => id !== own).every(({ parent_id }) => parent_id === own)).toBe(true);
  }
  expect(worked.find(({ name }) => name.startsWith('## '))?.annotations).toMatchObject({ account: lab.company.name });

  const calls = worked.filter(({ name }) => name === 'Rentvine');
  expect(calls.length).toBe((await lab.asked()).lists);
  for (const call of calls) {
    expect(call).toMatchObject({
      namespace: 'remote',
      annotations: { account: lab.company.name, resource: 'leases' },
      metadata: { default: { status: 200 } },
    });
    expect(call.in_progress).toBeUndefined();
  }

  const { accessKey, secret, baseUrl } = lab.company;
  for (const marker of [accessKey, secret, Buffer.from(`${accessKey}:${secret}`).toString('base64'), baseUrl]) {
    expect(told()).not.toContain(marker);
  }
  expect(told()).not.toMatch(/pageSize|leases\/export|birth|taxPayer|@/i);
}, 120_000);

it('each object of a batch of webhooks is a part of the trace of its own, with its read and its write below it', async () => {
  await using stack = await startTraced();
  const hint = (objectId: string) => ({
    account: stack.lab.company.name,
    eventType: 'leaseUpdated',
    objectId,
    ids: {},
    correlationId: `c-${objectId}`,
    receivedAt: new Date().toISOString(),
  });
  const record = (objectId: string) => ({
    messageId: objectId,
    receiptHandle: objectId,
    body: JSON.stringify(hint(objectId)),
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: {},
    eventSource: 'aws:sqs',
  });
  const segments = await stack.invoke('webhook-processor', { Records: ['5', '6', '7'].map(record) });
  const objects = segments.filter(({ name }) => name === 'refresh');
  const annotations = { account: stack.lab.company.name, resource: 'leases' };
  expect(objects).toMatchObject([{ annotations }, { annotations }, { annotations }]);
  for (const { id } of objects) {
    const below = segments.filter(({ parent_id }) => parent_id === id);
    expect(namesOf(below)).toEqual(['Rentvine', 'store']);
    expect(below.filter(({ name }) => name === 'Rentvine')).toMatchObject([{ annotations }]);
  }
  expect(stack.told()).not.toContain(stack.lab.company.secret);
}, 120_000);

import { createServer } from 'node:http';
import { afterAll, describe, expect } from 'vitest';
import * as z from 'zod';
import { listen, portOf } from '../../infra/local/http-server.ts';
import { fieldKnowledge } from '../../shared/store/field-knowledge.ts';
import { storeOne } from '../../shared/sync/store-answers.ts';
import { onStack } from '../fixtures.ts';
import type { Company } from './company.ts';
import { isFor } from './crash.ts';
import { asTimePasses, until } from './eventually.ts';
import { expectedData, expectMirror, expectToldEverything } from './mirror.ts';

const it = onStack();

const throttled = { status: 400, type: 'ProvisionedThroughputExceededException', message: 'Slow down.' };

/** Something to do for every later full sync: change, delete, create. */
function change({ world }: Company): void {
  const [updated = 0, ...gone] = world.ids('vendors').slice(0, 4);
  world.update('vendors', updated, { phone: '(212) 555-0123' });
  for (const id of gone) world.delete('vendors', id);
  world.create('vendors', { name: 'New', isActive: true });
}

/** Stores what a webhook's read would. */
async function storeSingleRead(
  { harness, collection }: Company,
  answer: Parameters<typeof storeOne>[1],
): Promise<void> {
  const now = () => harness.clock.now();
  const vendors = collection('vendors');
  const fields = fieldKnowledge(harness.state, vendors, now);
  await storeOne({ records: harness.records, collection: vendors, fields, now, correlationId: 'a-webhook' }, answer);
}

async function expectBothSyncsWhole(company: Company): Promise<void> {
  expect((await company.sync('vendors', 'full')).status).toBe('succeeded');
  await expectMirror(company, 'vendors');
  change(company);
  const later = await company.sync('vendors', 'full');
  expect(later).toMatchObject({ status: 'succeeded', counts: { deleted: 3 } });
  await expectMirror(company, 'vendors');
  await expectToldEverything(company, 'vendors');
}

describe('Promises 1, 3 and 5 when AWS has a bad day', () => {
  it.concurrent('every sixth request to DynamoDB throttled costs time and no row', async ({
    harness,
    company,
    expect,
  }) => {
    let count = 0;
    const stop = harness.intercept((request) => {
      if (request.service !== 'dynamodb' || !isFor(company, request)) return undefined;
      count += 1;
      return count % 6 === 0 ? throttled : undefined;
    });
    await expectBothSyncsWhole(company);
    stop();
    expect(count).toBeGreaterThan(50);
  });

  it.concurrent('DynamoDB refusing everything for a while fails the job, which comes back and goes on', async ({
    harness,
    expect,
  }) => {
    const company = await harness.company({ counts: { vendors: 20 } });
    let isRefusing = false;
    const stop = harness.intercept((request) => {
      if (request.service !== 'dynamodb' || !isFor(company, request)) return undefined;
      if (request.operation === 'BatchExecuteStatement') isRefusing = true;
      return isRefusing ? throttled : undefined;
    });
    let isDeliveredAgain = false;
    const stopWatching = harness.onWorker((invocation) => {
      if (invocation.job.account === company.account) isDeliveredAgain = isRefusing;
    });
    const runId = await company.request('vendors', 'full');
    await until(
      'the next delivery, for the first has given up',
      asTimePasses(harness.clock, () => isDeliveredAgain),
    );
    stopWatching();
    stop();
    expect((await company.finished('vendors', runId)).status).toBe('succeeded');
    await expectMirror(company, 'vendors');
    expect(harness.deadLetters()).toBe(0);
  });

  it.concurrent('a gate that others keep changing under its callers still lets each of them in once', async ({
    harness,
    company,
    expect,
  }) => {
    let count = 0;
    const stop = harness.intercept((request) => {
      const isGate =
        request.operation === 'UpdateItem' && JSON.stringify(request.body).includes(`account#${company.account}"`);
      if (!isGate || typeof request.body.ConditionExpression !== 'string') return undefined;
      count += 1;
      return count % 2 === 1
        ? { status: 400, type: 'ConditionalCheckFailedException', message: 'The conditional request failed' }
        : undefined;
    });
    await expectBothSyncsWhole(company);
    stop();
    expect(count).toBeGreaterThan(4);
  });

  it.concurrent('a record that was read anew while a page was on its way keeps the newer state', async ({
    harness,
    company,
    expect,
  }) => {
    await company.sync('vendors', 'full');
    const [id = 0] = company.world.ids('vendors');
    company.world.update('vendors', id, { name: 'Older' });
    let newer: unknown;
    const stop = harness.intercept(async ({ operation, body }) => {
      const isWrite = operation === 'PutItem' && body.TableName === harness.records.name;
      if (!isWrite || newer !== undefined || !JSON.stringify(body).includes('Older')) return undefined;
      company.world.update('vendors', id, { name: 'Newer' });
      newer = expectedData(company, 'vendors', id);
      const data = z.record(z.string(), z.unknown()).parse(newer);
      const now = harness.clock.now();
      await storeSingleRead(company, { id: String(id), data, requestedAt: now, answeredAt: now });
      return undefined;
    });
    expect((await company.sync('vendors', 'full')).status).toBe('succeeded');
    stop();
    expect(newer).toBeDefined();
    expect(await company.record('vendors', id)).toMatchObject({ revision: 2, data: { name: 'Newer' } });
    await expectMirror(company, 'vendors');
    await expectToldEverything(company, 'vendors');
  });

  it.concurrent('a record that was read anew after Rentvine said it was gone is not marked deleted', async ({
    harness,
    company,
    expect,
  }) => {
    await company.sync('vendors', 'full');
    const [id = 0] = company.world.ids('vendors');
    const data = z.record(z.string(), z.unknown()).parse(expectedData(company, 'vendors', id));
    company.world.delete('vendors', id);
    let isBack = false;
    const stop = harness.intercept(async ({ operation, body }) => {
      const isTombstone = operation === 'UpdateItem' && JSON.stringify(body).includes('SET deletedAt');
      if (!isTombstone || isBack || !JSON.stringify(body).includes(company.account)) return undefined;
      isBack = true;
      const now = harness.clock.now();
      const back = { id: String(id), data: { ...data, name: 'Back' }, requestedAt: now, answeredAt: now };
      await storeSingleRead(company, back);
      return undefined;
    });
    expect(await company.sync('vendors', 'full')).toMatchObject({ status: 'succeeded', counts: { deleted: 0 } });
    stop();
    expect(isBack).toBe(true);
    expect(await company.record('vendors', id)).toMatchObject({ revision: 2, data: { name: 'Back' } });
    expect((await company.record('vendors', id)).deletedAt).toBeUndefined();
  });

  it.concurrent('an event bus that refuses for a while gets every change in the end, in the order of its revisions', async ({
    harness,
    company,
    expect,
  }) => {
    let refused = 0;
    const stop = harness.intercept(({ service }) => {
      if (service !== 'events' || refused >= 6) return undefined;
      refused += 1;
      return { status: 500, type: 'InternalException', message: 'Try again.' };
    });
    expect((await company.sync('vendors', 'full')).status).toBe('succeeded');
    change(company);
    await company.sync('vendors', 'full');
    await expectToldEverything(company, 'vendors');
    stop();
    expect(refused).toBe(6);
    const firstTold = new Map<string, number[]>();
    for (const { id, revision } of company.events('vendors')) {
      const revisions = firstTold.get(id) ?? [];
      if (!revisions.includes(revision)) firstTold.set(id, [...revisions, revision]);
    }
    for (const [id, revisions] of firstTold) expect(revisions, id).toEqual([...revisions].sort((a, b) => a - b));
    expect(harness.deadLetters()).toBe(0);
  });

  it.concurrent('a planner that the queue refuses fails its tick, and the same tick again makes the same run', async ({
    harness,
    company,
    expect,
  }) => {
    const stop = harness.intercept((request) =>
      request.service === 'sqs' && request.operation === 'SendMessage' && isFor(company, request)
        ? { status: 503, type: 'ServiceUnavailable', message: 'Try again.' }
        : undefined,
    );
    const scheduledAt = new Date();
    await expect(company.request('vendors', 'full', { scheduledAt })).rejects.toThrow();
    stop();
    const runId = await company.request('vendors', 'full', { scheduledAt });
    expect(await company.request('vendors', 'full', { scheduledAt })).toBe(runId);
    expect((await company.finished('vendors', runId)).status).toBe('succeeded');
    await expectMirror(company, 'vendors');
  });
});

const batchRequest = z.looseObject({ RequestItems: z.record(z.string(), z.unknown()) });
const keysOf = z.looseObject({ Keys: z.array(z.unknown()) });

/** Stands before DynamoDB and leaves half of every batch of more than three unprocessed, as it does under load. */
async function startHalvingProxy() {
  let halved = 0;
  let target = '';
  const server = createServer((request, response) => {
    const forward = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const { sent, left } = halve(operation, text);
      if (left !== undefined) halved += 1;
      const answer = await fetch(target, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': String(request.headers['x-amz-target']),
          authorization: String(request.headers.authorization),
        },
        body: sent,
      });
      const body =
        left === undefined
          ? await answer.text()
          : JSON.stringify({ ...z.looseObject({}).parse(await answer.json()), ...left });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
    };
    forward().catch(() => response.destroy());
  });
  await listen(server, 0);
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    halved: () => halved,
    forwardTo(endpoint: string) {
      target = endpoint;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function halve(operation: string, text: string): { sent: string; left?: Readonly<Record<string, unknown>> } {
  if (operation !== 'BatchGetItem' && operation !== 'BatchWriteItem') return { sent: text };
  const body = batchRequest.parse(JSON.parse(text));
  const [[table, items] = ['', undefined]] = Object.entries(body.RequestItems);
  const get = keysOf.safeParse(items);
  const all = get.success ? get.data.Keys : z.array(z.unknown()).parse(items);
  if (all.length <= 3) return { sent: text };
  const middle = Math.ceil(all.length / 2);
  const as = (part: unknown[]) => ({ [table]: get.success ? { ...get.data, Keys: part } : part });
  return {
    sent: JSON.stringify({ ...body, RequestItems: as(all.slice(0, middle)) }),
    left: { [get.success ? 'UnprocessedKeys' : 'UnprocessedItems']: as(all.slice(middle)) },
  };
}

const proxy = await startHalvingProxy();
const itBehindProxy = onStack({ environment: { AWS_ENDPOINT_URL_DYNAMODB: proxy.url } });

describe('Promise 1, complete: items that DynamoDB leaves unprocessed', () => {
  afterAll(() => proxy.close());

  itBehindProxy(
    'are asked for again: unchanged records are not written, and progress is cleared',
    async ({ harness, expect }) => {
      proxy.forwardTo(harness.stack.endpoint);
      const company = await harness.company({ counts: { vendors: 60 } });
      await expectBothSyncsWhole(company);
      const writes: string[] = [];
      const stop = harness.intercept(({ operation, body }) => {
        const isOfRecords = operation === 'BatchExecuteStatement' || body.TableName === harness.records.name;
        if (/Put|Update|Execute/.test(operation) && isOfRecords) writes.push(operation);
        return undefined;
      });
      expect((await company.sync('vendors', 'full')).counts).toMatchObject({ updated: 0, created: 0 });
      stop();
      expect(writes).toEqual([]);
      expect(proxy.halved()).toBeGreaterThan(5);
      await until('the end of all work', () => harness.stack.idle().then(() => true));
    },
  );
});

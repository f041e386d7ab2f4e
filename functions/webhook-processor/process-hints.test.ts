import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Account, parseAccountSecret } from '../../shared/account/secret.ts';
import type { Standing } from '../../shared/account/standing.ts';
import {
  AuthenticationError,
  BreakerOpenError,
  ContractError,
  NotFoundError,
  RateLimitedError,
  UnavailableError,
} from '../../shared/errors.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import type { ListPage, OneAnswer, RentvineClient } from '../../shared/rentvine/client.ts';
import type { Resource } from '../../shared/rentvine/resource.ts';
import { defaultRetryPolicy, withRetries } from '../../shared/rentvine/retry.ts';
import { rowReaders } from '../../shared/rentvine/row-readers.ts';
import { tryOneBy } from '../../shared/rentvine/testing/try-one.ts';
import { sharedGate } from '../../shared/store/account-gate.ts';
import { fieldKnowledge } from '../../shared/store/field-knowledge.ts';
import { readFailure } from '../../shared/store/message-failures.ts';
import { quarantinedRows } from '../../shared/store/quarantine.ts';
import { readRecord } from '../../shared/store/records.ts';
import { syncSettingsSchema } from '../../shared/sync/settings.ts';
import { refusedReason, storePage } from '../../shared/sync/store-answers.ts';
import type { WebhookHint } from '../../shared/webhook/hint.ts';
import { awsStub, type SeenRequest } from '../../test/aws-stub.ts';
import { sqsRecord } from '../../test/lambda-invocation.ts';
import { emptyTables } from '../../test/local-tables.ts';
import { accountAccess } from './access-cache.ts';
import { planBatch } from './batch-plan.ts';
import { type ProcessorDependencies, processHints } from './process-hints.ts';
import { type RecentReads, recentReads } from './recent-reads.ts';
import { judge, retryAfterSeconds } from './retry-or-park.ts';

const now = new Date('2026-11-22T10:00:00Z');
const account: Account = parseAccountSecret(
  'acme',
  JSON.stringify({ auth: { scheme: 'basic', accessKey: 'access', secret: 'secret' } }),
);

const hint = (id: string, rest: Partial<WebhookHint> = {}): WebhookHint => ({
  account: 'acme',
  eventType: 'workOrder.updated',
  objectId: id,
  objectTypeId: '16',
  ids: {},
  correlationId: `c-${id}`,
  receivedAt: '2026-11-22T09:59:58.000Z',
  parked: 0,
  failures: 0,
  ...rest,
});

const message = (content: unknown, messageId?: string, receives = 1): SQSRecord =>
  sqsRecord(content, { ...(messageId !== undefined && { messageId }), receives });

const tables = emptyTables();
let sent: SeenRequest[];
let reads: string[];
let recent: RecentReads;
let page: (resource: Resource) => ListPage;
let read: (id: string) => OneAnswer | Promise<OneAnswer>;
let standing: Standing;
let tryOne: RentvineClient['tryOne'] | undefined;

beforeEach(async () => {
  sent = [];
  reads = [];
  recent = recentReads();
  page = () => ({ rows: [], rejected: [], ids: [], size: 0, requestedAt: now, answeredAt: now });
  tryOne = undefined;
  standing = 'active';
  read = (id) => ({
    id,
    data: { workOrderId: id, description: 'as Rentvine has it' },
    requestedAt: now,
    answeredAt: now,
  });
});

function dependencies(clock = () => now): ProcessorDependencies {
  const readOne: RentvineClient['readOne'] = async (resource, id) => {
    reads.push(`${resource.name} ${id}`);
    return read(id);
  };
  const client: RentvineClient = {
    readOne,
    tryOne: tryOne ?? tryOneBy(readOne),
    async listPage(resource) {
      return page(resource);
    },
  };
  const stub = awsStub((request) => {
    sent.push(request);
    return { MessageId: 'm' };
  });
  return {
    sqs: new SQSClient({ ...stub, md5: false }),
    queueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/webhook-events',
    deadLetterQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/webhook-events-dlq',
    records: tables.records,
    state: tables.state,
    settings: syncSettingsSchema.parse({}),
    access: async () =>
      accountAccess(account, client, {
        records: tables.records,
        state: tables.state,
        now: clock,
        readers: rowReaders(),
      }),
    recent,
    standing: async () => standing,
    now: clock,
    random: () => 0.5,
  };
}

const run = (...records: SQSRecord[]) => processHints(records, now.getTime() + 10_000, dependencies());
const stored = (id: string) => readRecord(tables.records, { account: 'acme', resource: 'workOrders' }, id);

it.each(['paused', 'gone'] as const)(
  'drops the hints of an account that is %s: nothing is read, written or put back',
  async (is) => {
    standing = is;
    const unknown = hint('6', { eventType: 'something.else', objectTypeId: '99' });
    expect(await run(message(hint('5'), 'm-1'), message(unknown, 'm-2'))).toEqual([]);
    expect([reads, sent, tables.requests]).toEqual([[], [], []]);
  },
);

describe('a batch of hints', () => {
  it('reads an object once however many hints name it, for all of them', async () => {
    expect(await run(message(hint('5')), message(hint('5')), message(hint('6')), message(hint('5')))).toEqual([]);
    expect(reads.sort()).toEqual(['workOrders 5', 'workOrders 6']);
    expect((await stored('5'))?.data).toEqual({ workOrderId: '5', description: 'as Rentvine has it' });
  });

  it('reads nothing where a read that was asked for after the hint came is stored', async () => {
    await run(message(hint('5')));
    recent = recentReads();
    await run(message(hint('5', { receivedAt: '2026-11-22T09:59:58.500Z' })));
    expect(reads).toHaveLength(1);
    await run(message(hint('5', { receivedAt: '2026-11-22T09:59:59.500Z' })));
    expect(reads).toHaveLength(2);
  });

  it('reads an object although a list that was read after the hint came is stored: a list does not show all of it', async () => {
    const rows = [{ id: '5', data: { workOrderId: '5' } }];
    const collection = { account: 'acme', resource: 'workOrders' };
    const fields = fieldKnowledge(tables.state, collection, () => now);
    const store = { records: tables.records, collection, fields, now: () => now, correlationId: 'a-sync' };
    await storePage(store, rows, { requestedAt: now, answeredAt: now });
    await run(message(hint('5', { receivedAt: '2026-11-22T09:59:58.500Z' })));
    expect(reads).toEqual(['workOrders 5']);
  });

  it('reads nothing either where such a read has changed nothing', async () => {
    await run(message(hint('5')));
    await run(message(hint('5', { receivedAt: '2026-11-22T09:59:59.500Z' })));
    expect(reads).toHaveLength(2);
    const before = tables.requests.length;
    await run(message(hint('5', { receivedAt: '2026-11-22T09:59:58.900Z' })));
    expect(reads).toHaveLength(2);
    expect(tables.requests.slice(before).map(({ operation }) => operation)).toEqual(['GetItem']);
  });

  it('fails only what failed, which says why and comes back soon', async () => {
    read = (id) => {
      if (id === '6') throw new ContractError('Rentvine answered one of workOrders that does not fit: no id');
      return { id, data: { workOrderId: id }, requestedAt: now, answeredAt: now };
    };
    expect(await run(message(hint('5')), message(hint('6'), 'm-6'), message('no hint', 'm-7'))).toEqual(['m-7', 'm-6']);
    expect(await stored('5')).toBeDefined();
    expect(await readFailure(tables.state, 'm-6')).toMatchObject({
      code: 'CONTRACT',
      message: expect.stringContaining('does not fit'),
      account: 'acme',
      resource: 'workOrders',
      correlationId: 'c-6',
    });
    expect(await readFailure(tables.state, 'm-7')).toMatchObject({ code: 'CONTRACT' });
    const visibility = sent.filter(({ operation }) => operation === 'ChangeMessageVisibility');
    expect(visibility.map(({ body }) => body.VisibilityTimeout)).toEqual([2, 2]);
  });

  it('never writes field values or unknown errors’ words down', async () => {
    read = () => {
      throw new TypeError('Jane Doe, 12 Elm Street');
    };
    await run(message(hint('5'), 'm-5'));
    const failure = await readFailure(tables.state, 'm-5');
    expect(failure).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('TypeError') });
    expect(JSON.stringify(failure)).not.toContain('Jane');
  });

  it('puts hints back for later, with the tries they had, while the account’s breaker is open', async () => {
    read = () => {
      throw new BreakerOpenError('not answering', 42_000);
    };
    expect(await run(message(hint('5', { parked: 3 }), 'm-5'))).toEqual([]);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ operation: 'SendMessage', body: { DelaySeconds: 45 } });
    expect(JSON.parse(String(sent[0]?.body.MessageBody))).toEqual({
      ...hint('5'),
      parked: 4,
      parkedSince: now.toISOString(),
    });
    expect(await readFailure(tables.state, 'm-5')).toBeUndefined();
  });

  it('tells how long hints waited in the queue, those aside that waited for something else', async () => {
    const recorded = vi.spyOn(metrics, 'record');
    await run(message(hint('5')), message(hint('6', { parked: 2 })), message(hint('7'), 'again', 2));
    const waits = recorded.mock.calls.filter(([name]) => name === 'WebhookQueueWait');
    expect(waits.map(([, waitedMs]) => waitedMs)).toEqual([2_000]);
    recorded.mockRestore();
  });

  it('counts a hint as failed for what is wrong with it, not for an outage, and for what never ends at its last try', async () => {
    const recorded = vi.spyOn(metrics, 'record');
    const count = () => recorded.mock.calls.filter(([name]) => name === 'WebhookHintsFailed').length;
    read = (id) => {
      throw id === '5' ? new ContractError('no') : new UnavailableError('down');
    };
    // The hints that are being read when an account goes down fail once; those after them are parked.
    expect(await run(message(hint('6'), 'first'), message(hint('7'), 'second'))).toHaveLength(2);
    expect(count()).toBe(0);
    await run(message(hint('5')));
    expect(count()).toBe(1);
    for (let receives = 1; receives < 5; receives++)
      expect(await run(message(hint('6'), 'last', receives))).toEqual(['last']);
    expect(count()).toBe(1);
    sent = [];
    expect(await run(message(hint('6'), 'last', 5))).toEqual([]);
    expect(count()).toBe(2);
    expect(sent.map(({ operation, body }) => [operation, body.MessageBody])).toEqual([
      ['SendMessage', JSON.stringify(hint('6'))],
    ]);
    recorded.mockRestore();
  });

  it('quarantines what cannot be stored, by its own read and in a list', async () => {
    const data = { description: 'x'.repeat(410_000) };
    const times = { requestedAt: now, answeredAt: now };
    const row = (id: string) => ({ id, data: { ...data, id } });
    read = (id) => ({ ...row(id), ...times });
    page = (resource) => ({
      rows: [row('9')],
      rejected: [],
      ids: ['9'],
      size: resource.name === 'units' ? 1 : 0,
      ...times,
    });
    const unit = hint('9', { eventType: 'unit.updated', objectTypeId: '7' });
    expect(await run(message(hint('5')), message(unit))).toEqual([]);
    for (const [resource, id] of [
      ['workOrders', '5'],
      ['units', '9'],
    ] as const) {
      expect(await quarantinedRows(tables.state, { account: 'acme', resource })).toMatchObject([
        { id, reason: refusedReason, runId: `webhook c-${id}` },
      ]);
    }
  });

  it.each([
    ['8', '8'],
    [undefined, undefined],
  ])(
    'is stored with who acted, and without where the next hint does not say; deleted by %s',
    async (deletedBy, told) => {
      const actors: (string | undefined)[] = [];
      for (const [index, userId] of ['9', '7', undefined, '9', deletedBy].entries()) {
        const at = new Date(now.getTime() + index * 60_000);
        read = (id) => {
          if (index === 4) throw new NotFoundError('gone', false);
          return { id, data: { workOrderId: id, description: `${index}` }, requestedAt: at, answeredAt: at };
        };
        const said = hint('5', { receivedAt: at.toISOString(), ...(userId !== undefined && { userId }) });
        await processHints(
          [message(said)],
          at.getTime() + 10_000,
          dependencies(() => at),
        );
        actors.push((await stored('5'))?.actor);
      }
      expect(actors).toEqual(['9', '7', undefined, '9', told]);
      expect((await stored('5'))?.deletedAt).toBeDefined();
    },
  );

  it('believes only Rentvine itself that an object is gone', async () => {
    await run(message(hint('5')));
    read = () => {
      throw new NotFoundError('by a page that is not the API', true);
    };
    const later = hint('5', { receivedAt: '2026-11-22T10:00:00.000Z' });
    expect(await run(message(later, 'm-8'))).toEqual(['m-8']);
    expect((await stored('5'))?.deletedAt).toBeUndefined();
  });
});

describe('what went wrong', () => {
  const up = { hint: hint('5'), failures: 0, wasUp: true, now };
  const down = { ...up, wasUp: false };
  const open = new BreakerOpenError('open', 5_000);
  const ownFault = new BreakerOpenError('answered 500; open', 5_000, true);

  it('counts as the hint’s own failure only when the account’s API answered before', () => {
    expect(judge(new UnavailableError('500'), up)).toMatchObject({ kind: 'fail' });
    expect(judge(ownFault, up)).toMatchObject({ kind: 'park', copy: { failures: 1 } });
    expect(judge(new UnavailableError('500'), down)).toMatchObject({ kind: 'park', copy: { failures: 0 } });
    expect(judge(ownFault, down)).toMatchObject({ kind: 'park', copy: { failures: 0 } });
    expect(judge(open, up)).toMatchObject({ kind: 'park', waitMs: 5_000, copy: { failures: 0 } });
    expect(judge(new RateLimitedError('slow', 7), up)).toMatchObject({ kind: 'park', waitMs: 7 });
  });

  it('is not put off when waiting cannot help', () => {
    for (const error of [new AuthenticationError('403', 403), new ContractError('shape'), new TypeError('bug')])
      expect(judge(error, down)).toEqual({ kind: 'fail', error });
  });

  it('is not forgotten by putting off what has failed: the fifth failure is the last', () => {
    let poison = hint('5');
    const verdicts: string[] = [];
    for (let round = 1; round <= 5; round++) {
      const verdict = judge(ownFault, { ...up, hint: poison });
      verdicts.push(verdict.kind);
      if (verdict.kind === 'park') poison = verdict.copy;
      else
        expect(verdict.error).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('answered 500') });
    }
    expect(verdicts).toEqual(['park', 'park', 'park', 'park', 'fail']);
    expect(judge(open, { ...up, hint: poison, failures: 1 })).toMatchObject({ kind: 'fail' });
    expect(judge(open, { ...up, failures: 2 })).toMatchObject({ copy: { failures: 2 }, waitMs: 15_000 });
  });

  it('is never dead for an outage of two days, and not put off for ever', () => {
    let waiting = hint('5');
    for (let hours = 0; hours <= 48; hours += 0.05) {
      const verdict = judge(open, { ...down, hint: waiting, now: new Date(now.getTime() + hours * 3_600_000) });
      if (verdict.kind === 'fail') throw new Error(`dead after ${hours} h`);
      waiting = verdict.copy;
    }
    const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
    expect(judge(open, { ...down, hint: waiting, now: days(2.9) })).toMatchObject({ kind: 'park' });
    for (const error of [open, new RateLimitedError('slow', 7)])
      expect(judge(error, { ...down, hint: waiting, now: days(3.1) })).toMatchObject({
        kind: 'fail',
        error: { message: expect.stringContaining('since 2026-11-22') },
      });
  });

  it('comes back soon where a person may help, and later where AWS is down', () => {
    const waits = (error: unknown) => [1, 2, 3, 4, 5, 9].map((failures) => retryAfterSeconds(error, failures));
    expect(waits(new ContractError('shape'))).toEqual([2, 2, 2, 2, 2, 2]);
    expect(waits(new UnavailableError('500'))).toEqual([5, 10, 20, 40, 80, 300]);
    expect(waits(new Error('no DynamoDB'))).toEqual([30, 60, 120, 240, 480, 900]);
  });
});

describe('an object that Rentvine always fails on', () => {
  const syncEveryMs = 300_000;

  it('ends as a dead letter, though it opens the breaker, beside a sync that is well', async () => {
    const start = now.getTime();
    let clock = start;
    const sleep = async (ms: number) => {
      clock += ms;
    };
    const gate = sharedGate({
      table: tables.state,
      account: 'acme',
      settings: { ...syncSettingsSchema.parse({}), slotMs: 45_000 },
      now: () => clock,
      sleep,
    });
    const times = { requestedAt: now, answeredAt: now };
    tryOne = async () => ({ kind: 'other', answerKind: '500 text 00000000', ...times });
    read = () =>
      withRetries(
        async () => {
          const permit = await gate.enter(clock + 60_000);
          await permit.leave({ kind: 'failed' });
          return { ok: false, error: new UnavailableError('Rentvine answered 500 to one of workOrders') };
        },
        { policy: defaultRetryPolicy, deadline: () => clock + 60_000, now: () => clock, random: () => 0.5, sleep },
      );
    let poison = message(hint('5'));
    let poisonAt = start;
    let syncAt = start + syncEveryMs;
    const isDead = () => sent.some(({ body }) => String(body.QueueUrl).endsWith('-dlq'));
    while (!isDead()) {
      expect(clock - start).toBeLessThan(6 * 3_600_000);
      clock = Math.max(clock, Math.min(poisonAt, syncAt));
      if (syncAt <= poisonAt) {
        syncAt = await gate.enter(clock).then(
          (permit) => permit.leave({ kind: 'answered' }).then(() => clock + syncEveryMs),
          (error: unknown) => {
            if (!(error instanceof BreakerOpenError)) throw error;
            return clock + error.retryAfterMs;
          },
        );
        continue;
      }
      sent = [];
      const receives = Number(poison.attributes.ApproximateReceiveCount);
      await processHints([poison], clock + 60_000, { ...dependencies(), now: () => new Date(clock) });
      const { DelaySeconds, VisibilityTimeout, MessageBody } = sent[0]?.body ?? {};
      if (isDead()) continue;
      poisonAt = clock + Number(DelaySeconds ?? VisibilityTimeout) * 1000;
      poison =
        MessageBody === undefined ? message(poison.body, poison.messageId, receives + 1) : message(String(MessageBody));
    }
    expect(await readFailure(tables.state, poison.messageId)).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('answered 500'),
    });
  });
});

describe('the plan of a batch', () => {
  it('keeps the latest hint’s time and correlation id, and every id that any of them names', () => {
    const plan = planBatch([
      hint('5', { receivedAt: '2026-11-22T09:00:02.000Z', correlationId: 'late', ids: { propertyId: '2' } }),
      hint('5', { receivedAt: '2026-11-22T09:00:01.000Z', correlationId: 'early', ids: { unitId: '3' } }),
    ]);
    expect([...plan.objects.values()]).toMatchObject([
      { id: '5', receivedAt: '2026-11-22T09:00:02.000Z', correlationId: 'late', ids: { propertyId: '2', unitId: '3' } },
    ]);
  });

  it('says who acted where all hints about an object say the same', () => {
    const actorOf = (...users: (string | undefined)[]) =>
      [...planBatch(users.map((userId) => hint('5', userId === undefined ? {} : { userId }))).objects.values()][0]
        ?.actor;
    expect(actorOf('9', '9')).toBe('9');
    expect(actorOf('9', '7')).toBeUndefined();
    expect(actorOf('9', undefined, '9')).toBeUndefined();
    expect(actorOf('9', '7', '7')).toBeUndefined();
    expect(actorOf(undefined)).toBeUndefined();
  });

  it('reads a lease once for its own event and its charges’, and its transactions besides', () => {
    const charge = { eventType: 'Lease Charge Created', objectTypeId: '9', ids: { leaseId: '5' } };
    const plan = planBatch([
      hint('5', { eventType: 'lease.updated', objectTypeId: '4' }),
      hint('70', charge),
      hint('71', charge),
    ]);
    expect([...plan.objects.keys()]).toEqual(['leases#5']);
    expect([...plan.leases.values()].map(({ id }) => id)).toEqual(['5']);
  });
});

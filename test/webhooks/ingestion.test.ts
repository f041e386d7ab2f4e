import { createHmac } from 'node:crypto';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { unknownEvents } from '../../shared/store/unknown-events.ts';
import { signedBodyDelivery, signedHeaderDelivery } from '../../shared/webhook/signed-delivery.ts';
import { onStack } from '../fixtures.ts';
import type { Company } from '../integration/company.ts';
import { eventually, until } from '../integration/eventually.ts';
import { expectedData } from '../integration/mirror.ts';
import { defaultRecipe, post, signingKey, webhooksOf } from './webhook-harness.ts';

const it = onStack();

async function expectStored(company: Company, id: number) {
  await until(`work order ${id} as it is now`, async () => {
    const record = (await company.stored('workOrders')).get(String(id));
    return JSON.stringify(record?.data) === JSON.stringify(expectedData(company, 'workOrders', id));
  });
}

const workOrderUpdated = (id: number) => ({
  eventType: 'workOrder.updated',
  objectID: String(id),
  objectTypeID: '16',
  userID: '1',
  changes: { description: { previous: 'a', current: 'never stored' } },
});

describe('a signed webhook', () => {
  it('makes the object that it names a record and an event, with one correlation id all the way', async ({
    harness,
    company,
    webhooks,
  }) => {
    const answer = await webhooks.post(webhooks.about(workOrderUpdated(3)));
    expect(answer.status).toBe(202);
    const { correlationId } = answer.body;
    expect(answer.headers.get('x-correlation-id')).toBe(correlationId);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('strict-transport-security')).toContain('max-age');
    await expectStored(company, 3);
    expect(await company.record('workOrders', 3)).toMatchObject({ correlationId, revision: 1 });
    const event = await eventually('the change event', () => company.events('workOrders').find(({ id }) => id === '3'));
    expect(event).toMatchObject({ change: 'created', correlationId });
    expect(harness.logs.filter((line) => line.includes(`"${correlationId}"`)).join('')).toContain('webhook-processor');
    expect([...(await company.stored('workOrders')).keys()]).toEqual(['3']);
    expect(JSON.stringify((await company.record('workOrders', 3)).data)).not.toContain('never stored');
  });

  it('reaches the platform in base64, whatever JSON type it has', async ({ company, webhooks }) => {
    // API Gateway hands a body with any content encoding over in base64.
    const encoded = {
      'content-type': 'application/vnd.rentvine.event+json; charset=utf-8',
      'content-encoding': 'identity',
    };
    expect((await webhooks.post({ ...webhooks.about(workOrderUpdated(4)), headers: encoded })).status).toBe(202);
    expect(
      (await webhooks.post({ ...webhooks.about(workOrderUpdated(5)), headers: { 'content-type': 'Application/JSON' } }))
        .status,
    ).toBe(202);
    await expectStored(company, 4);
    await expectStored(company, 5);
  });

  it('is accepted in the header dialect only where the account enables it, over the body or time-stamp and body', async ({
    harness,
    company,
    webhooks,
  }) => {
    await webhooks.enable({ dialects: ['header'] });
    const inHeader = (id: number, withTimestampHeader: boolean) =>
      signedHeaderDelivery({
        signingKey,
        eventId: crypto.randomUUID(),
        sentAt: new Date(),
        eventType: 'work_order.updated',
        data: { id },
        withTimestampHeader,
      });
    expect((await webhooks.post(inHeader(6, true))).status).toBe(202);
    expect((await webhooks.post(inHeader(7, false))).status).toBe(202);
    expect((await webhooks.post(webhooks.about(workOrderUpdated(8)))).status).toBe(401);
    await expectStored(company, 6);
    await expectStored(company, 7);
    const onlyBody = webhooksOf(await harness.company());
    await onlyBody.enable();
    expect((await onlyBody.post(inHeader(6, true))).status).toBe(401);
  });

  it('is verified by the recipe that the secret names', async ({ company, webhooks }) => {
    const recipe = { parts: ['token', { separator: ':' }, 'timestamp'], hash: 'sha512', encoding: 'base64' } as const;
    await webhooks.enable({ recipe });
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha512', signingKey).update(`tok:${timestamp}`).digest('base64');
    const body = JSON.stringify({ auth: { token: 'tok', timestamp, signature }, event: workOrderUpdated(9) });
    expect((await webhooks.post({ body })).status).toBe(202);
    expect((await webhooks.post(webhooks.about(workOrderUpdated(9)))).status).toBe(401);
    await expectStored(company, 9);
  });
});

describe('what is not right', () => {
  it('is refused with one answer for every kind of wrong signature, token, time-stamp and account', async ({
    harness,
    company,
    webhooks,
  }) => {
    const { stack } = harness;
    const right = JSON.parse(webhooks.about(workOrderUpdated(3)).body);
    const withAuth = (auth: object) => ({ body: JSON.stringify({ ...right, auth: { ...right.auth, ...auth } }) });
    const minutesAgo = (minutes: number) =>
      webhooks.about(workOrderUpdated(3), { sentAt: new Date(Date.now() - minutes * 60_000) });
    const answers = await Promise.all([
      webhooks.post(withAuth({ signature: '0'.repeat(64) })),
      webhooks.post(withAuth({ signature: '' })),
      webhooks.post(withAuth({ token: 'another' })),
      webhooks.post(withAuth({ timestamp: right.auth.timestamp + 1 })),
      webhooks.post({ body: JSON.stringify({ event: right.event }) }),
      webhooks.post(minutesAgo(6)),
      webhooks.post(minutesAgo(-6)),
      webhooks.post(webhooks.about(workOrderUpdated(3), { signingKey: 'some-other-key' })),
      post(`${stack.apiUrl}/webhooks/rentvine/nobody`, webhooks.about(workOrderUpdated(3))),
      post(`${stack.apiUrl}/webhooks/rentvine/No%20Body%00`, webhooks.about(workOrderUpdated(3))),
    ]);
    const shapes = answers.map(({ status, body, headers }) => [status, body.status, [...headers.keys()].sort().join()]);
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
    expect(shapes[0]?.slice(0, 2)).toEqual([401, 'unauthorized']);
    expect(answers.every(({ headers }) => headers.get('x-content-type-options') === 'nosniff')).toBe(true);
    await harness.stack.idle();
    expect(await company.stored('workOrders')).toEqual(new Map());
    expect((await webhooks.post(minutesAgo(4))).status).toBe(202);
  });

  it('is refused by type, size and shape', async ({ webhooks }) => {
    const { body } = webhooks.about(workOrderUpdated(3));
    const padded = (bytes: number) => {
      const signed = JSON.parse(webhooks.about(workOrderUpdated(3)).body);
      const empty = JSON.stringify({ ...signed, padding: '' });
      return { body: JSON.stringify({ ...signed, padding: 'x'.repeat(bytes - empty.length) }) };
    };
    const status = async (delivery: Parameters<typeof webhooks.post>[0]) => (await webhooks.post(delivery)).status;
    expect(await status({ body, headers: { 'content-type': 'text/plain' } })).toBe(415);
    expect(await status({ body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })).toBe(415);
    expect(await status({ body: 'not json' })).toBe(400);
    expect(await status({ body: '[1]' })).toBe(400);
    expect(await status(webhooks.about({ objectID: '3' }))).toBe(400);
    expect(await status(padded(256 * 1024))).toBe(202);
    expect(await status(padded(256 * 1024 + 1))).toBe(413);
    const json = { 'content-type': 'application/problem+json', 'content-encoding': 'identity' };
    expect(await status({ headers: json, body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) })).toBe(400);
    const signed = JSON.parse(webhooks.about(workOrderUpdated(3)).body);
    const deep = JSON.stringify({ ...signed, data: 0 }).replace(
      '"data":0',
      `"data":${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    );
    expect(await status({ body: deep })).toBe(202);
    expect(await status({ body: `{"auth":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}` })).toBe(401);
  });

  it('is kept for an operator, counted, and acknowledged when its event is not known', async ({
    harness,
    company,
    webhooks,
  }) => {
    const unknown = { eventType: 'Pet Adopted', objectID: '3', objectTypeID: '99' };
    expect((await webhooks.post(webhooks.about(unknown))).status).toBe(202);
    expect((await webhooks.post(webhooks.about({ ...unknown, eventType: 'pet_adopted' }))).status).toBe(202);
    const [kept] = await eventually('both counted', async () => {
      const events = await unknownEvents(harness.state, company.account);
      return events[0]?.count === 2 ? events : undefined;
    });
    expect(kept).toMatchObject({ objectId: '3', objectTypeId: '99', reason: expect.stringContaining('not known') });
    await until('nothing is queued', () => webhooks.queued() === 0);
    expect(await webhooks.deadLetters()).toEqual([]);
  });
});

describe('the same delivery again', () => {
  it('is acknowledged and not queued twice, also when both come at once; its token with another body is refused', async ({
    harness,
    company,
    webhooks,
  }) => {
    const delivery = webhooks.about(workOrderUpdated(10));
    const answers = await Promise.all([1, 2, 3, 4].map(() => webhooks.post(delivery)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(answers.map(({ body }) => body.status).sort()).toEqual(['duplicate', 'duplicate', 'duplicate', 'queued']);
    await expectStored(company, 10);
    company.world.update('workOrders', 11, { description: 'only a valid webhook tells' });
    const { auth } = JSON.parse(delivery.body);
    const forged = JSON.stringify({ auth, event: workOrderUpdated(11), data: {} });
    expect((await webhooks.post({ body: forged })).status).toBe(401);
    await harness.stack.idle();
    expect((await company.stored('workOrders')).has('11')).toBe(false);
  });

  it('is queued when the queue did not take it the first time', async ({ harness, company, webhooks }) => {
    const delivery = webhooks.about(workOrderUpdated(12));
    const mend = harness.intercept(({ service, operation }) =>
      service === 'sqs' && operation === 'SendMessage'
        ? { status: 500, type: 'InternalError', message: 'The queue is out of order.' }
        : undefined,
    );
    const refused = await webhooks.post(delivery);
    mend();
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await webhooks.post(delivery)).body.status).toBe('queued');
    await expectStored(company, 12);
    expect((await webhooks.post(delivery)).body.status).toBe('duplicate');
  });
});

describe('a rotation of the signing key', () => {
  it('needs no restart: both keys at once, then a key that was not known a moment ago', async ({ webhooks }) => {
    const status = async (key: string) =>
      (await webhooks.post(webhooks.about(workOrderUpdated(3), { signingKey: key }))).status;
    expect(await status(signingKey)).toBe(202);
    expect(await status('test-signing-key-2')).toBe(401);
    await webhooks.enable({ signingKeys: [signingKey, 'test-signing-key-2'] });
    expect(await status('test-signing-key-2')).toBe(202);
    expect(await status(signingKey)).toBe(202);
    await webhooks.enable({ signingKeys: ['test-signing-key-3'] });
    expect(await status('test-signing-key-3')).toBe(202);
    expect(await status(signingKey)).toBe(401);
  });
});

describe('an account that somebody adds with two secrets and nothing else', () => {
  it('has its webhooks taken after the watcher’s next round, and refused before', async ({ harness, company }) => {
    const { secrets, secretPrefix, webhookSecretPrefix } = harness.platform;
    const account = 'added-by-hand';
    const create = (Name: string, content: unknown) =>
      secrets.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(content) }));
    const { accessKey, secret } = company.simulator.authentication().credentials;
    const auth = { scheme: 'basic', accessKey, secret };
    await create(secretPrefix + account, { auth, baseUrl: company.simulator.baseUrl() });
    await create(webhookSecretPrefix + account, { dialects: ['body'], signingKeys: [signingKey] });
    const send = async () => {
      const token = crypto.randomUUID();
      const delivery = signedBodyDelivery({
        signingKey,
        recipe: defaultRecipe,
        token,
        sentAt: harness.clock.now(),
        event: workOrderUpdated(1),
      });
      return (await post(await harness.platform.webhookUrl(account), delivery)).status;
    };
    expect(await send()).toBe(401);
    await harness.platform.invoke('watcher', { scheduledAt: harness.clock.now().toISOString() });
    // Before any refusal the receiver looks at the directory again.
    expect(await send()).toBe(202);
  });
});

describe('deliveries out of order and doubled', () => {
  it('end in Rentvine’s newest state', async ({ company, webhooks }) => {
    const deliveries = [];
    for (let change = 0; change < 12; change++) {
      company.world.update('workOrders', 13 + (change % 3), { description: `change ${change}` });
      deliveries.push(webhooks.about(workOrderUpdated(13 + (change % 3))));
    }
    const shuffled = [...deliveries.slice(6).reverse(), ...deliveries.slice(0, 8)];
    await Promise.all(shuffled.map((delivery) => webhooks.post(delivery)));
    for (const id of [13, 14, 15]) await expectStored(company, id);
    await until('nothing is queued', () => webhooks.queued() === 0);
    for (const id of [13, 14, 15]) await expectStored(company, id);
  });
});

const signed = signedBodyDelivery({
  signingKey,
  recipe: defaultRecipe,
  token: 'fixed',
  sentAt: new Date(1_795_338_853_000),
  event: {},
});

test('signs as Rentvine is believed to: hex(HMAC-SHA256(key, timestamp + token))', () => {
  const expected = createHmac('sha256', signingKey).update('1795338853fixed').digest('hex');
  expect(JSON.parse(signed.body).auth).toEqual({ token: 'fixed', timestamp: 1_795_338_853, signature: expected });
});

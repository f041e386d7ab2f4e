import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebhookKeys } from '../../shared/account/webhook-secret.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import type { TokenClaim, WebhookDelivery } from '../../shared/store/webhook-tokens.ts';
import type { WebhookHint } from '../../shared/webhook/hint.ts';
import { webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { type SignedDelivery, signedBodyDelivery, signedHeaderDelivery } from '../../shared/webhook/signed-delivery.ts';
import type { WebhookRequest } from './decode-request.ts';
import { httpAnswer } from './http-answer.ts';
import type { KeyRing } from './key-ring.ts';
import { type ReceiverDependencies, receiveWebhook } from './receive-webhook.ts';
import { type Claims, rememberedClaims } from './remembered-claims.ts';

const now = new Date('2026-11-22T10:00:00Z');
const signingKey = 'signing-key-number-one';
const recipe = webhookRecipeSchema.parse({});
const both: WebhookKeys = { dialects: ['body', 'header'], signingKeys: [signingKey], recipe };

/** What the receiver leaves behind, and how its surroundings behave. */
interface World {
  keys: KeyRing;
  queued: WebhookHint[];
  tokens: Map<string, { bodyHash: string; state: 'claimed' | 'queued' }>;
  /** Tokens that the table was asked for. */
  asked: string[];
  claims: Claims;
  rate: ReceiverDependencies['rate'];
  queue: (hint: WebhookHint) => Promise<void>;
}

let world: World;

beforeEach(() => {
  world = {
    keys: { get: async (account) => (account === 'acme' ? both : undefined), renewed: async () => undefined },
    queued: [],
    tokens: new Map(),
    asked: [],
    claims: rememberedClaims(claimToken),
    rate: { take: async () => ({ ok: true }) },
    queue: async (hint) => void world.queued.push(hint),
  };
});

async function claimToken({ account, token, bodyHash }: WebhookDelivery): Promise<TokenClaim> {
  const key = `${account} ${token}`;
  world.asked.push(token);
  const known = world.tokens.get(key);
  if (known !== undefined) {
    if (known.bodyHash !== bodyHash) return { kind: 'refused', usedWith: known.bodyHash };
    return { kind: known.state === 'queued' ? 'queued' : 'pending' };
  }
  world.tokens.set(key, { bodyHash, state: 'claimed' });
  return {
    kind: 'claimed',
    queued: async () => void world.tokens.set(key, { bodyHash, state: 'queued' }),
    release: async () => void world.tokens.delete(key),
  };
}

const dependencies = (): ReceiverDependencies => ({
  keys: world.keys,
  rate: world.rate,
  claims: world.claims,
  queue: (hint) => world.queue(hint),
  now: () => now,
  sleep: async () => undefined,
});

const requestOf = ({ headers, body }: SignedDelivery, account = 'acme'): WebhookRequest => ({
  headers: { ...headers },
  body,
  isBase64Encoded: false,
  pathParameters: { account },
  requestContext: { requestId: 'r-1' },
});

const receive = (request: WebhookRequest) => receiveWebhook(request, 'c-1', dependencies());

const delivery = (options: Partial<Parameters<typeof signedBodyDelivery>[0]> = {}) =>
  signedBodyDelivery({
    signingKey,
    recipe,
    token: 'token-1',
    sentAt: now,
    event: { eventType: 'lease.updated', objectID: '5', objectTypeID: '4' },
    ...options,
  });

describe('a webhook', () => {
  it('is queued as a hint with the request’s correlation id', async () => {
    expect(await receive(requestOf(delivery()))).toEqual({ kind: 'queued' });
    expect(world.queued).toEqual([
      {
        account: 'acme',
        eventType: 'lease.updated',
        objectId: '5',
        objectTypeId: '4',
        ids: {},
        correlationId: 'c-1',
        receivedAt: now.toISOString(),
        parked: 0,
        failures: 0,
      },
    ]);
  });

  it('may be five minutes old, or that far ahead of our clock, and no more', async () => {
    const at = (seconds: number) =>
      delivery({ sentAt: new Date(now.getTime() + seconds * 1000), token: `at${seconds}` });
    for (const seconds of [-300, 300]) expect((await receive(requestOf(at(seconds)))).kind).toBe('queued');
    for (const seconds of [-301, 301]) expect((await receive(requestOf(at(seconds)))).kind).toBe('unauthorized');
  });

  it('is counted when it is refused for what it claims, and only then', async () => {
    const recorded = vi.spyOn(metrics, 'record');
    const count = () => recorded.mock.calls.filter(([name]) => name === 'WebhookSignatureFailures').length;
    for (const request of [
      requestOf(delivery({ signingKey: 'another' })),
      requestOf(delivery(), 'nobody'),
      requestOf(delivery({ sentAt: new Date(0) })),
    ]) {
      expect((await receive(request)).kind).toBe('unauthorized');
    }
    expect(count()).toBe(3);
    await receive(requestOf(delivery()));
    await receive({ ...requestOf(delivery()), body: '{' });
    expect(count()).toBe(3);
    recorded.mockRestore();
  });

  it('without any time-stamp is refused, also when its signature is right', async () => {
    const { headers, body } = signedHeaderDelivery({
      signingKey,
      eventId: 'e-1',
      sentAt: now,
      eventType: 'lease.updated',
      data: { id: 5 },
      withTimestampHeader: false,
    });
    expect((await receive(requestOf({ headers, body }))).kind).toBe('queued');
    const bare = JSON.stringify({ event_id: 'e-2', event_type: 'lease.updated', data: { id: 5 } });
    const signature = createHmac('sha256', signingKey).update(bare).digest('hex');
    const request = requestOf({ headers: { ...headers, 'x-rentvine-signature': `sha256=${signature}` }, body: bare });
    expect((await receive(request)).kind).toBe('unauthorized');
  });

  it('is verified with renewed keys when the known ones do not fit', async () => {
    world.keys = {
      get: async () => both,
      renewed: async () => ({ ...both, signingKeys: ['signing-key-number-two'] }),
    };
    expect((await receive(requestOf(delivery({ signingKey: 'signing-key-number-two' })))).kind).toBe('queued');
    expect((await receive(requestOf(delivery({ signingKey: 'signing-key-number-three', token: 't-3' })))).kind).toBe(
      'unauthorized',
    );
  });

  it('is limited only behind its signature, and then says when to come back', async () => {
    world.rate = { take: async () => ({ ok: false, retryAfterMs: 1_200 }) };
    const limited = await receive(requestOf(delivery()));
    expect(httpAnswer(limited, 'c-1')).toMatchObject({ statusCode: 429, headers: { 'retry-after': '2' } });
    expect((await receive(requestOf(delivery({ signingKey: 'another key' })))).kind).toBe('unauthorized');
    world.rate = { take: async () => ({ ok: true }) };
    expect((await receive(requestOf(delivery()))).kind).toBe('queued');
  });

  it('that is repeated uses up nothing of the account’s rate limit', async () => {
    let taken = 0;
    world.rate = { take: async () => (++taken > 1 ? { ok: false, retryAfterMs: 1_000 } : { ok: true }) };
    expect((await receive(requestOf(delivery()))).kind).toBe('queued');
    for (let repetition = 0; repetition < 20; repetition++)
      expect((await receive(requestOf(delivery()))).kind).toBe('duplicate');
    expect(taken).toBe(1);
  });

  it('is taken in the one dialect in which its key first signed; a key of its own serves the other', async () => {
    const inHeader = (key: string) =>
      signedHeaderDelivery({ signingKey: key, eventId: key, sentAt: now, eventType: 'lease.updated', data: { id: 5 } });
    const keys = { ...both, signingKeys: [signingKey, 'signing-key-number-two'] };
    world.keys = { get: async () => keys, renewed: async () => undefined };
    expect((await receive(requestOf(delivery()))).kind).toBe('queued');
    expect((await receive(requestOf(inHeader(signingKey)))).kind).toBe('unauthorized');
    expect((await receive(requestOf(inHeader('signing-key-number-two')))).kind).toBe('queued');
    expect((await receive(requestOf(delivery({ token: 'token-2' })))).kind).toBe('queued');
  });

  it('is taken when the rate limit cannot be asked', async () => {
    world.rate = { take: () => Promise.reject(new Error('down')) };
    expect((await receive(requestOf(delivery()))).kind).toBe('queued');
  });

  it('cannot be sent with another body by moving digits between time-stamp and token', async () => {
    const given = delivery({ token: '481af3' });
    const forged = (timestamp: string, token: string) => {
      const { auth, ...rest } = JSON.parse(given.body);
      const event = { eventType: 'lease.updated', objectID: '6', objectTypeID: '4' };
      const signature = auth.signature.toUpperCase();
      return requestOf({ ...given, body: JSON.stringify({ ...rest, event, auth: { token, timestamp, signature } }) });
    };
    expect((await receive(requestOf(given))).kind).toBe('queued');
    const seconds = String(now.getTime() / 1000);
    expect((await receive(forged(seconds, '481af3'))).kind).toBe('unauthorized');
    expect((await receive(forged(`${seconds}481`, 'af3'))).kind).toBe('unauthorized');
    expect((await receive(requestOf(given))).kind).toBe('duplicate');
    const later = delivery({ token: '481af3', sentAt: new Date(now.getTime() + 1000) });
    expect((await receive(requestOf(later))).kind).toBe('unauthorized');
    expect(world.queued).toHaveLength(1);
  });

  it('captured in the header dialect cannot be made into a forged one in the body dialect, however its signed text is divided', async () => {
    const deliveries = fc.record({
      withTimestampHeader: fc.boolean(),
      // Where the captured delivery itself never arrived.
      isKnown: fc.boolean(),
      cutAt: fc.oneof(fc.constant(0), fc.nat()),
      data: fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ withTimestampHeader, isKnown, cutAt, data }) => {
        world.queued = [];
        world.tokens.clear();
        world.claims = rememberedClaims(claimToken);
        const { headers, body } = signedHeaderDelivery({
          signingKey,
          eventId: 'e-1',
          sentAt: now,
          eventType: 'lease.updated',
          data,
          withTimestampHeader,
        });
        if (isKnown) expect((await receive(requestOf({ headers, body }))).kind).toBe('queued');
        const seconds = withTimestampHeader ? String(now.getTime() / 1000) : '';
        const signed = `${seconds}${seconds && '.'}${body}`;
        // Right behind the time-stamp, which must be one that can be read, or anywhere.
        const at = cutAt === 0 ? seconds.length : cutAt % signed.length;
        const [timestamp, token] = [signed.slice(0, at), signed.slice(at)];
        const signature = headers['x-rentvine-signature']?.slice('sha256='.length);
        const event = { eventType: 'lease.updated', objectID: 'forged', objectTypeID: '4' };
        const forged = JSON.stringify({ auth: { timestamp, token, signature }, event });
        expect((await receive(requestOf({ headers: { 'content-type': 'application/json' }, body: forged }))).kind).toBe(
          'unauthorized',
        );
        expect(world.queued).toHaveLength(isKnown ? 1 : 0);
      }),
    );
  });

  it.each(['hex', 'base64'] as const)(
    'has a signature of its own, whichever dialect it was used in first and however it is written (%s)',
    async (encoding) => {
      const { parts } = recipe;
      const keys = { ...both, recipe: webhookRecipeSchema.parse({ parts, encoding }) };
      world.keys = { get: async () => keys, renewed: async () => undefined };
      const inBody = delivery({ recipe: keys.recipe });
      const inHeader = signedHeaderDelivery({
        signingKey,
        eventId: 'e',
        sentAt: now,
        eventType: 'x.updated',
        data: {},
      });
      const bytesOf = (signature: string, as: 'hex' | 'base64') => Buffer.from(signature, as).toString('base64url');
      const ofBody = bytesOf(JSON.parse(inBody.body).auth.signature, encoding);
      const ofHeader = bytesOf(inHeader.headers['x-rentvine-signature']?.slice('sha256='.length) ?? '', 'hex');
      for (const [used, sent] of [
        [ofBody, inBody],
        [ofHeader, inHeader],
      ] as const) {
        world.tokens.clear();
        world.claims = rememberedClaims(claimToken);
        world.tokens.set(`acme signature:${used}`, { bodyHash: 'of what it came with before', state: 'claimed' });
        expect((await receive(requestOf(sent))).kind).toBe('unauthorized');
        world.tokens.clear();
        world.claims = rememberedClaims(claimToken);
        expect((await receive(requestOf(sent))).kind).toBe('queued');
      }
    },
  );

  it('that is replayed asks the table no more than it did the first time, with the same body or others', async () => {
    const given = delivery();
    const forged = (n: number) => {
      const event = { eventType: 'lease.updated', objectID: String(n), objectTypeID: '4' };
      return requestOf({ ...given, body: JSON.stringify({ ...JSON.parse(given.body), event }) });
    };
    expect((await receive(requestOf(given))).kind).toBe('queued');
    const first = world.asked.length;
    expect(first).toBe(3);
    for (let n = 0; n < 100; n++) {
      expect((await receive(requestOf(given))).kind).toBe('duplicate');
      expect((await receive(forged(n + 10))).kind).toBe('unauthorized');
    }
    expect(world.asked).toHaveLength(first);

    // In another environment of the function, which begins with a forged one.
    world.claims = rememberedClaims(claimToken);
    expect((await receive(forged(1))).kind).toBe('unauthorized');
    for (let n = 0; n < 100; n++) {
      expect((await receive(forged(n + 10))).kind).toBe('unauthorized');
      expect((await receive(requestOf(given))).kind).toBe('duplicate');
    }
    expect(world.asked.length).toBeLessThanOrEqual(2 * first);
  });

  it('that does not say it was sent just now is refused without a look at any key', async () => {
    world.keys = { get: () => Promise.reject(new Error('asked')), renewed: () => Promise.reject(new Error('asked')) };
    expect((await receive(requestOf(delivery({ sentAt: new Date(0) })))).kind).toBe('unauthorized');
    expect((await receive({ ...requestOf(delivery()), body: '{}' })).kind).toBe('unauthorized');
  });

  it('that the queue did not take can come again with the same token', async () => {
    world.queue = () => Promise.reject(new Error('no queue'));
    const refused = await receive(requestOf(delivery()));
    expect(httpAnswer(refused, 'c-1')).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    world.queue = async (hint) => void world.queued.push(hint);
    expect((await receive(requestOf(delivery()))).kind).toBe('queued');
    expect((await receive(requestOf(delivery()))).kind).toBe('duplicate');
    expect(world.queued).toHaveLength(1);
  });

  it('counts for the alarm that pages only when it is signed and cannot be queued', async () => {
    const recorded = vi.spyOn(metrics, 'record');
    const count = () => recorded.mock.calls.filter(([name]) => name === 'SignedWebhooksNotQueued').length;
    world.queue = () => Promise.reject(new Error('no queue'));
    const forged = requestOf(delivery({ signingKey: 'a guess of a key' }));
    expect((await receive(forged)).kind).toBe('unauthorized');
    world.keys = { ...world.keys, renewed: () => Promise.reject(new Error('no Secrets Manager')) };
    expect((await receive(forged)).kind).toBe('unavailable');
    expect(count()).toBe(0);
    expect((await receive(requestOf(delivery()))).kind).toBe('unavailable');
    expect(count()).toBe(1);
    recorded.mockRestore();
  });

  it('that somebody else is queueing right now is acknowledged only once it is safe', async () => {
    const { body } = delivery();
    const bodyHash = createHash('sha256').update(body).digest('base64url');
    world.tokens.set('acme body:token-1', { bodyHash, state: 'claimed' });
    expect((await receive(requestOf(delivery()))).kind).toBe('unavailable');
    world.tokens.set('acme body:token-1', { bodyHash, state: 'queued' });
    expect((await receive(requestOf(delivery()))).kind).toBe('duplicate');
    expect(world.queued).toEqual([]);
  });

  it('is not lost when Secrets Manager does not answer', async () => {
    world.keys = { get: () => Promise.reject(new Error('throttled')), renewed: async () => undefined };
    expect((await receive(requestOf(delivery()))).kind).toBe('unavailable');
  });
});

describe('10,000 random requests', () => {
  const json = fc.jsonValue({ maxDepth: 6 });
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 40 }));
  const auth = fc.record({ token: json, timestamp: json, signature: json }, { requiredKeys: [] });
  const event = fc.record(
    { eventType: fc.oneof(json, fc.constant('lease.updated')), objectID: json, objectTypeID: json },
    { requiredKeys: [] },
  );
  const bodies = fc.oneof(
    text,
    json.map((value) => JSON.stringify(value)),
    fc.record({ auth, event, data: json }, { requiredKeys: [] }).map((value) => JSON.stringify(value)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    fc.nat({ max: 5_000 }).map((depth) => '['.repeat(depth)),
  );
  const headers = fc.record(
    {
      'content-type': fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom('application/json', 'application/json; charset=utf-8') },
        text,
      ),
      'content-encoding': fc.constantFrom('gzip', 'identity'),
      'x-rentvine-signature': fc.oneof(
        text,
        text.map((given) => `sha256=${given}`),
      ),
      'x-rentvine-timestamp': fc.oneof(text, fc.constant(String(now.getTime() / 1000))),
    },
    { requiredKeys: [] },
  );
  const mutated = fc
    .record({ at: fc.nat(), character: fc.string({ minLength: 1, maxLength: 1 }) })
    .map(({ at, character }) => {
      const { body } = delivery({ token: `mutated-${at}` });
      const index = at % body.length;
      return body.slice(0, index) + character + body.slice(index + 1);
    });
  const requests = fc.record({
    headers,
    body: fc.option(fc.oneof(bodies, mutated), { nil: undefined }),
    isBase64Encoded: fc.boolean(),
    pathParameters: fc.oneof(
      fc.constant({ account: 'acme' }),
      text.map((account) => ({ account })),
      fc.constant(undefined),
    ),
  });

  it('are never a server’s fault, and nothing is queued without a valid signature', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ body, pathParameters, headers: given, isBase64Encoded }) => {
        const before = world.queued.length;
        const answer = await receive({
          headers: given,
          isBase64Encoded,
          requestContext: { requestId: 'r' },
          ...(body !== undefined && { body }),
          ...(pathParameters !== undefined && { pathParameters }),
        });
        const status = httpAnswer(answer, 'c').statusCode ?? 0;
        expect([202, 400, 401, 413, 415]).toContain(status);
        if (world.queued.length === before) return;
        // Only a delivery that is signed rightly still is so after a mutation elsewhere in it.
        const { auth: sent } = JSON.parse(
          isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? ''),
        );
        const right = JSON.parse(delivery({ token: sent.token }).body).auth;
        expect({ ...sent, timestamp: String(sent.timestamp), signature: sent.signature.toLowerCase() }).toEqual({
          ...right,
          timestamp: String(right.timestamp),
        });
        expect(given['content-type']).toMatch(/^application\/json/);
        expect(pathParameters?.account).toBe('acme');
      }),
      { numRuns: 10_000 },
    );
    // The mutations that leave the signature alone show that the check above was not in vain.
    expect(world.queued.length).toBeGreaterThan(0);
  }, 120_000);
});

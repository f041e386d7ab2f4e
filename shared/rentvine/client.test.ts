import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openGate } from '../account/gate.ts';
import {
  AuthenticationError,
  BreakerOpenError,
  ConfigurationError,
  ContractError,
  NotFoundError,
  PlatformError,
  RateLimitedError,
  UnavailableError,
} from '../errors.ts';
import { createRentvineClient } from './client.ts';
import { leases } from './resources/leases.ts';
import { portfolios } from './resources/portfolios.ts';
import { transactions } from './resources/transactions.ts';
import { units } from './resources/units.ts';
import { basicAuth, clientUnderTest, rejection, secrets, tokenAuth } from './testing/client-under-test.ts';
import { inTurn, type StubAnswer, startStubServer } from './testing/stub-server.ts';

const page1 = { page: 1, pageSize: 250 };
const leaseRow = (id: number) => ({ lease: { leaseID: String(id), code: `L-${id}` }, property: { propertyID: '7' } });
const html = '<!doctype html><html><body>Down for maintenance</body></html>';

describe('a list page', () => {
  test('answers typed rows, their ids, the size and the clocks', async () => {
    await using server = await startStubServer(() => ({
      headers: { date: 'Sun, 22 Nov 2026 11:00:05 GMT', 'content-type': 'text/html' },
      body: [leaseRow(300), { lease: { leaseID: 301, startDate: 'soon' } }, { lease: { code: 'no id' } }],
    }));
    const { client, outcomes, events } = clientUnderTest(server);
    const page = await client.listPage(leases, page1);

    expect(page.rows.map((row) => row.id)).toEqual(['300']);
    expect(page.rows[0]?.data).toMatchObject({ leaseId: '300', propertyId: '7' });
    expect(page.rejected.map((row) => row.id)).toEqual(['301', undefined]);
    expect(page.ids).toEqual(['300', '301']);
    expect(page.size).toBe(3);
    expect(page.requestedAt).toEqual(new Date('2026-11-22T10:00:00Z'));
    expect(page.serverDate).toEqual(new Date('2026-11-22T11:00:05Z'));
    expect(outcomes).toEqual([{ kind: 'answered' }]);
    expect(events).toEqual([{ resource: 'leases', status: 200, durationMs: 0, attempt: 1, outcome: 'OK' }]);
  });

  test('is asked for with page, pageSize, filters, credentials and the account', async () => {
    await using server = await startStubServer(() => ({ body: [] }));
    const { client } = clientUnderTest(server);
    await client.listPage(leases, {
      page: 3,
      pageSize: 500,
      query: { primaryLeaseStatusIDs: ['1', '2'], dateTimeModifiedMin: '2026-11-22 09:50:00' },
    });
    const [request] = server.seen;
    expect(request?.path).toBe(
      '/api/manager/leases/export?primaryLeaseStatusIDs%5B%5D=1&primaryLeaseStatusIDs%5B%5D=2' +
        '&dateTimeModifiedMin=2026-11-22%2009%3A50%3A00&page=3&pageSize=500',
    );
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      'x-rentvine-account': 'acme',
      authorization: `Basic ${Buffer.from(`${secrets.accessKey}:${secrets.secret}`).toString('base64')}`,
    });
  });

  test('of rows none of which has an id is an unknown shape, not a mass quarantine', async () => {
    await using server = await startStubServer(() => ({ body: [{ account: { number: '1' }, agreement: {} }, {}] }));
    const { client, outcomes } = clientUnderTest(server);
    const error = await rejection(client.listPage(leases, page1));
    expect(error).toBeInstanceOf(ContractError);
    expect(String(error)).toContain('account and an unknown key');
    expect(outcomes).toEqual([{ kind: 'answered' }]);
  });

  test.each([{}, { items: [] }, { data: {} }, null, 'text', 12, { data: [], errors: ['x'] }])(
    'of unknown shape %j is an error, never an empty list',
    async (body) => {
      await using server = await startStubServer(() => ({ body: JSON.stringify(body) }));
      const { client } = clientUnderTest(server);
      expect(await rejection(client.listPage(leases, page1))).toBeInstanceOf(ContractError);
      expect(server.seen).toHaveLength(1);
    },
  );
});

describe('one object', () => {
  test.each([
    ['in its row', leaseRow(300)],
    ['in data', { data: leaseRow(300) }],
    ['in results', { results: leaseRow(300) }],
    ['bare', { leaseID: '300', code: 'L-300' }],
    ['bare, in data', { data: { leaseID: 300, code: 'L-300' } }],
  ])('is read %s', async (_, body) => {
    await using server = await startStubServer(() => ({ body }));
    const { client } = clientUnderTest(server);
    const one = await client.readOne(leases, '300', {});
    expect(one).toMatchObject({ id: '300', data: { leaseId: '300', code: 'L-300' } });
    expect(one.requestedAt).toBeInstanceOf(Date);
  });

  test('that is another one than asked for is refused', async () => {
    await using server = await startStubServer(() => ({ body: leaseRow(301) }));
    const { client } = clientUnderTest(server);
    expect(await rejection(client.readOne(leases, '300', {}))).toBeInstanceOf(ContractError);
  });

  test('that does not fit is refused, naming the field and not its value', async () => {
    await using server = await startStubServer(() => ({ body: { lease: { leaseID: '300', startDate: 'PRIVATE' } } }));
    const { client } = clientUnderTest(server);
    const error = await rejection(client.readOne(leases, '300', {}));
    expect(error).toBeInstanceOf(ContractError);
    expect(String(error)).toContain('lease.startDate');
    expect(inspect(error)).not.toContain('PRIVATE');
  });

  test('is addressed by the fields that its path names, and its query', async () => {
    await using server = await startStubServer(({ path }) => ({
      body: path.includes('units') ? { unit: { unitID: 'a/b' } } : { portfolio: { portfolioID: '1' } },
    }));
    const { client } = clientUnderTest({ ...server, paths: { portfolios: { one: '/pf/{portfolioID}' } } });
    await client.readOne(units, 'a/b', { propertyId: '7' });
    await client.readOne(portfolios, '1', {});
    expect(server.seen[0]?.path).toBe('/api/manager/properties/7/units/a%2Fb');
    expect(server.seen[1]?.path).toMatch(/^\/api\/manager\/pf\/1\?includes=owners/);
  });

  test.each([
    ['a field that its path needs is unknown', units, '1', {}],
    ['there is no single read', transactions, '1', {}],
    ['its id would address the list', leases, '', {}],
    ['its id would address the parent', leases, '..', {}],
  ])('cannot be read when %s', async (_, resource, id, fields) => {
    await using server = await startStubServer(() => ({ body: leaseRow(1) }));
    const { client, outcomes } = clientUnderTest(server);
    expect(await rejection(client.readOne(resource, id, fields))).toBeInstanceOf(ContractError);
    expect(server.seen).toHaveLength(0);
    expect(outcomes).toEqual([]);
  });
});

describe('what an answer amounts to', () => {
  const truncated = JSON.stringify([leaseRow(1)]).slice(0, -5);
  const answered = { kind: 'answered' };
  const failed = { kind: 'failed' };
  test.each<[string, StubAnswer, new (...args: never[]) => PlatformError, number, object]>([
    ['401', { status: 401 }, AuthenticationError, 1, answered],
    ['401 as HTML', { status: 401, body: html }, AuthenticationError, 1, answered],
    ['403', { status: 403 }, AuthenticationError, 1, answered],
    ['404', { status: 404, body: {} }, NotFoundError, 1, answered],
    ['410', { status: 410 }, NotFoundError, 1, answered],
    ['400', { status: 400, body: {} }, ContractError, 1, answered],
    ['405', { status: 405, body: 'no' }, ContractError, 1, answered],
    ['422', { status: 422, body: {} }, ContractError, 1, answered],
    ['400 as HTML', { status: 400, body: html }, UnavailableError, 3, failed],
    ['408', { status: 408 }, UnavailableError, 3, failed],
    ['500', { status: 500, body: {} }, UnavailableError, 3, failed],
    ['503 as HTML', { status: 503, body: html }, UnavailableError, 3, failed],
    ['200 as HTML', { status: 200, body: ` \n${html}` }, UnavailableError, 3, failed],
    ['200 cut off', { status: 200, body: truncated }, UnavailableError, 3, failed],
    ['200 and empty', { status: 200, body: '' }, UnavailableError, 3, failed],
    ['200 as text', { status: 200, body: 'OK' }, UnavailableError, 3, failed],
    ['204', { status: 204 }, ContractError, 1, answered],
    ['302', { status: 302, headers: { location: '/login' } }, UnavailableError, 3, failed],
    ['429', { status: 429 }, RateLimitedError, 3, { kind: 'limited', retryAfterMs: 1000 }],
  ])('%s', async (_, answer, type, calls, outcome) => {
    await using server = await startStubServer(() => answer);
    const { client, outcomes, events } = clientUnderTest({ ...server, retry: { maxAttempts: 3 } });
    const error = await rejection(client.listPage(leases, page1));
    expect(error).toBeInstanceOf(type);
    expect((error as PlatformError).cause).toBeUndefined();
    expect(server.seen).toHaveLength(calls);
    expect(outcomes).toEqual(Array(calls).fill(outcome));
    expect(events.map((event) => event.attempt)).toEqual(Array.from({ length: calls }, (_, index) => index + 1));
    expect(events[0]).toMatchObject({ status: answer.status, outcome: (error as PlatformError).code });
  });

  test.each([
    ['Rentvine', { body: { message: 'gone' } }, false],
    ['Rentvine without a word', {}, false],
    ['a front end with a page', { body: html }, true],
    ['a front end with a line of text', { body: 'default backend - 404' }, true],
  ])('404 by %s', async (_, answer, asHtml) => {
    await using server = await startStubServer(() => ({ status: 404, ...answer }));
    const { client } = clientUnderTest(server);
    expect(await rejection(client.readOne(leases, '1', {}))).toMatchObject({ code: 'NOT_FOUND', asHtml });
  });

  test('the fields of a refused request are named, their values are not', async () => {
    const body = { 'charges[0].ledgerID': ['PRIVATE is Invalid'], 'a@example.com': [], [`${'x'.repeat(500)}`]: 1 };
    await using server = await startStubServer(() => ({ status: 400, body }));
    const { client } = clientUnderTest(server);
    const error = await rejection(client.listPage(leases, page1));
    expect(String(error)).toContain('charges[0].ledgerID and 2 unknown keys');
    expect(String(error)).not.toContain('example');
    expect(String(error)).not.toContain('PRIVATE');
    expect(String(error).length).toBeLessThan(250);
  });

  test('a redirect is not followed, so credentials and pages stay where they belong', async () => {
    await using other = await startStubServer(() => ({ body: [leaseRow(1)] }));
    await using server = await startStubServer(() => ({ status: 307, headers: { location: other.baseUrl } }));
    const { client } = clientUnderTest({ ...server, retry: { maxAttempts: 1 } });
    expect(await rejection(client.listPage(leases, page1))).toBeInstanceOf(UnavailableError);
    expect(other.seen).toHaveLength(0);
  });

  test('is a page or a typed error, whatever the body', async () => {
    let answer: StubAnswer = {};
    await using server = await startStubServer(() => answer);
    const { client, outcomes, events } = clientUnderTest({ ...server, retry: { maxAttempts: 1 } });
    const body = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((text) => text.slice(0, -1)),
      fc
        .record({ data: fc.anything(), results: fc.anything(), error: fc.anything() }, { requiredKeys: [] })
        .map(asJson),
      fc.array(fc.record({ lease: fc.dictionary(fc.string(), fc.jsonValue()) })).map(asJson),
    );
    const status = fc.constantFrom(200, 200, 200, 201, 204, 301, 304, 400, 401, 404, 418, 429, 500, 599);
    const retryAfter = fc.oneof(fc.nat().map(String), fc.constantFrom('', '-1', 'soon', '1e9', '9'.repeat(400)));
    await fc.assert(
      fc.asyncProperty(status, body, retryAfter, async (code, text, wait) => {
        answer = { status: code, body: text, headers: { 'retry-after': wait } };
        outcomes.length = 0;
        events.length = 0;
        const end = await client.listPage(leases, page1).catch((error: unknown) => error);
        if (end instanceof PlatformError) expect(end.cause).toBeUndefined();
        else expect(end).toMatchObject({ size: expect.any(Number), ids: expect.any(Array) });
        expect(outcomes).toHaveLength(1);
        expect(events).toHaveLength(1);
        if (outcomes[0]?.kind === 'limited') expect(outcomes[0].retryAfterMs).toBeLessThanOrEqual(86_400_000);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a connection', () => {
  const brokenThenFine = (breakIt: Parameters<typeof startStubServer>[0]): Parameters<typeof startStubServer>[0] => {
    let calls = 0;
    return (request, response) => (calls++ === 0 ? breakIt(request, response) : { body: [leaseRow(1)] });
  };

  test.each<[string, Parameters<typeof startStubServer>[0]]>([
    ['hangs before its headers', () => undefined],
    [
      'hangs in the middle of the body',
      (_, response) => {
        response.writeHead(200).write('[{"lease":');
        return undefined;
      },
    ],
    [
      'drops before its headers',
      (_, response) => {
        response.destroy();
        return undefined;
      },
    ],
    [
      'drops in the middle of the body',
      (_, response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('[{"lease":', () => response.destroy());
        return undefined;
      },
    ],
  ])('that %s counts as a failed attempt and is tried again', async (_, breakIt) => {
    await using server = await startStubServer(brokenThenFine(breakIt));
    const { client, outcomes, events } = clientUnderTest({ ...server, requestTimeoutMs: 500 });
    expect((await client.listPage(leases, page1)).ids).toEqual(['1']);
    expect(outcomes).toEqual([{ kind: 'failed' }, { kind: 'answered' }]);
    expect(events.map((event) => event.outcome)).toEqual(['UNAVAILABLE', 'OK']);
  });

  test('that cannot be made names the cause and nothing else', async () => {
    const server = await startStubServer(() => ({}));
    await server[Symbol.asyncDispose]();
    const { client } = clientUnderTest({ ...server, retry: { maxAttempts: 2 } });
    const error = await rejection(client.listPage(leases, page1));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toContain('ECONNREFUSED');
  });

  test('that timed out is closed, not left open', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await startStubServer((_, response) => {
      response.on('close', closed.resolve).writeHead(200).write('[');
      return undefined;
    });
    const { client } = clientUnderTest({ ...server, requestTimeoutMs: 300, retry: { maxAttempts: 1 } });
    await rejection(client.listPage(leases, page1));
    await closed.promise;
  });

  test('ends by time-out even if the transport ignores being aborted', async () => {
    const { client, outcomes } = clientUnderTest({
      baseUrl: 'http://127.0.0.1:1',
      requestTimeoutMs: 20,
      retry: { maxAttempts: 1 },
      fetch: () => new Promise<Response>(() => undefined),
    });
    expect(await rejection(client.listPage(leases, page1))).toBeInstanceOf(UnavailableError);
    expect(outcomes).toEqual([{ kind: 'failed' }]);
  });
});

describe('retries', () => {
  test('back off exponentially with full jitter up to a cap, five attempts in all', async () => {
    await using server = await startStubServer(() => ({ status: 500 }));
    const { client, waits } = clientUnderTest({ ...server, random: () => 1 });
    await rejection(client.listPage(leases, page1));
    expect(waits).toEqual([500, 1000, 2000, 4000]);

    const capped = clientUnderTest({ ...server, random: () => 0.25, retry: { maxAttempts: 9 } });
    await rejection(capped.client.listPage(leases, page1));
    expect(capped.waits).toEqual([125, 250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  test.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['a date, when the server is an hour ahead', hourOff(1, 9), 9000],
    ['a date, when the server is an hour behind', hourOff(-1, 9), 9000],
    ['a date in the past', hourOff(1, -60), 0],
    ['a date, when the server does not tell its own', { 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT' }, 30_000],
    ['nonsense', { 'retry-after': '-5' }, 1000],
  ])('wait as Retry-After says in %s', async (_, headers, waitMs) => {
    await using server = await startStubServer(inTurn({ status: 429, headers }, { body: [] }));
    const { client, waits, outcomes } = clientUnderTest({ ...server, random: () => 0 });
    expect((await client.listPage(leases, page1)).size).toBe(0);
    expect(waits).toEqual([waitMs]);
    expect(outcomes).toEqual([{ kind: 'limited', retryAfterMs: waitMs }, { kind: 'answered' }]);
  });

  test('wait as Retry-After says after a 503 too', async () => {
    await using server = await startStubServer(inTurn({ status: 503, headers: { 'retry-after': '40' } }, { body: [] }));
    const { client, waits } = clientUnderTest(server);
    await client.listPage(leases, page1);
    expect(waits).toEqual([40_000]);
  });

  test('do not wait beyond the deadline: the error comes at once, with the full wait', async () => {
    await using server = await startStubServer(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    const { client, waits } = clientUnderTest({ ...server, deadline: Date.parse('2026-11-22T10:04:00Z') });
    expect(await rejection(client.listPage(leases, page1))).toMatchObject({ retryAfterMs: 3_600_000 });
    expect(waits).toEqual([]);
    expect(server.seen).toHaveLength(1);
  });

  test('stop at the deadline when their own backoff would pass it', async () => {
    await using server = await startStubServer(() => ({ status: 500 }));
    const deadline = Date.parse('2026-11-22T10:00:02Z');
    const { client, waits } = clientUnderTest({ ...server, deadline, random: () => 1 });
    expect(await rejection(client.listPage(leases, page1))).toBeInstanceOf(UnavailableError);
    expect(waits).toEqual([500, 1000]);
  });
});

describe('the gate', () => {
  test.each([new BreakerOpenError('open', 30_000), new RateLimitedError('full', 5000), new Error('store down')])(
    'refuses with its own error, and that is the end: %s',
    async (refusal) => {
      await using server = await startStubServer(() => ({ body: [] }));
      const { client, waits, outcomes } = clientUnderTest({
        ...server,
        enter: async () => {
          throw refusal;
        },
      });
      expect(await rejection(client.listPage(leases, page1))).toBe(refusal);
      expect(server.seen).toHaveLength(0);
      expect({ waits, outcomes }).toEqual({ waits: [], outcomes: [] });
    },
  );

  test('may open its breaker between two attempts of one call', async () => {
    await using server = await startStubServer(() => ({ status: 500 }));
    let entered = 0;
    const open = new BreakerOpenError('open', 30_000);
    const { client } = clientUnderTest({
      ...server,
      enter: async () => {
        if (++entered > 3) throw open;
      },
    });
    const refused = await rejection(client.listPage(leases, page1));
    expect(refused).toBeInstanceOf(BreakerOpenError);
    expect(refused).toMatchObject({ retryAfterMs: open.retryAfterMs, afterOwnFailure: true });
    expect(String(refused)).toContain('Rentvine answered 500 to the list of leases');
    expect(server.seen).toHaveLength(3);
  });

  test('may be waited for longer than a request may take', async () => {
    await using server = await startStubServer(() => ({ body: [leaseRow(1)] }));
    const { client, outcomes } = clientUnderTest({
      ...server,
      requestTimeoutMs: 500,
      enter: () => new Promise((resolve) => setTimeout(resolve, 600)),
    });
    expect((await client.listPage(leases, page1)).ids).toEqual(['1']);
    expect(outcomes).toEqual([{ kind: 'answered' }]);
  });

  test('is told the truth even if the call never got out', async () => {
    const { client, outcomes } = clientUnderTest({
      baseUrl: 'http://127.0.0.1:1',
      retry: { maxAttempts: 1 },
      fetch: async () => {
        throw 'not even an error';
      },
    });
    expect(await rejection(client.listPage(leases, page1))).toBeInstanceOf(UnavailableError);
    expect(outcomes).toHaveLength(1);
  });
});

describe('credentials', () => {
  const shown = (error: unknown): string => {
    let text = '';
    for (let current = error, depth = 0; current instanceof Error && depth < 10; current = current.cause, depth++) {
      text += inspect(current, { depth: 20, showHidden: true }) + JSON.stringify(current) + String(current.stack);
    }
    return text;
  };
  const hidden = [
    ...Object.values(secrets),
    Buffer.from(`${secrets.accessKey}:`).toString('base64').slice(0, 12),
    'JWT-hush',
  ];

  test.each<[string, StubAnswer]>([
    ['401', { status: 401, body: { echoed: secrets } }],
    ['404', { status: 404, body: html }],
    ['400', { status: 400, body: { message: secrets.secret } }],
    ['429', { status: 429 }],
    ['500', { status: 500, body: secrets.secret }],
    ['cut off', { body: `[{"lease": "${secrets.secret}"` }],
    ['an unknown shape', { body: { rows: secrets } }],
  ])('are in no error: %s', async (_, answer) => {
    for (const auth of [basicAuth, tokenAuth]) {
      await using server = await startStubServer(({ path }) =>
        path.endsWith('/auth/token') ? { body: { access_token: 'JWT-hush' } } : answer,
      );
      const { client } = clientUnderTest({ ...server, auth });
      const error = await rejection(client.listPage(leases, page1));
      for (const secret of hidden) expect(shown(error)).not.toContain(secret);
    }
  });

  test('are in no error of a broken connection or a time-out', async () => {
    await using server = await startStubServer(({ path }, response) => {
      if (path.includes('page=1')) response.destroy();
      return undefined;
    });
    const { client } = clientUnderTest({ ...server, requestTimeoutMs: 300, retry: { maxAttempts: 1 } });
    for (const page of [1, 2]) {
      const error = await rejection(client.listPage(leases, { page, pageSize: 10 }));
      expect(error).toBeInstanceOf(UnavailableError);
      for (const secret of hidden) expect(shown(error)).not.toContain(secret);
    }
  });

  test.each([
    { baseUrl: `https://user:${secrets.secret}@example.com` },
    { baseUrl: 'acme.example.com' },
    { baseUrl: 'ftp://acme.example.com' },
    { auth: { ...basicAuth, accessKey: `${secrets.accessKey}:1` } },
    { auth: { ...basicAuth, secret: '' } },
    { auth: { ...tokenAuth, tenantId: `${secrets.apiKey}\n` } },
    { name: 'acme\r\nX-Injected: 1' },
  ])('that could never work are refused when the client is made, without being quoted', async (wrong) => {
    const account = { name: 'acme', baseUrl: 'https://acme.example.com/api', auth: basicAuth, ...wrong };
    const error = await rejection((async () => createRentvineClient({ account, gate: openGate, deadline: () => 0 }))());
    expect(error).toBeInstanceOf(ConfigurationError);
    for (const secret of hidden) expect(shown(error)).not.toContain(secret);
  });
});

function asJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? 'null';
}

/** Headers of a server whose clock is hours off, that asks for a wait until so many seconds from its own now. */
function hourOff(hours: number, seconds: number): Record<string, string> {
  const serverNow = Date.parse('2026-11-22T10:00:00Z') + hours * 3_600_000;
  return {
    date: new Date(serverNow).toUTCString(),
    'retry-after': new Date(serverNow + seconds * 1000).toUTCString(),
  };
}

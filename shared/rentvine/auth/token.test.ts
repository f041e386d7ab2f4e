import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  AuthenticationError,
  ConfigurationError,
  ContractError,
  type PlatformError,
  UnavailableError,
} from '../../errors.ts';
import { leases } from '../resources/leases.ts';
import { clientUnderTest, rejection, secrets, tokenAuth } from '../testing/client-under-test.ts';
import { type StubAnswer, type StubServer, startStubServer } from '../testing/stub-server.ts';

const start = Date.parse('2026-11-22T10:00:00Z');
const page1 = { page: 1, pageSize: 10 };
const minutes = (count: number) => count * 60_000;
const endingAt = (epochMs: number) => ({ exp: epochMs / 1000 });

function jwt(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

interface TokenServer extends StubServer {
  readonly issued: string[];
  /** The server's clock, told in every answer once it is set. */
  clock?: () => number;
}

/** Issues tokens as the test says, numbered from 1, and answers reads by the token that they bring. */
async function startTokenServer(
  issue: (number: number) => string,
  read: (token: string, path: string) => StubAnswer | Promise<StubAnswer> = () => ({ body: [] }),
): Promise<TokenServer> {
  const issued: string[] = [];
  const server: StubServer = await startStubServer(async (request) => {
    const headers = result.clock && { date: new Date(result.clock()).toUTCString() };
    if (!request.path.endsWith('/auth/token')) {
      const bearer = request.headers.authorization?.slice('Bearer '.length) ?? '';
      return { ...(headers && { headers }), ...(await read(bearer, request.path)) };
    }
    const token = issue(issued.length + 1);
    issued.push(token);
    return { ...(headers && { headers }), body: { access_token: token } };
  });
  const result: TokenServer = { ...server, issued, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  return result;
}

describe('a token', () => {
  test('is asked for once and sent with the tenant', async () => {
    await using server = await startTokenServer(() => jwt(endingAt(start + minutes(60))));
    const { client, events, outcomes } = clientUnderTest({ ...server, auth: tokenAuth });
    await client.listPage(leases, page1);
    await client.listPage(leases, page1);

    expect(server.seen.map((request) => request.method)).toEqual(['POST', 'GET', 'GET']);
    expect(server.seen[0]).toMatchObject({
      path: '/api/manager/auth/token',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: { api_key: secrets.apiKey, api_secret: secrets.apiSecret, tenant_id: 'tenant-1' },
    });
    expect(server.seen[2]?.headers).toMatchObject({
      authorization: `Bearer ${server.issued[0]}`,
      'x-tenant-id': 'tenant-1',
      'x-rentvine-account': 'acme',
    });
    expect(events.map((event) => event.resource)).toEqual(['token', 'leases', 'leases']);
    expect(outcomes).toHaveLength(3);
  });

  test('is renewed five minutes before its end, and not earlier', async () => {
    await using server = await startTokenServer((number) => jwt(endingAt(start + minutes(60 * number))));
    const { client, clock } = clientUnderTest({ ...server, auth: tokenAuth });
    await client.listPage(leases, page1);
    clock.ms = start + minutes(55) - 1;
    await client.listPage(leases, page1);
    expect(server.issued).toHaveLength(1);
    clock.ms = start + minutes(55);
    await client.listPage(leases, page1);
    expect(server.issued).toHaveLength(2);
    expect(server.seen.at(-1)?.headers.authorization).toBe(`Bearer ${server.issued[1]}`);
  });

  test.each([-60, 60])("ends by the server's clock, which is %d minutes off", async (offMinutes) => {
    const serverStart = start + minutes(offMinutes);
    await using server = await startTokenServer((number) => jwt(endingAt(serverStart + minutes(30 * number))));
    const { client, clock } = clientUnderTest({ ...server, auth: tokenAuth });
    server.clock = () => clock.ms + minutes(offMinutes);
    await client.listPage(leases, page1);
    clock.ms = start + minutes(25) - 1000;
    await client.listPage(leases, page1);
    expect(server.issued).toHaveLength(1);
    clock.ms = start + minutes(25);
    await client.listPage(leases, page1);
    expect(server.issued).toHaveLength(2);
  });

  test('that lives shorter than the margin is not renewed at every call', async () => {
    await using server = await startTokenServer((number) => jwt(endingAt(start + minutes(2 * number))));
    const { client, clock } = clientUnderTest({ ...server, auth: tokenAuth });
    await client.listPage(leases, page1);
    clock.ms += minutes(1) - 1;
    await client.listPage(leases, page1);
    expect(server.issued).toHaveLength(1);
    clock.ms += 1;
    await client.listPage(leases, page1);
    expect(server.issued).toHaveLength(2);
  });

  test.each([
    ['is not a JWT', 'opaque'],
    ['has no exp', jwt({ sub: '1' })],
    ['has an unreadable exp', jwt({ exp: 'tomorrow' })],
    ['has claims that are no object', jwt('claims')],
    ['has ended already by every clock known', jwt(endingAt(start - minutes(10)))],
  ])('that %s is used until it is refused', async (_, token) => {
    let refuse = false;
    await using server = await startTokenServer(
      () => token,
      () => {
        const answer = refuse ? { status: 401 } : { body: [] };
        refuse = false;
        return answer;
      },
    );
    const { client, clock } = clientUnderTest({ ...server, auth: tokenAuth });
    await client.listPage(leases, page1);
    clock.ms += minutes(24 * 60);
    await client.listPage(leases, page1);
    expect(server.issued).toHaveLength(1);
    refuse = true;
    await client.listPage(leases, page1);
    expect(server.issued).toHaveLength(2);
  });

  test('that is refused is renewed once, and the call goes on', async () => {
    await using server = await startTokenServer(
      (number) => `token-${number}`,
      (token) => (token === 'token-1' ? { status: 401 } : { body: [{ lease: { leaseID: '1' } }] }),
    );
    const { client, outcomes, waits } = clientUnderTest({ ...server, auth: tokenAuth });
    expect((await client.listPage(leases, page1)).ids).toEqual(['1']);
    expect(server.issued).toHaveLength(2);
    expect(outcomes).toEqual(Array(4).fill({ kind: 'answered' }));
    expect(waits).toEqual([]);
  });

  test('that is refused again after its renewal is an authentication error', async () => {
    await using server = await startTokenServer(
      (number) => `token-${number}`,
      () => ({ status: 401 }),
    );
    const { client } = clientUnderTest({ ...server, auth: tokenAuth });
    const error = await rejection(client.listPage(leases, page1));
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    expect(server.seen.map((request) => request.method)).toEqual(['POST', 'GET', 'POST', 'GET']);
    expect(inspect(error)).not.toContain('token-');
  });

  test('that lacks a right is not renewed', async () => {
    await using server = await startTokenServer(
      () => 'token',
      () => ({ status: 403 }),
    );
    const { client } = clientUnderTest({ ...server, auth: tokenAuth });
    expect(await rejection(client.listPage(leases, page1))).toMatchObject({ code: 'FORBIDDEN' });
    expect(server.issued).toHaveLength(1);
  });

  test('is asked for and renewed once for all concurrent callers', async () => {
    let firstRefused = false;
    await using server = await startTokenServer(
      (number) => `token-${number}`,
      (token) => (firstRefused && token === 'token-1' ? { status: 401 } : { body: [] }),
    );
    const { client } = clientUnderTest({ ...server, auth: tokenAuth });
    const pages = [1, 2, 3, 4, 5, 6, 7, 8];
    const readAll = () => Promise.all(pages.map((page) => client.listPage(leases, { page, pageSize: 10 })));
    await readAll();
    expect(server.issued).toHaveLength(1);
    firstRefused = true;
    await readAll();
    expect(server.issued).toHaveLength(2);
  });

  test('that somebody else renewed meanwhile is not renewed again', async () => {
    const renewedByOther = Promise.withResolvers<void>();
    await using server = await startTokenServer(
      (number) => `token-${number}`,
      async (token, path) => {
        if (token !== 'token-1') return { body: [] };
        if (path.includes('page=2')) await renewedByOther.promise;
        return { status: 401 };
      },
    );
    const { client } = clientUnderTest({ ...server, auth: tokenAuth });
    const late = client.listPage(leases, { page: 2, pageSize: 10 });
    await client.listPage(leases, page1);
    renewedByOther.resolve();
    await late;
    expect(server.issued).toHaveLength(2);
  });
});

describe('the token endpoint', () => {
  test.each<[string, StubAnswer, new (...args: never[]) => PlatformError, number]>([
    ['refuses the credentials', { status: 401 }, AuthenticationError, 1],
    ['forbids', { status: 403 }, AuthenticationError, 1],
    // Never a NotFoundError: the caller would take it for the object's deletion.
    ['is not there', { status: 404, body: {} }, ConfigurationError, 1],
    ['answers without a token', { body: { token: secrets.apiSecret } }, ContractError, 1],
    [
      'answers a token that no header can carry',
      { body: { access_token: `${secrets.apiKey}\r\nX: 1` } },
      ContractError,
      1,
    ],
    ['fails', { status: 500 }, UnavailableError, 3],
  ])('that %s ends the call before any read', async (_, answer, type, calls) => {
    await using server = await startStubServer(() => answer);
    const { client, outcomes, events } = clientUnderTest({ ...server, auth: tokenAuth, retry: { maxAttempts: 3 } });
    const error = await rejection(client.readOne(leases, '1', {}));
    expect(error).toBeInstanceOf(type);
    expect(server.seen.map((request) => request.method)).toEqual(Array(calls).fill('POST'));
    expect(outcomes).toEqual(Array(calls).fill({ kind: type === UnavailableError ? 'failed' : 'answered' }));
    expect(events.map((event) => event.resource)).toEqual(Array(calls).fill('token'));
    for (const secret of Object.values(secrets)) expect(inspect(error, { depth: 20 })).not.toContain(secret);
  });

  test('is tried again by the next call after it failed', async () => {
    let up = false;
    await using server = await startStubServer(({ path }) => {
      if (!path.endsWith('/auth/token')) return { body: [] };
      return up ? { body: { access_token: 'token' } } : { status: 500 };
    });
    const { client } = clientUnderTest({ ...server, auth: tokenAuth, retry: { maxAttempts: 1 } });
    expect(await rejection(client.listPage(leases, page1))).toBeInstanceOf(UnavailableError);
    up = true;
    expect((await client.listPage(leases, page1)).size).toBe(0);
  });

  test('is reached even if only one request may be in flight', async () => {
    let inFlight = 0;
    await using server = await startTokenServer(
      (number) => `token-${number}`,
      (token) => (token === 'token-1' ? { status: 401 } : { body: [] }),
    );
    const { client } = clientUnderTest({
      ...server,
      auth: tokenAuth,
      enter: async () => {
        if (inFlight > 0) throw new Error('A second permit was asked for');
        inFlight++;
      },
      leave: () => {
        inFlight--;
      },
    });
    expect((await client.listPage(leases, page1)).size).toBe(0);
  });
});

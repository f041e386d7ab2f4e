import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { type Simulator, startSimulator } from './simulator.ts';
import { clientOf } from './test-client.ts';

let nowMs: number;
let simulator: Simulator;

beforeEach(async () => {
  nowMs = Date.parse('2026-11-22T12:00:00Z');
  simulator = await startSimulator({ counts: { leases: 5 }, clock: () => nowMs, tokenLifetimeMs: 600_000 });
});
afterEach(() => simulator.stop());

async function login(changes: Record<string, string> = {}): Promise<{ status: number; token: string | undefined }> {
  const { apiKey, apiSecret, tenantId } = simulator.authentication().credentials;
  const { status, json } = await clientOf(simulator).call(
    'POST',
    '/auth/token',
    { api_key: apiKey, api_secret: apiSecret, tenant_id: tenantId, ...changes },
    { authorization: '' },
  );
  const body = z.object({ access_token: z.string() }).safeParse(json);
  return { status, token: body.data?.access_token };
}

const read = async (headers: Record<string, string>) => (await clientOf(simulator).get('/leases/1', headers)).status;

test('wrong and missing keys are refused with 401 as JSON', async () => {
  expect(await read({ authorization: 'Basic d3Jvbmc6d3Jvbmc=' })).toBe(401);
  expect(await read({ authorization: '' })).toBe(401);
  expect((await clientOf(simulator).get('/leases/1', { authorization: '' })).json).toEqual({ message: 'Unauthorized' });
});

test('a token is a JWT that ends when it says, and needs its tenant', async () => {
  const { token = '' } = await login();
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  expect(claims.exp).toBe(nowMs / 1000 + 600);
  const { tenantId } = simulator.authentication().credentials;
  const headers = { authorization: `Bearer ${token}`, 'x-tenant-id': tenantId };
  expect(await read(headers)).toBe(200);
  expect(await read({ authorization: `Bearer ${token}` })).toBe(401);
  nowMs += 600_000;
  expect(await read(headers)).toBe(401);
});

test('wrong keys get no token', async () => {
  expect(await login({ api_secret: 'wrong' })).toEqual({ status: 401, token: undefined });
});

test('tokens can be expired early', async () => {
  const { token = '' } = await login();
  const headers = { authorization: `Bearer ${token}`, 'x-tenant-id': simulator.authentication().credentials.tenantId };
  simulator.authentication().expireTokens();
  expect(await read(headers)).toBe(401);
  expect((await login()).status).toBe(200);
});

test('keys can be revoked, restored and rotated', async () => {
  simulator.authentication().revoke();
  expect(await read({})).toBe(401);
  expect((await login()).status).toBe(401);
  simulator.authentication().restore();
  expect(await read({})).toBe(200);
  const old = clientOf(simulator);
  simulator.authentication().rotate({ secret: 'another' });
  expect((await old.get('/leases/1')).status).toBe(401);
  expect(await read({})).toBe(200);
});

test('a role may read one resource and not another', async () => {
  simulator.forbid(['transactions']);
  const client = clientOf(simulator);
  expect((await client.get('/accounting/transactions/search')).status).toBe(403);
  expect((await client.get('/leases/export')).status).toBe(200);
});

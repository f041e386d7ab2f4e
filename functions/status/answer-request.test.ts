import { expect, it } from 'vitest';
import { answerRequest, type StatusDependencies } from './answer-request.ts';
import type { Authorization } from './status-token.ts';

const dependencies = (authorization: Authorization, other: Partial<StatusDependencies> = {}): StatusDependencies => ({
  authorize: async () => authorization,
  health: async (withDetails) => ({
    status: 'healthy',
    checkedAt: '2026-03-01T12:00:00.000Z',
    checks: [],
    ...(withDetails && { accounts: [] }),
  }),
  metrics: async () => 'aictive_up 1\n',
  docs: () => '<!doctype html>',
  openApi: () => '{}',
  ...other,
});

const ask = async (path: string, given: StatusDependencies, method = 'GET') => {
  const answer = await answerRequest(
    { rawPath: path, headers: {}, requestContext: { requestId: 'r-1', http: { method } } },
    given,
  );
  return { ...answer, json: answer.body.startsWith('{') ? JSON.parse(answer.body) : undefined };
};

it('tells anybody how the platform is, and about accounts only who has the token', async () => {
  expect((await ask('/health', dependencies('absent'))).json).not.toHaveProperty('accounts');
  expect((await ask('/health', dependencies('granted'))).json).toHaveProperty('accounts');
  expect(await ask('/health', dependencies('refused'))).toMatchObject({ statusCode: 401 });
  // Nothing can be proved while Secrets Manager is away; how the platform is can still be told.
  const unknown = await ask('/health', dependencies('unknown'));
  expect(unknown.statusCode).toBe(200);
  expect(unknown.json).not.toHaveProperty('accounts');
});

it('shows metrics to nobody without the token', async () => {
  for (const authorization of ['absent', 'refused'] as const) {
    expect(await ask('/metrics', dependencies(authorization))).toMatchObject({
      statusCode: 401,
      headers: { 'www-authenticate': expect.stringContaining('Bearer') },
      json: { error: expect.any(String) },
    });
  }
  expect(await ask('/metrics', dependencies('unknown'))).toMatchObject({
    statusCode: 503,
    json: { error: expect.any(String) },
  });
  expect(await ask('/metrics', dependencies('granted'))).toMatchObject({
    statusCode: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
    body: 'aictive_up 1\n',
  });
});

it.each([
  ['degraded', 200],
  ['unhealthy', 503],
] as const)('answers %s with %i', async (status, statusCode) => {
  const health = async () => ({ status, checkedAt: '2026-03-01T12:00:00.000Z', checks: [] });
  expect(await ask('/health', dependencies('absent', { health }))).toMatchObject({ statusCode, json: { status } });
});

it('answers HEAD like GET, without a body', async () => {
  const answer = await ask('/docs', dependencies('absent'), 'HEAD');
  expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '' });
});

it.each(['/', '/healthy', '/constructor', '/__proto__', '/health/', ''])(
  'answers %j with 404 as JSON',
  async (path) => {
    expect(await ask(path, dependencies('granted'))).toMatchObject({
      statusCode: 404,
      json: { error: expect.any(String) },
    });
  },
);

it('lets a browser ask before it reads, which API Gateway may hand on to the function', async () => {
  expect(await ask('/health', dependencies('refused'), 'OPTIONS')).toMatchObject({ statusCode: 204 });
});

it.each(['POST', 'PUT', 'DELETE', 'TRACE'])('answers %s with 405 and what is allowed', async (method) => {
  expect(await ask('/health', dependencies('granted'), method)).toMatchObject({
    statusCode: 405,
    headers: { allow: 'GET, HEAD' },
    json: { error: expect.any(String) },
  });
});

it('answers what it did not foresee with 500, and says nothing of it', async () => {
  const metrics = () => Promise.reject(new Error('secret-inside'));
  const answer = await ask('/metrics', dependencies('granted', { metrics }));
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('secret-inside');
});

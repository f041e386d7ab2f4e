import { describe, expect } from 'vitest';
import { type HealthReport, healthReportSchema } from '../../functions/status/health/health-report.ts';
import { watch } from '../../infra/faults/stack-driver.ts';
import { redriveTargetSchema } from '../../shared/dead-letters/redrive-target.ts';
import { readGateState } from '../../shared/store/account-gate.ts';
import { keepDeadLetter } from '../../shared/store/dead-letters.ts';
import { onCompany } from '../fixtures.ts';
import { asTimePasses, until } from '../integration/eventually.ts';
import type { Harness } from '../integration/harness.ts';
import { parseExposition } from './exposition-parser.ts';
import { ask, makeStatusToken, statusToken, withToken } from './status-client.ts';

const account = 'very-secret-customer';
const it = onCompany({}, { name: account });

const health = async ({ stack }: Harness, headers: Record<string, string> = {}) => {
  const answer = await ask(stack, '/health', { headers });
  return { code: answer.status, text: answer.text, report: healthReportSchema.parse(JSON.parse(answer.text)) };
};
/** Answers are kept for ten seconds, and the watcher looks every minute. */
const healthOnce = async (harness: Harness, what: string, condition: (report: HealthReport) => boolean) => {
  await until(
    what,
    asTimePasses(harness.clock, async () => {
      await watch(harness);
      return condition((await health(harness)).report);
    }),
  );
  return health(harness);
};
const statusOf = ({ checks }: HealthReport, name: string) => checks.find((check) => check.name === name)?.status;

describe('the status function in the stack', () => {
  it('lets nobody see metrics while there is no token, and logs how to make one', async ({ harness }) => {
    for (const headers of [{}, withToken, { authorization: 'Bearer undefined' }, { authorization: 'Bearer ' }]) {
      expect(await ask(harness.stack, '/metrics', { headers })).toMatchObject({ status: 401 });
    }
    expect(
      harness.logs.some((line) => line.includes('secretsmanager create-secret --name aictive/dev/status-token')),
    ).toBe(true);
    // For the others; that there is none is remembered for ten seconds.
    await makeStatusToken(harness.platform);
  });

  it('is healthy, then degraded, then unhealthy, with what it consists of', async ({ harness, company }) => {
    await watch(harness);
    expect(await health(harness)).toMatchObject({ code: 200, report: { status: 'healthy' } });

    const letter = {
      id: crypto.randomUUID(),
      source: 'webhook-events',
      deadLetterQueue: 'aictive-dev-webhook-events-dlq',
      account,
      code: 'UNKNOWN',
      message: 'It failed.',
      firstFailedAt: new Date().toISOString(),
      lastFailedAt: new Date().toISOString(),
      receiveCount: 5,
      attributes: {},
      target: redriveTargetSchema.parse({ kind: 'function', functionName: 'none' }),
      body: '{}',
    };
    await keepDeadLetter(harness.state, letter, new Date());
    company.simulator.faults.down(true);
    await company.request('vendors', 'full');
    await until('the breaker to open', async () => {
      return (await readGateState(harness.state, account)).openUntil > harness.clock.now().getTime();
    });
    const degraded = await healthOnce(harness, 'both to show', (report) =>
      ['dead-letters', 'rentvine-apis'].every((name) => statusOf(report, name) === 'degraded'),
    );
    expect(degraded).toMatchObject({ code: 200, report: { status: 'degraded' } });
    expect(degraded.text).not.toContain(account);
    const isTaken = async () => (await ask(harness.stack, '/health', { headers: withToken })).status === 200;
    await until('the token to be taken', asTimePasses(harness.clock, isTaken));
    const [told] = (await health(harness, withToken)).report.accounts ?? [];
    expect(told).toMatchObject({ account, status: 'degraded', breaker: expect.stringContaining('open') });

    company.simulator.faults.down(false);
    const stop = harness.intercept(({ service, operation, body }) =>
      service === 'dynamodb' && operation === 'GetItem' && body.TableName === harness.records.name
        ? { status: 400, type: 'com.amazonaws.dynamodb.v20120810#AccessDeniedException', message: 'No.' }
        : undefined,
    );
    const unhealthy = await healthOnce(harness, 'unhealthy', ({ status }) => status === 'unhealthy');
    expect(unhealthy.code).toBe(503);
    expect(statusOf(unhealthy.report, 'records-table')).toBe('unhealthy');
    expect(statusOf(unhealthy.report, 'state-table')).toBe('healthy');
    stop();
  });

  it('lets in who has the token, and nobody else', async ({ harness }) => {
    const wrong = [`Bearer ${statusToken}x`, 'Bearer wrong', `Basic ${statusToken}`, statusToken];
    for (const path of ['/metrics', '/health']) {
      for (const authorization of wrong) {
        const answer = await ask(harness.stack, path, { headers: { authorization } });
        expect(answer.status, `${path} ${authorization}`).toBe(401);
        expect(answer.headers.get('www-authenticate')).toContain('Bearer');
        expect(answer.text).not.toContain(account);
      }
    }
    expect(await ask(harness.stack, '/metrics')).toMatchObject({ status: 401 });
    expect(harness.logs.join('\n')).not.toContain(statusToken);
  });

  it('answers metrics of which every line is of Prometheus’ format, from every source', async ({ harness }) => {
    const { status, headers, text } = await ask(harness.stack, '/metrics', { headers: withToken });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parseExposition(text);
    expect(families.get('aictive_source_up')?.samples.filter(({ value }) => value !== 1)).toEqual([]);
    for (const [name, { help }] of families) {
      expect(name).toMatch(/^aictive_[a-z0-9_]+$/);
      expect(help, name).toMatch(/\.$/);
    }
    expect(families.get('aictive_accounts')?.samples).toEqual([{ labels: {}, value: 1 }]);
    expect(families.get('aictive_function_errors_last_5m')?.samples.map(({ labels }) => labels.function)).toEqual(
      expect.arrayContaining(['status', 'sync-worker', 'webhook-receiver', 'dead-letter-keeper']),
    );
    // The function's own, of the requests before this one.
    const memory = families.get('aictive_function_memory_used_bytes')?.samples;
    expect(memory?.find(({ labels }) => labels.function === 'status')?.value).toBeGreaterThan(10_000_000);
    expect(families.get('aictive_table_size_bytes')?.samples.map(({ labels }) => labels.table)).toEqual([
      'records',
      'state',
    ]);
  });

  it('gives every answer the security headers, and lets no other origin read it', async ({ harness }) => {
    for (const path of ['/health', '/metrics', '/docs', '/openapi.json']) {
      const { headers } = await ask(harness.stack, path, { headers: { origin: 'https://other.example.com' } });
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('strict-transport-security'), path).toContain('max-age=');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
      expect(headers.get('access-control-allow-origin'), path).toBeNull();
    }
  });

  it('serves its documentation, to HEAD without a body', async ({ harness }) => {
    expect(await ask(harness.stack, '/docs')).toMatchObject({
      status: 200,
      text: expect.stringContaining('<!doctype html>'),
    });
    const { text } = await ask(harness.stack, '/openapi.json');
    expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.1' });
    expect(await ask(harness.stack, '/docs', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });
});

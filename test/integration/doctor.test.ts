import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, afterEach, describe, expect, vi } from 'vitest';
import * as z from 'zod';
import { alarmsCommand } from '../../infra/cli/commands/alarms.ts';
import { dlqList } from '../../infra/cli/commands/dlq-list.ts';
import { doctor } from '../../infra/cli/commands/doctor.ts';
import { syncStatus } from '../../infra/cli/commands/sync-status.ts';
import { webhookMoveKeys } from '../../infra/cli/commands/webhook-move-keys.ts';
import { readSecretText } from '../../shared/account/secret-text.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { metricsNamespace } from '../../shared/observability/metrics.ts';
import { sharedGate } from '../../shared/store/account-gate.ts';
import { keepDeadLetter } from '../../shared/store/dead-letters.ts';
import { onStack } from '../fixtures.ts';
import { allResources, type Company, type CompanyOptions } from './company.ts';
import type { Harness } from './harness.ts';

const lineSchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  found: z.string(),
  advice: z.string().optional(),
});
type Line = z.output<typeof lineSchema>;

const webhook = { dialects: ['body'], signingKeys: ['test-signing-key-1'] };
const data = mkdtempSync(join(tmpdir(), 'doctor-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const it = onStack({ dataDir: join(data, 'stack') })
  .extend('healthy', { scope: 'file' }, async ({ harness }) => {
    const healthy = await harness.company({ name: 'healthy' });
    await healthy.putSecret({ webhook });
    const runs = await healthy.syncAll(allResources, 'full');
    for (const [resource, run] of runs) expect(run.status, resource).toBe('succeeded');
    await watched(harness, { WatcherRounds: 5 });
    return healthy;
  })
  // A company with something about it that is not as it should be.
  .extend('patient', ({ harness }) => async (options: CompanyOptions = {}): Promise<Company> => {
    const company = await harness.company(options);
    await company.putSecret({ webhook });
    return company;
  });

/** Tells CloudWatch what the watcher would, which has no ticks here. */
async function watched({ platform, stack, clock }: Harness, metrics: Record<string, number>): Promise<void> {
  const MetricData = Object.entries(metrics).flatMap(([MetricName, Value]) =>
    [0, 5, 10].map((minutes) => ({
      MetricName,
      Value,
      Dimensions: [{ Name: 'service', Value: 'watcher' }],
      Timestamp: new Date(clock.now().getTime() - minutes * 60_000),
    })),
  );
  await platform.cloudwatch.send(new PutMetricDataCommand({ Namespace: metricsNamespace('dev'), MetricData }));
  await stack.evaluateAlarms();
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the command prints, and its exit code. */
async function run(...args: string[]): Promise<{ code: number; printed: string }> {
  const printed: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text: unknown) => void printed.push(String(text)));
  const code = await doctor.execute(['--data', data, ...args]);
  vi.restoreAllMocks();
  return { code, printed: printed.join('\n') };
}

async function examine(account: string) {
  const { code, printed } = await run('--account', account, '--json');
  const lines = z.array(lineSchema).parse(JSON.parse(printed));
  const failed = lines.filter(({ status }) => status === 'fail');
  expect(code, JSON.stringify(failed)).toBe(failed.length === 0 ? 0 : 1);
  const line = (name: string): Line | undefined => lines.find((each) => each.name === name);
  return { code, lines, line, failed: failed.map(({ name }) => name) };
}

describe('npm run ops -- doctor', () => {
  it('says ok of everything on a stack that is well, politely, without a word of what is secret', async ({
    healthy,
  }) => {
    const before = healthy.simulator.requests.count();
    const { code, lines, failed } = await examine(healthy.account);
    expect(lines.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(failed).toEqual([]);
    expect(code).toBe(0);
    expect(lines.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'configuration',
        'credentials',
        'page size',
        'read leases',
        'queue webhook-events',
        'fresh bills',
      ]),
    );
    // One row of each resource, a page or two, and the lease that the test webhook is about.
    expect(healthy.simulator.requests.count() - before).toBeLessThanOrEqual(allResources.length + 4);
    const { printed } = await run('--account', healthy.account);
    expect(printed).toMatch(/^ok {4}credentials +Rentvine accepts them$/m);
    expect(printed).not.toMatch(/fake-secret|fake-access-key|test-signing-key/);
  });

  it('says that the key is wrong, and asks Rentvine for nothing more', async ({ patient }) => {
    const company = await patient();
    company.simulator.authentication().revoke();
    const { code, line, failed } = await examine(company.account);
    expect(code).toBe(1);
    expect(line('credentials')).toMatchObject({
      status: 'fail',
      advice: expect.stringContaining('Users, Roles and API'),
    });
    expect(line('Rentvine')?.status).toBe('ok');
    expect(line('read leases')).toMatchObject({ status: 'warn', found: expect.stringContaining('UNAUTHENTICATED') });
    expect(failed).toHaveLength(1);
    expect(company.simulator.requests.all).toHaveLength(1);
  });

  it('says that Rentvine cannot be reached, after one request', async ({ patient }) => {
    const company = await patient();
    company.simulator.faults.add({ kind: 'drop' });
    const { code, line } = await examine(company.account);
    expect(code).toBe(1);
    expect(line('Rentvine')).toMatchObject({ status: 'fail', advice: expect.stringContaining('baseUrl') });
    expect(line('credentials')?.status).toBe('warn');
    expect(line('clock skew')?.status).toBe('warn');
    expect(line('breaker')?.status).toBe('ok');
  });

  it('names the resource that the role may not read, and the right to give', async ({ patient }) => {
    const company = await patient({ forbidden: ['workOrders'] });
    const { code, line, failed } = await examine(company.account);
    expect(code).toBe(1);
    expect(line('read workOrders')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('FORBIDDEN'),
      advice: expect.stringContaining('the right to read work orders'),
    });
    expect(failed).toHaveLength(1);
  });

  it('says that the clocks differ', async ({ patient }) => {
    const company = await patient({ simulator: { clock: () => Date.now() - 10 * 60_000 } });
    const { code, line, failed } = await examine(company.account);
    expect(line('clock skew')).toMatchObject({
      status: 'warn',
      found: expect.stringMatching(/^Rentvine's clock is (599|600|601) s behind ours$/),
      advice: expect.stringContaining('NTP'),
    });
    expect(failed).toEqual([]);
    expect(code).toBe(0);
  });

  it('says what page size the server really gives', async ({ patient }) => {
    const company = await patient({ simulator: { pageCap: 40 } });
    const { code, line, failed } = await examine(company.account);
    expect(line('page size')).toMatchObject({
      status: 'warn',
      found: expect.stringContaining('40 of 250'),
      advice: expect.stringContaining('sync.pageSize to 40'),
    });
    expect(failed).toEqual([]);
    expect(code).toBe(0);
  });

  it('says that a signing key is missing', async ({ harness }) => {
    const company = await harness.company();
    const { code, line, failed } = await examine(company.account);
    expect(line('signing keys')).toMatchObject({ status: 'warn', advice: expect.stringContaining('"signingKeys"') });
    expect(line('webhook signature')?.status).toBe('warn');
    expect(line('webhook route')?.status).toBe('ok');
    expect(failed).toEqual([]);
    expect(code).toBe(0);
  });

  it('says that signing keys stand where the receiver cannot read them; one command moves them', async ({
    harness,
  }) => {
    const company = await harness.company();
    const { account } = company;
    const { accessKey, secret } = company.simulator.authentication().credentials;
    const auth = { scheme: 'basic', accessKey, secret };
    const baseUrl = company.simulator.baseUrl();
    await harness.platform.putSecret(account, { auth, baseUrl, webhook });
    expect((await examine(account)).line('signing keys')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('its webhooks are refused'),
      advice: `Run npm run ops -- webhook move-keys --account ${account}.`,
    });
    expect((await company.sync('portfolios', 'full')).status).toBe('succeeded');

    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const move = (...args: string[]) => webhookMoveKeys.execute(['--data', data, '--account', account, ...args]);
    expect(await move()).toBe(0);
    const between = await examine(account);
    expect(between.line('webhook signature')).toMatchObject({ status: 'ok' });
    expect(between.line('signing keys')).toMatchObject({ status: 'warn', advice: expect.stringContaining('--remove') });
    expect(await move('--remove')).toBe(0);
    expect(await move('--remove')).toBe(0);
    expect((await examine(account)).line('signing keys')).toMatchObject({ status: 'ok' });
    const left = await readSecretText(harness.platform.secrets, harness.platform.secretPrefix + account);
    expect(JSON.parse(left ?? '')).toEqual({ auth, baseUrl });
  });

  it('says which key of a secret is wrong, and not what it holds', async ({ harness }) => {
    const company = await harness.company();
    await company.putSecret({ auth: { scheme: 'basic', accessKey: 'MARKER-key', sekret: 'MARKER-secret' } });
    const { code, lines, line } = await examine(company.account);
    expect(code).toBe(1);
    expect(line('secret')).toMatchObject({ status: 'fail', found: expect.stringContaining('auth.secret') });
    expect(line('credentials')?.status).toBe('warn');
    expect(JSON.stringify(lines)).not.toContain('MARKER');
  });

  it('says that there is no such account', async ({ healthy }) => {
    const { code, line } = await examine(`not-${healthy.account}`);
    expect(code).toBe(1);
    expect(line('accounts')).toMatchObject({
      status: 'fail',
      advice: expect.stringContaining('aictive/dev/rentvine/'),
    });
  });

  it('says that a breaker is open', async ({ harness, patient }) => {
    const company = await patient();
    const gate = sharedGate({
      table: harness.state,
      account: company.account,
      settings: { requestsPerSecond: 10, burst: 20, maxInFlight: 4, slotMs: 1_000 },
      now: () => Date.now() + 60_000,
    });
    for (let failure = 0; failure < 3; failure++) {
      await (await gate.enter(Date.now() + 120_000)).leave({ kind: 'failed' });
    }
    const { code, line } = await examine(company.account);
    expect(code).toBe(1);
    expect(line('breaker')).toMatchObject({ status: 'fail', advice: expect.stringContaining('rentvine-api-down.md') });
    expect(company.simulator.requests.all).toHaveLength(0);
  });

  it('says that AWS does not answer, and nothing of what it cannot know then', async ({ harness, healthy }) => {
    const stop = harness.intercept(({ service }) =>
      service === 'secretsmanager' ? { status: 400, type: 'AccessDeniedException', message: 'no' } : undefined,
    );
    const { code, lines, line } = await examine(healthy.account);
    stop();
    expect(code).toBe(1);
    expect(line('AWS')).toMatchObject({ status: 'fail', advice: expect.stringContaining('AWS credentials') });
    expect(lines.map(({ name }) => name)).toEqual(['configuration', 'AWS']);
  });

  it('says that a dead letter waits, and that it has waited for too long', async ({ harness, healthy }) => {
    const letter = {
      id: 'm-1',
      source: 'sync-jobs',
      deadLetterQueue: 'dlq',
      code: 'INTERNAL',
      message: 'It failed.',
      firstFailedAt: new Date().toISOString(),
      lastFailedAt: new Date().toISOString(),
      receiveCount: 3,
      attributes: {},
      target: { kind: 'function', functionName: 'f' },
      body: '{}',
    } as const;
    await keepDeadLetter(harness.state, letter, new Date());
    const fresh = await examine(healthy.account);
    expect(fresh.line('dead letters')).toMatchObject({ status: 'warn', advice: expect.stringContaining('dlq list') });
    expect(fresh.code).toBe(0);
    await keepDeadLetter(harness.state, { ...letter, id: 'm-2' }, new Date(Date.now() - 2 * 3_600_000));
    const old = await examine(healthy.account);
    expect(old.line('dead letters')?.status).toBe('fail');
    expect(old.code).toBe(1);
  });

  it('says that an alarm rings, and where its article is', async ({ harness, healthy }) => {
    await watched(harness, { BreakersOpen: 1 });
    const { failed, line } = await examine(healthy.account);
    expect(failed).toContain('alarm rentvine-api-down');
    expect(line('alarm rentvine-api-down')).toMatchObject({
      found: expect.stringMatching(/^rings since 20.*, critical$/),
      advice: 'See infra/runbooks/rentvine-api-down.md.',
    });
    const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(await alarmsCommand.execute(['--data', data, '--ringing'])).toBe(1);
    expect(printed.mock.calls.join('\n')).toMatch(/^rentvine-api-down +ALARM +20\S+ +critical +infra\/runbooks/m);
  });

  it('a mistyped account is an error that names those that there are, with other commands too', async () => {
    const mistyped = syncStatus.execute(['--data', data, '--account', 'healty']);
    await expect(mistyped).rejects.toThrow(/There is no account "healty"; there are .*healthy/);
    await expect(dlqList.execute(['--data', data, '--account', 'healty'])).rejects.toThrow(ConfigurationError);
  });

  it('says that no stack runs here', async () => {
    const { code, printed } = await run('--data', join(data, 'nothing'), '--account', 'acme');
    expect(code).toBe(1);
    expect(printed).toMatch(/^FAIL {2}stack/);
    expect(printed).toContain('npm start');
  });
});

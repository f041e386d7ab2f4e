import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { ConfigurationError } from '../../shared/errors.ts';
import { runIdOf } from '../../shared/sync/job.ts';
import { webhookSend } from '../cli/commands/webhook-send.ts';
import { type TurnableClock, turnableClock } from '../local/clock/turnable-clock.ts';
import { type LocalStack, startLocalStack } from '../local/start.ts';
import { FunctionFailedError } from './function-failed-error.ts';
import { runningPlatform } from './local-platform.ts';
import type { Platform } from './platform.ts';

const data = mkdtempSync(join(tmpdir(), 'platform-'));
const clock: TurnableClock = turnableClock();
let stack: LocalStack;
let platform: Platform;

beforeAll(async () => {
  const dataDir = join(data, 'acme');
  stack = await startLocalStack({
    assemblyDir: inject('assemblyDir'),
    dataDir,
    clock,
    schedules: false,
    stopGraceMs: 100,
    secrets: { 'aictive/dev/rentvine/acme': '{}' },
  });
  platform = runningPlatform(data);
});
afterAll(async () => {
  platform?.close();
  await stack?.stop();
  rmSync(data, { recursive: true });
});

it('of a stack in another process knows the accounts, the addresses and the tables', async () => {
  await platform.putSecret('beta', { auth: 'none' });
  expect((await platform.accounts()).map(({ name }) => name)).toEqual(['acme', 'beta']);
  await expect(platform.readAccount('beta')).rejects.toThrow(ConfigurationError);
  expect(await platform.webhookUrl('acme')).toBe(`${stack.apiUrl}/webhooks/rentvine/acme`);
  expect(platform.records.name).toBe('aictive-dev-records');
});

it('plans by the clock of the stack, however often that is turned', async () => {
  for (let turn = 0; turn < 2; turn++) await clock.advance(86_400_000);
  const before = clock.now();
  const [job, ...others] = await platform.plan({ resource: 'leases', mode: 'full', accounts: ['acme'] });
  expect(others).toEqual([]);
  expect(job).toMatchObject({ account: 'acme', resource: 'leases' });
  const idAt = (at: Date) =>
    runIdOf({ resource: 'leases', mode: 'full', activeOnly: false, correlationId: '', scheduledAt: at.toISOString() });
  expect(job?.runId.localeCompare(idAt(before))).toBeGreaterThanOrEqual(0);
  expect(job?.runId.localeCompare(idAt(clock.now()))).toBeLessThanOrEqual(0);
});

it('a webhook that a command signs is taken, though the clock is days ahead of the machine’s', async () => {
  const webhook = { dialects: ['body'], signingKeys: ['test-signing-key-1'] };
  await platform.putSecret('gamma', { auth: { scheme: 'basic', accessKey: 'a', secret: 'b' } });
  await platform.putWebhookSecret('gamma', webhook);
  await clock.advance(86_400_000);
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const code = await webhookSend.execute([
    '--data',
    data,
    '--account',
    'gamma',
    '--event',
    'leaseUpdated',
    '--id',
    '5',
  ]);
  vi.restoreAllMocks();
  expect(code).toBe(0);
});

it('passes on what a function failed with', async () => {
  const failed = platform.plan({ resource: 'leases', mode: 'full', accounts: ['nobody'] });
  await expect(failed).rejects.toThrow(FunctionFailedError);
  await expect(failed).rejects.toThrow('Account nobody has no secret');
});

it('says that no stack runs where none does', () => {
  expect(() => runningPlatform(join(data, 'nothing'))).toThrow(/No stack runs on this machine/);
});

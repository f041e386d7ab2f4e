import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type LocalStack, startLocalStack } from '../../infra/local/start.ts';
import { readSettings } from '../../infra/settings.ts';
import { CoreStack } from '../../infra/stacks/core-stack.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { ask } from './status-client.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const allowed = 'https://status.example.com';
const outdir = mkdtempSync(join(tmpdir(), 'cors-'));
let stack: LocalStack;

const settings = (allowOrigins: unknown) => readSettings((key) => (key === 'cors' ? { allowOrigins } : undefined));

beforeAll(async () => {
  const app = new App({ outdir, analyticsReporting: false });
  new CoreStack(app, 'aictive-dev-core', { settings: settings([allowed]) });
  stack = await startLocalStack({ assemblyDir: app.synth().directory, schedules: false, stopGraceMs: 100 });
});
afterAll(async () => {
  await stack?.stop();
  rmSync(outdir, { recursive: true, force: true });
});

const preflight = (origin: string, path = '/metrics') =>
  ask(stack, path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
  });

it('lets pages of the configured origin read it, with the token', async () => {
  const { headers } = await ask(stack, '/health', { headers: { origin: allowed } });
  expect(headers.get('access-control-allow-origin')).toBe(allowed);
  const asked = await preflight(allowed);
  expect(asked.status).toBe(204);
  expect(asked.headers.get('access-control-allow-methods')).toBe('GET,HEAD');
  expect(asked.headers.get('access-control-allow-headers')).toBe('authorization');
});

it('lets pages of no other origin read it', async () => {
  const other = 'https://status.example.com.evil.example';
  expect(
    (await ask(stack, '/health', { headers: { origin: other } })).headers.get('access-control-allow-origin'),
  ).toBeNull();
  expect((await preflight(other)).headers.get('access-control-allow-origin')).toBeNull();
});

it.each([
  'https://status.example.com/',
  'https://status.example.com/page',
  'status.example.com',
  'null',
  'file://x',
  'https://*.example.com',
])('is not configured with %j, which no browser would send', (origin) => {
  expect(() => settings([origin])).toThrow(ConfigurationError);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

function run(...args: string[]) {
  const child = spawn(process.execPath, [entry, ...args]);
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    output.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.err += chunk;
  });
  return { child, output, ended: once(child, 'close').then(([code]) => code) };
}

test('says where it listens and with which keys, serves, and stops on Ctrl-C', async () => {
  const { child, output, ended } = run('--port', '0', '--account', 'zenith', '--leases', '30');
  await expect.poll(() => output.out, { timeout: 30_000 }).toContain('Ctrl-C');
  const [, baseUrl = '', accessKey, secret] = /zenith: (\S+)\s+access key (\S+), secret (\S+)/.exec(output.out) ?? [];
  const authorization = `Basic ${btoa(`${accessKey}:${secret}`)}`;
  const response = await fetch(`${baseUrl}/leases/export?pageSize=100`, { headers: { authorization } });
  expect(await response.json()).toHaveLength(30);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
}, 60_000);

test('a bad option is one sentence and exit code 2', async () => {
  const { output, ended } = run('--size', 'huge');
  expect(await ended).toBe(2);
  expect(output.err).toBe('--size must be small, medium, large, not "huge". Try --help.\n');
}, 60_000);

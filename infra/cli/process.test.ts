import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { choosePort } from './port.ts';
import { tellIfUnreachable } from './reachable.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const servers: ReturnType<typeof createServer>[] = [];

/** A port that somebody listens on. */
async function takenPort(): Promise<number> {
  const server = createServer();
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return port;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

it('npm start on a taken port ends with exit code 2 and names --port', async () => {
  const child = spawn(process.execPath, ['infra/cli/start.ts', '--port', String(await takenPort())], { cwd: project });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(said).toMatch(/^Port \d+ is taken; choose another with --port\.\n$/);
  expect(code).toBe(2);
});

it('without --port the first free one is taken', async () => {
  const port = await choosePort(undefined);
  expect(port).toBeGreaterThanOrEqual(3000);
  const server = createServer();
  servers.push(server);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await choosePort(undefined)).toBeGreaterThan(port);
});

it('a Rentvine that cannot be reached is told of at once, one that can is not', async () => {
  const told: string[] = [];
  const port = await takenPort();
  await tellIfUnreachable(`http://127.0.0.1:${port}/api/manager`, (line) => told.push(line));
  expect(told).toEqual([]);
  const [server] = servers.splice(0);
  server?.close();
  await tellIfUnreachable(`http://127.0.0.1:${port}/api/manager`, (line) => told.push(line));
  expect(told).toEqual([expect.stringMatching(/cannot be reached at http:.*ECONNREFUSED.*Going on trying/)]);
});

it('stops when the npm that started it is gone', async () => {
  const script =
    "const { stopSignal } = await import('./infra/cli/stop-signal.ts'); const signal = stopSignal();\
    const alive = setInterval(() => {}, 1000); console.log('running');\
    signal.addEventListener('abort', () => { console.log('stopped'); clearInterval(alive); })";
  // npm passes SIGTERM on to its shell, which dies of it alone.
  const shell = spawn('sh', ['-c', '"$0" -e "$1"; true', process.execPath, script], {
    cwd: project,
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = shell.stdout.setEncoding('utf8');
  let said = '';
  output.on('data', (data: string) => {
    said += data;
    if (said === 'running\n') shell.kill('SIGTERM');
  });
  await once(output, 'end');
  expect(said).toBe('running\nstopped\n');
});

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.ts';
import { pythonWithPackages } from '../python.ts';

export interface MiniStack {
  /** What the AWS SDK, the `cdk` command and the functions need to reach it, as environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

const startDeadlineMs = 60_000;
const stopDeadlineMs = 10_000;

/**
 * Starts MiniStack on a free port of this machine, with nothing in it.
 *
 * It checks IAM policies (`AUTH`), so that what a function's role does not allow fails here as it would in AWS. That needs
 * TLS too, because policies that ask for it (`enforceSSL`, the bootstrap bucket's) then refuse plain HTTP.
 *
 * @param logFile gets everything that it prints
 * @throws MissingPrerequisite when it cannot be installed; Error when it does not start, with the end of its log
 */
export async function startMiniStack(logFile: string): Promise<MiniStack> {
  const python = pythonWithPackages(
    requirements,
    ', or set AWS_ENDPOINT_URL to an AWS-compatible endpoint that runs already',
  );
  const directory = mkdtempSync(join(tmpdir(), 'ministack-'));
  const made = spawnSync(python, ['-m', 'trustme', '--quiet', '-d', directory, '-i', 'localhost', '127.0.0.1']);
  if (made.status !== 0) throw new Error(`No certificate could be made: ${made.stderr}`);
  const authority = join(directory, 'client.pem');
  const port = await freePort();
  const environment = {
    AWS_ENDPOINT_URL: `https://localhost:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    // Node reads the one, the `cdk` command the other.
    NODE_EXTRA_CA_CERTS: authority,
    AWS_CA_BUNDLE: authority,
  };

  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const child = spawn(python, ['-m', 'ministack'], {
    stdio: ['ignore', log, log],
    // MiniStack hands its own environment on to functions, where AWS gives them only what is configured: so it gets little.
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      TMPDIR: directory,
      STATE_DIR: join(directory, 'state'),
      S3_DATA_DIR: join(directory, 's3'),
      NODE_EXTRA_CA_CERTS: authority,
      AWS_ACCESS_KEY_ID: environment.AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: environment.AWS_SECRET_ACCESS_KEY,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      AUTH: 'true',
      USE_SSL: '1',
      MINISTACK_SSL_CERT: join(directory, 'server.pem'),
      MINISTACK_SSL_KEY: join(directory, 'server.key'),
    },
  });
  closeSync(log);
  const removeDirectory = () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  const killWithUs = () => {
    child.kill('SIGKILL');
    removeDirectory();
  };
  process.once('exit', killWithUs);

  const stop = async () => {
    await end(child);
    process.off('exit', killWithUs);
    removeDirectory();
  };
  try {
    await untilHealthy(child, port, readFileSync(authority, 'utf8'));
  } catch (error) {
    await stop();
    throw new Error(`MiniStack did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`, { cause: error });
  }
  return { environment, stop };
}

async function untilHealthy(child: ChildProcess, port: number, ca: string): Promise<void> {
  const giveUpAt = Date.now() + startDeadlineMs;
  while (!(await isHealthy(port, ca))) {
    if (child.exitCode !== null) throw new Error(`It ended with code ${child.exitCode}.`);
    if (Date.now() > giveUpAt) throw new Error(`It did not answer within ${startDeadlineMs} ms.`);
    await sleep(200);
  }
}

const isHealthy = (port: number, ca: string): Promise<boolean> =>
  new Promise((resolve) => {
    get({ host: 'localhost', port, path: '/_ministack/health', ca, signal: AbortSignal.timeout(2000) }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).on('error', () => resolve(false));
  });

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
  await exited;
  clearTimeout(kill);
}

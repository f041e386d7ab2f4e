import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { freePort } from '../free-port.ts';
import { MissingPrerequisite } from '../missing-prerequisite.ts';
import { askDynamoDb } from './ask.ts';

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/dynamodb-local/', import.meta.url));
/** The machine's own Maven has a version of its own of each plug-in; with this one the arguments are known to work. */
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
const minJavaVersion = 17;
const toInstall = 'Install Java 17 or newer and Maven (on Debian: apt install openjdk-17-jre-headless maven)';
const startDeadlineMs = 120_000;

export interface DynamoDbLocal extends AsyncDisposable {
  readonly endpoint: string;
  /** Names of all tables that there are. */
  tables(): Promise<string[]>;
}

/**
 * Starts AWS's own DynamoDB Local on a free port of this machine, with nothing in it.
 *
 * @throws MissingPrerequisite without Java or Maven, and when Maven cannot fetch it
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.UsageNotes.html
 */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const version = /version "(\d+)/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '')?.[1];
  if (Number(version ?? 0) < minJavaVersion) throw new MissingPrerequisite(`${toInstall}.`);
  const libraries = fetchLibraries();
  const port = await freePort();
  // The libraries hold a native one as well, of the database below it all.
  const java = [`-Djava.library.path=${libraries}`, '-cp', `${libraries}/*`];
  const server = ['software.amazon.dynamodb.services.local.main.ServerRunner', '-inMemory', '-sharedDb'];
  const child = spawn('java', [...java, ...server, '-disableTelemetry', '-port', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk).slice(-2_000);
  });
  const exited = once(child, 'exit');
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const local: DynamoDbLocal = {
    endpoint: `http://127.0.0.1:${port}`,
    async tables() {
      const names: string[] = [];
      for (let start: string | undefined; ; ) {
        const page = tablesSchema.parse(
          await askDynamoDb(local.endpoint, 'ListTables', { ExclusiveStartTableName: start }),
        );
        names.push(...page.TableNames);
        start = page.LastEvaluatedTableName;
        if (start === undefined) return names;
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      process.off('exit', killWithUs);
    },
  };
  const giveUpAt = Date.now() + startDeadlineMs;
  while (
    !(await local.tables().then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      await local[Symbol.asyncDispose]();
      throw new Error(`DynamoDB Local did not start:\n${complaints}`);
    }
    await sleep(200);
  }
  return local;
}

/** Where DynamoDB Local and all that it needs is; fetched once for each version. */
function fetchLibraries(): string {
  const finished = cache + createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  if (existsSync(finished)) return finished;
  // Renamed when it is whole, so that an interrupted download is never taken for a finished one.
  const inProgress = `${cache}in-progress-${process.pid}`;
  mkdirSync(cache, { recursive: true });
  process.stdout.write('Fetching DynamoDB Local.\n');
  const { status, error, stdout } = spawnSync(
    'mvn',
    ['--quiet', '--batch-mode', '--file', pom, copyDependencies, `-DoutputDirectory=${inProgress}`],
    { encoding: 'utf8' },
  );
  if (error !== undefined) throw new MissingPrerequisite(`${toInstall}.`);
  if (status !== 0) {
    rmSync(inProgress, { recursive: true, force: true });
    const reason = /^\[ERROR\] (.*)$/m.exec(stdout)?.[1] ?? `it ended with ${status}`;
    throw new MissingPrerequisite(`Let Maven download what test/dynamodb/pom.xml names; it says: ${reason}`);
  }
  renameSync(inProgress, finished);
  return finished;
}

const tablesSchema = z.object({ TableNames: z.array(z.string()), LastEvaluatedTableName: z.string().optional() });

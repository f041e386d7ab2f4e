import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigurationError } from '../../shared/errors.ts';
import { readEndpoint } from './data-dir.ts';
import { synthesizeFixture } from './fixtures/app.ts';
import { clientsOf, lineCollector, temporaryDirectory, until } from './fixtures/harness.ts';
import { startLocalStack } from './start.ts';

const assemblyDir = temporaryDirectory();
const dataDir = temporaryDirectory();
let child: ChildProcess | undefined;

beforeAll(() => synthesizeFixture(assemblyDir));

afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(assemblyDir, { recursive: true });
  rmSync(dataDir, { recursive: true });
});

test('a killed stack goes on where it was: nothing is lost, and nothing waits for a visibility time-out', async () => {
  const before: string[] = [];
  child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./fixtures/run.ts', import.meta.url)), assemblyDir, dataDir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => before.push(line));
  await until(() => before.includes('ready'));
  await expect(startLocalStack({ assemblyDir, dataDir })).rejects.toThrow(ConfigurationError);

  const { endpoint = '', accessKeyId = '' } = readEndpoint(dataDir) ?? {};
  const first = clientsOf({ endpoint, accessKeyId });
  await first.secrets.send(new CreateSecretCommand({ Name: 'fixture/kept', SecretString: 'a secret' }));
  const jobs = await first.sqs.send(new GetQueueUrlCommand({ QueueName: 'jobs.fifo' }));
  const send = (id: string, sleepMs: number) =>
    first.sqs.send(
      new SendMessageCommand({
        QueueUrl: jobs.QueueUrl ?? '',
        MessageGroupId: 'g',
        MessageBody: JSON.stringify({ id, sleepMs }),
      }),
    );
  await send('interrupted', 1500);
  await send('behind it', 0);
  const put = (id: string, extra: object) =>
    first.documents.send(new PutCommand({ TableName: 'records', Item: { id, value: id, ...extra } }));
  await put('slow', { sleepMs: 1500 });
  await put('waiting', {});
  await until(() => before.includes('{"reading":"slow"}') && before.some((line) => line.includes('"interrupted"')));
  child.kill('SIGKILL');
  await until(() => child?.signalCode !== null);
  expect(before.filter((line) => line.includes('"change"'))).toEqual([]);
  expect(readEndpoint(dataDir)).toBeUndefined();

  const log = lineCollector();
  const started = Date.now();
  const stack = await startLocalStack({ assemblyDir, dataDir, schedules: false, onLog: log.onLog });
  await stack.idle();
  // The message that was in flight would come back after the queue's minute.
  expect(Date.now() - started).toBeLessThan(55_000);
  expect(log.take('queue').map(({ id, receives }) => [id, receives])).toEqual([
    ['interrupted', 2],
    ['behind it', 1],
  ]);
  expect(log.take('change').map(({ change, id }) => [change, id])).toEqual([
    ['INSERT', 'slow'],
    ['INSERT', 'waiting'],
  ]);
  const second = clientsOf(stack);
  const { Item } = await second.documents.send(new GetCommand({ TableName: 'records', Key: { id: 'waiting' } }));
  expect(Item).toMatchObject({ value: 'waiting' });
  const kept = await second.secrets.send(new GetSecretValueCommand({ SecretId: 'fixture/kept' }));
  expect(kept.SecretString).toBe('a secret');

  expect(readEndpoint(dataDir)).toMatchObject({ endpoint: stack.endpoint, apiUrl: stack.apiUrl, pid: process.pid });
  await stack.stop();
  expect(existsSync(join(dataDir, 'endpoint.json'))).toBe(false);
  expect(readFileSync(join(dataDir, 'logs', 'Fixture-PublisherF0355618.log'), 'utf8')).toContain('"id":"waiting"');
}, 120_000);

test('a message made visible again at once is received again, with its receive count, on disk too', async () => {
  const stack = await startLocalStack({ assemblyDir, dataDir, schedules: false });
  const { sqs } = clientsOf(stack);
  const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'matched' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  const receive = () =>
    sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['ApproximateReceiveCount'] }));
  const first = (await receive()).Messages?.[0];
  await sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle ?? '', VisibilityTimeout: 0 }),
  );
  await stack.stop();

  const next = await startLocalStack({ assemblyDir, dataDir, schedules: false });
  const restarted = clientsOf(next).sqs;
  const moved = await restarted.send(new GetQueueUrlCommand({ QueueName: 'matched' }));
  expect(moved.QueueUrl).toContain(next.endpoint);
  const { Messages } = await restarted.send(
    new ReceiveMessageCommand({
      QueueUrl: moved.QueueUrl ?? '',
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    }),
  );
  expect(Messages).toMatchObject([{ Body: 'x', Attributes: { ApproximateReceiveCount: '2' } }]);
  await next.stop();
}, 60_000);

test('what a stack keeps is for its own user only, also where others could look into it before', async () => {
  mkdirSync(join(dataDir, 'mine'), { recursive: true });
  chmodSync(join(dataDir, 'mine'), 0o755);
  const own = join(dataDir, 'mine');
  const stack = await startLocalStack({ assemblyDir, dataDir: own, schedules: false });
  const rights = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect([own, join(own, 'logs')].map(rights)).toEqual(['700', '700']);
  expect([join(own, 'endpoint.json'), join(own, 'access-key.json')].map(rights)).toEqual(['600', '600']);
  expect(readEndpoint(own)?.accessKeyId).toBe(stack.accessKeyId);
  await stack.stop();

  const next = await startLocalStack({ assemblyDir, dataDir: own, schedules: false });
  expect(next.accessKeyId).toBe(stack.accessKeyId);
  await next.stop();
}, 60_000);

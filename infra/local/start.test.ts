import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { ConditionalCheckFailedException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { BatchWriteCommand, DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { synthesizeFixture } from './fixtures/app.ts';
import { clientsOf, lineCollector, temporaryDirectory, until } from './fixtures/harness.ts';
import type { Intercept } from './intercept.ts';
import { type LocalStack, startLocalStack } from './start.ts';

const assemblyDir = temporaryDirectory();
const log = lineCollector();
let intercept: Intercept | undefined;
let onInvocation: ((info: { functionName: string; payload: unknown; kill(): void }) => void) | undefined;
let stack: LocalStack;
let clients: ReturnType<typeof clientsOf>;

beforeAll(async () => {
  synthesizeFixture(assemblyDir);
  stack = await startLocalStack({
    assemblyDir,
    schedules: false,
    secrets: { 'fixture/given': '{"a":1}' },
    onLog: log.onLog,
    intercept: (request) => intercept?.(request),
    invocation: (info) => onInvocation?.(info),
  });
  clients = clientsOf(stack);
});

afterEach(() => {
  intercept = undefined;
  onInvocation = undefined;
});

afterAll(async () => {
  await stack.stop();
  rmSync(assemblyDir, { recursive: true });
});

const queueUrl = async (QueueName: string): Promise<string> => {
  const { QueueUrl = '' } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName }));
  return QueueUrl;
};

const authorized = () => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${stack.accessKeyId}/20260101/us-east-1/any/aws4_request`,
});

const receiveBodies = async (name: string): Promise<string[]> => {
  const bodies: string[] = [];
  for (;;) {
    const request = { QueueUrl: await queueUrl(name), MaxNumberOfMessages: 10 };
    const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand(request));
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map((message) => message.Body ?? ''));
  }
};

describe('functions', () => {
  test('run with the template’s environment, across stacks, and reach the local services', async () => {
    const { payload } = await stack.invoke('Other/Echo', { a: 1 });
    expect(payload).toMatchObject({
      event: { a: 1 },
      name: 'echo',
      environment: 'hello-us-east-1',
      imported: await queueUrl('work'),
      endpoint: stack.endpoint,
    });
  });

  test('report a thrown error by name and message', async () => {
    const { error } = await stack.invoke('echo', { fail: 'no such lease' });
    expect(error).toMatchObject({ errorType: 'RangeError', errorMessage: 'no such lease' });
  });

  test('end at their time-out, as Lambda says it', async () => {
    const { error } = await stack.invoke('echo', { sleepMs: 5000 });
    expect(error?.errorMessage).toMatch(/^\S+Z \S+ Task timed out after 1\.00 seconds$/);
  });

  test('that exit fail one invocation and run the next in a new environment', async () => {
    const { error } = await stack.invoke('echo', { exit: true });
    expect(error?.errorType).toBe('Runtime.ExitError');
    expect((await stack.invoke('echo', {})).error).toBeUndefined();
  });

  test('answer the Invoke API, synchronously and asynchronously', async () => {
    const url = `${stack.endpoint}/2015-03-31/functions/echo/invocations`;
    const headers = authorized();
    const answer = await fetch(url, { method: 'POST', headers, body: '{"fail":"x"}' });
    expect(answer.headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(await answer.json()).toMatchObject({ errorType: 'RangeError' });

    const planner = `${stack.endpoint}/2015-03-31/functions/Fixture-PlannerD1424F44/invocations`;
    const accepted = await fetch(planner, {
      method: 'POST',
      body: '{"n":1}',
      headers: { ...headers, 'x-amz-invocation-type': 'Event' },
    });
    expect(accepted.status).toBe(202);
    await stack.idle();
    expect(log.take('scheduled')).toEqual([{ scheduled: { n: 1 } }]);
  });
});

describe('queues', () => {
  test('redeliver only the failed messages of a batch, and dead-letter them after the last try', async () => {
    const bodies = [{ id: 'good' }, { id: 'second-time', failures: 1 }, { id: 'never', failures: 99 }];
    await clients.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: await queueUrl('work'),
        Entries: bodies.map((body) => ({ Id: body.id, MessageBody: JSON.stringify(body) })),
      }),
    );
    await stack.idle();
    const receives = log.take('queue').map(({ id, receives: count }) => `${id} ${count}`);
    expect(receives.sort()).toEqual(['good 1', 'never 1', 'never 2', 'second-time 1', 'second-time 2']);
    // Twice from its own queue; the third is the one from the dead-letter queue.
    expect(log.take('dead')).toEqual([{ dead: 'never', receives: '3' }]);
    expect(stack.queueDepths()['dead-letters']).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test('of the FIFO kind keep the order within a group and work on groups in parallel, no more than they may', async () => {
    const running = new Set<unknown>();
    let maxAtOnce = 0;
    onInvocation = ({ functionName, payload }) => {
      if (functionName.includes('JobWorker')) running.add(payload);
      maxAtOnce = Math.max(maxAtOnce, stack.queueDepths()['jobs.fifo']?.inFlight ?? 0);
    };
    for (let number = 0; number < 12; number += 1) {
      await clients.sqs.send(
        new SendMessageCommand({
          QueueUrl: await queueUrl('jobs.fifo'),
          MessageGroupId: `group-${number % 4}`,
          MessageBody: JSON.stringify({ id: number, sleepMs: 20 }),
        }),
      );
    }
    await stack.idle();
    const lines = log.take('queue');
    const inGroup = (group: string) => lines.filter((line) => line.group === group).map((line) => line.id);
    for (const group of [0, 1, 2, 3]) expect(inGroup(`group-${group}`)).toEqual([group, group + 4, group + 8]);
    expect(maxAtOnce).toBe(3);
  });

  test('deliver a message again when the function’s environment is killed', async () => {
    let kills = 1;
    onInvocation = ({ functionName, kill }) => {
      if (functionName.includes('Fixture-Worker') && kills-- > 0) kill();
    };
    await clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: await queueUrl('work'),
        MessageBody: JSON.stringify({ id: 'killed', sleepMs: 50 }),
      }),
    );
    await stack.idle();
    expect(log.take('queue').at(-1)).toMatchObject({ id: 'killed', receives: 2 });
  });
});

describe('tables', () => {
  const TableName = 'records';

  test('publish each change once, in order, and nothing for a write without effect', async () => {
    const { documents } = clients;
    await documents.send(
      new PutCommand({ TableName, Item: { id: 'a', group: 'g', value: '1', tags: new Set(['x', 'y']) } }),
    );
    await documents.send(
      new PutCommand({ TableName, Item: { id: 'a', value: '1', group: 'g', tags: new Set(['y', 'x']) } }),
    );
    const update = {
      TableName,
      Key: { id: 'a' },
      UpdateExpression: 'SET #v = :v',
      ExpressionAttributeNames: { '#v': 'value' },
    };
    await documents.send(new UpdateCommand({ ...update, ExpressionAttributeValues: { ':v': '2' } }));
    const old = await documents.send(
      new UpdateCommand({ ...update, ExpressionAttributeValues: { ':v': '3' }, ReturnValues: 'ALL_OLD' }),
    );
    expect(old.Attributes).toMatchObject({ value: '2' });
    await documents.send(new DeleteCommand({ TableName, Key: { id: 'a' } }));
    await documents.send(new DeleteCommand({ TableName, Key: { id: 'a' } }));
    await stack.idle();
    log.take('reading');
    expect(log.take('change')).toEqual([
      { change: 'INSERT', id: 'a', after: '1' },
      { change: 'MODIFY', id: 'a', before: '1', after: '2' },
      { change: 'MODIFY', id: 'a', before: '2', after: '3' },
      { change: 'REMOVE', id: 'a', before: '3' },
    ]);
  });

  test('keep the order of each item’s changes when many are written at once', async () => {
    const keys = ['p', 'q', 'r'];
    await clients.documents.send(
      new BatchWriteCommand({
        RequestItems: { [TableName]: keys.map((id) => ({ PutRequest: { Item: { id, value: '0' } } })) },
      }),
    );
    const add = (id: string, at: number) =>
      clients.documents.send(
        new UpdateCommand({
          TableName,
          Key: { id },
          UpdateExpression: 'SET #v = :v',
          ExpressionAttributeNames: { '#v': 'value' },
          ExpressionAttributeValues: { ':v': `${at}` },
        }),
      );
    await Promise.all(Array.from({ length: 60 }, (_, at) => add(keys[at % 3] ?? '', at + 1)));
    await stack.idle();
    log.take('reading');
    const changes = log.take('change');
    expect(changes).toHaveLength(63);
    for (const id of keys) {
      const own = changes.filter((change) => change.id === id);
      for (const [at, change] of own.entries()) expect(change.before).toBe(own[at - 1]?.after);
    }
  });

  test('repeat from the first failed record until it is processed, and never pass it', async () => {
    const write = (id: string, extra: object) =>
      clients.documents.send(new PutCommand({ TableName, Item: { id, value: id, ...extra } }));
    await write('f1', {});
    await write('f2', { flaky: true });
    await write('f3', {});
    await stack.idle();
    log.take('reading');
    expect(log.take('refused')).toHaveLength(2);
    expect(log.take('change').map((change) => change.id)).toEqual(['f1', 'f2', 'f3']);
  });

  test('return the item that failed a condition, and answer queries of an index', async () => {
    await clients.documents.send(new PutCommand({ TableName, Item: { id: 'c', group: 'cs', value: 'kept' } }));
    const put = new PutCommand({
      TableName,
      Item: { id: 'c' },
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const failure = await clients.documents.send(put).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConditionalCheckFailedException);
    expect(failure).toMatchObject({ Item: { value: { S: 'kept' } } });
    const query = new QueryCommand({
      TableName,
      IndexName: 'by-group',
      KeyConditionExpression: '#g = :g',
      ExpressionAttributeNames: { '#g': 'group' },
      ExpressionAttributeValues: { ':g': 'cs' },
    });
    expect((await clients.documents.send(query)).Items).toEqual([{ id: 'c', group: 'cs', value: 'kept' }]);
    await stack.idle();
    log.take('change');
  });

  test('refuse an operation that does not exist here, by name', async () => {
    const transaction = new TransactWriteItemsCommand({ TransactItems: [] });
    await expect(clients.dynamodb.send(transaction)).rejects.toThrow(/DynamoDB does not support TransactWriteItems/);
  });
});

describe('events', () => {
  const entry = (detail: unknown) => ({
    Source: 'fixture',
    DetailType: 'change',
    Detail: JSON.stringify(detail),
    EventBusName: 'changes',
  });

  test('reach the targets of matching rules only', async () => {
    const Entries = [entry({ resource: 'leases', id: 1 }), entry({ resource: 'bills' })];
    const { FailedEntryCount } = await clients.events.send(new PutEventsCommand({ Entries }));
    expect(FailedEntryCount).toBe(0);
    await stack.idle();
    const bodies = await receiveBodies('matched');
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([
      { source: 'fixture', detail: { resource: 'leases', id: 1 } },
    ]);
    expect(log.take('scheduled')).toMatchObject([{ scheduled: { 'detail-type': 'change' } }]);
    expect(stack.busEvents()).toMatchObject({
      count: 2,
      events: [{ bus: 'changes' }, { detail: { resource: 'bills' } }],
    });
  });

  test('are refused as EventBridge refuses them', async () => {
    const bad = await clients.events.send(
      new PutEventsCommand({
        Entries: [{ ...entry({}), Detail: '{' }, { ...entry({}), Source: undefined }, entry({})],
      }),
    );
    expect(bad.FailedEntryCount).toBe(2);
    expect(bad.Entries?.map((each) => each.ErrorCode)).toEqual(['MalformedDetail', 'InvalidArgument', undefined]);
    const tooMany = new PutEventsCommand({ Entries: Array.from({ length: 11 }, () => entry({})) });
    await expect(clients.events.send(tooMany)).rejects.toMatchObject({ name: 'ValidationException' });
    const tooLarge = new PutEventsCommand({ Entries: [entry({ text: 'x'.repeat(1024 * 1024) })] });
    await expect(clients.events.send(tooLarge)).rejects.toThrow(/Total size/);
  });
});

test('secrets are found by prefix, page by page, in their newest version', async () => {
  const { secrets } = clients;
  await secrets.send(new CreateSecretCommand({ Name: 'fixture/made', SecretString: 'one' }));
  await secrets.send(new CreateSecretCommand({ Name: 'fixture/other', SecretString: 'x' }));
  await secrets.send(new CreateSecretCommand({ Name: 'elsewhere', SecretString: 'x' }));
  await secrets.send(new PutSecretValueCommand({ SecretId: 'fixture/made', SecretString: 'two' }));
  const names: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await secrets.send(
      new ListSecretsCommand({
        Filters: [{ Key: 'name', Values: ['fixture/'] }],
        MaxResults: 2,
        ...(NextToken ? { NextToken } : {}),
      }),
    );
    names.push(...(page.SecretList ?? []).map((secret) => secret.Name));
    NextToken = page.NextToken;
  } while (NextToken);
  expect(names).toEqual(['fixture/given', 'fixture/made', 'fixture/other']);
  const read = (SecretId: string) => secrets.send(new GetSecretValueCommand({ SecretId }));
  expect(await read('fixture/made')).toMatchObject({ SecretString: 'two', VersionStages: ['AWSCURRENT'] });
  const { Versions } = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'fixture/made' }));
  expect(Versions?.map(({ VersionStages }) => VersionStages)).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
  await expect(read('fixture/none')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const rotate = new RotateSecretCommand({ SecretId: 'fixture/made' });
  await expect(secrets.send(rotate)).rejects.toThrow('Secrets Manager does not support RotateSecret');
});

test('an intercepted request fails as the service would fail it', async () => {
  intercept = async ({ service, operation }) =>
    service === 'sqs' && operation === 'SendMessage'
      ? { status: 503, type: 'ServiceUnavailable', message: 'try later' }
      : undefined;
  const send = new SendMessageCommand({ QueueUrl: stack.outputs.Fixture?.WorkUrl ?? '', MessageBody: 'x' });
  await expect(clients.sqs.send(send)).rejects.toMatchObject({ name: 'ServiceUnavailable', message: 'try later' });
});

describe('schedules', () => {
  test('hand their input to the target, with the context filled in', async () => {
    await stack.fireSchedule('tick');
    await stack.idle();
    expect(log.take('scheduled')).toEqual([
      { scheduled: { at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), full: true } },
    ]);
  });

  test('try again when the target refuses, then leave the input on the dead-letter queue', async () => {
    let refusals = 0;
    intercept = ({ service }) => {
      if (service !== 'lambda') return undefined;
      refusals += 1;
      return { status: 429, type: 'TooManyRequestsException', message: 'Rate Exceeded.' };
    };
    await stack.fireSchedule('tick');
    expect(refusals).toBe(2);
    expect((await receiveBodies('given-up')).map((body) => JSON.parse(body))).toMatchObject([{ full: true }]);
    await expect(stack.fireSchedule('none')).rejects.toThrow(/no schedule none; there are tick/);
  });

  test('fire when the clock says so', async () => {
    let now = new Date('2026-03-01T10:14:59Z');
    const timers: { at: number; run: () => void }[] = [];
    const clocked = lineCollector();
    const other = await startLocalStack({
      assemblyDir,
      onLog: clocked.onLog,
      clock: {
        now: () => now,
        after(ms, run) {
          const timer = { at: now.getTime() + ms, run };
          timers.push(timer);
          return () => timers.splice(timers.indexOf(timer), 1);
        },
      },
    });
    now = new Date('2026-03-01T10:15:00Z');
    for (const timer of timers.splice(0)) if (timer.at <= now.getTime()) timer.run();
    await other.idle();
    expect(clocked.take('scheduled')).toEqual([{ scheduled: { at: '2026-03-01T10:15:00Z', full: true } }]);
    expect(timers.map(({ at }) => new Date(at).toISOString())).toEqual(['2026-03-01T10:30:00.000Z']);
    await other.stop();
  });
});

describe('the HTTP API', () => {
  const call = (path: string, init?: RequestInit) => fetch(`${stack.apiUrl}${path}`, init);

  test('hands over path, query, headers, cookies and text', async () => {
    const answer = await call('/things/a%20b?x=1&x=2&y=', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Key': 'K', Cookie: 's=1; t=2' },
      body: '{"é":1}',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-answer')).toBe('42');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.json()).toMatchObject({
      version: '2.0',
      routeKey: 'POST /things/{id}',
      pathParameters: { id: 'a b' },
      rawQueryString: 'x=1&x=2&y=',
      queryStringParameters: { x: '1,2', y: '' },
      headers: { 'x-key': 'K' },
      cookies: ['s=1', 't=2'],
      body: '{"é":1}',
      isBase64Encoded: false,
      requestContext: { http: { method: 'POST' }, stage: '$default' },
    });
  });

  test('encodes forms and binary content, both ways', async () => {
    const form = await call('/things/1', { method: 'POST', body: new URLSearchParams({ a: 'b' }) });
    expect(await form.json()).toMatchObject({ isBase64Encoded: true, body: Buffer.from('a=b').toString('base64') });
    const binary = await call('/binary');
    expect([...new Uint8Array(await binary.arrayBuffer())]).toEqual([0, 255, 128]);
  });

  test('answers unknown paths, crashes and plain results as API Gateway does', async () => {
    const missing = await call('/nowhere');
    expect([missing.status, await missing.json()]).toEqual([404, { message: 'Not Found' }]);
    const crash = await call('/things/crash');
    expect([crash.status, await crash.json()]).toEqual([500, { message: 'Internal Server Error' }]);
    const plain = await call('/things/plain');
    expect([plain.status, await plain.json()]).toEqual([200, { hello: 'world' }]);
    const large = await call('/things/1', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect(large.status).toBe(413);
  });

  test('answers preflights of allowed origins', async () => {
    const preflight = (Origin: string) =>
      call('/things/1', { method: 'OPTIONS', headers: { Origin, 'Access-Control-Request-Method': 'POST' } });
    const allowed = await preflight('https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-methods')).toBe('POST');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('nothing is left running after the stop', async () => {
  const other = await startLocalStack({ assemblyDir, schedules: false });
  expect((await other.invoke('echo', {})).error).toBeUndefined();
  await other.stop();
  await until(() =>
    fetch(other.endpoint).then(
      () => false,
      () => true,
    ),
  );
  expect(await other.invoke('echo', {})).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
});

test('no web page gets an answer from the AWS services, whatever name it calls them by', async () => {
  const ask = (headers: Record<string, string>) =>
    fetch(stack.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'secretsmanager.ListSecrets',
        ...authorized(),
        ...headers,
      },
      body: '{}',
    });
  expect((await ask({})).status).toBe(200);
  expect((await ask({ origin: 'https://page.example' })).status).toBe(403);
  const rebound = await new Promise<number | undefined>((done, failed) => {
    request(stack.endpoint, { method: 'POST', headers: { host: 'page.example' } }, ({ statusCode }) => done(statusCode))
      .on('error', failed)
      .end();
  });
  expect(rebound).toBe(403);
});

test('nobody gets an answer from the AWS services who does not know the stack’s access-key id', async () => {
  const other = clientsOf({ ...stack, accessKeyId: stack.accessKeyId.replace(/.$/, 'X') });
  const unknown = { $metadata: { httpStatusCode: 403 }, message: expect.stringContaining('security token') };
  await expect(other.secrets.send(new GetSecretValueCommand({ SecretId: 'fixture/given' }))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
    ...unknown,
  });
  await expect(other.sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }))).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
    ...unknown,
  });
  const unsigned = await fetch(stack.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: '{"SecretId":"fixture/given"}',
  });
  expect(unsigned.status).toBe(403);
  expect(await unsigned.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  const invocation = await fetch(`${stack.endpoint}/2015-03-31/functions/echo/invocations`, { method: 'POST' });
  expect(invocation.status).toBe(403);
});

test('no two stacks have the same access-key id', async () => {
  const other = await startLocalStack({ assemblyDir, schedules: false });
  await other.stop();
  expect(other.accessKeyId).not.toBe(stack.accessKeyId);
});

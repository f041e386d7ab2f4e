import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeCredentials, makeAuthentication } from '../../infra/simulator/authentication.ts';
import { personalFields } from '../../infra/simulator/generator/personal.ts';
import { recordingOutput } from './recorded-output.ts';
import { searchOutput } from './search-output.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'output-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const credentials = fakeCredentials('acme');
const { accessKey, secret, apiKey: api_key, apiSecret: api_secret, tenantId: tenant_id } = credentials;
const tokenRequest = { api_key, api_secret, tenant_id };
const basic = Buffer.from(`${accessKey}:${secret}`).toString('base64');

const record = () => recordingOutput({ assemblyDir: '-' }, directory, 'some.test.ts.1');
const print = (text: string) => record().onLog?.({ functionName: 'sync-worker', stream: 'stdout', text });
const found = async () =>
  (await searchOutput(directory)).leaks.map(({ file, line }) => `${file.slice(directory.length + 1)}:${line}`);

describe('the search through what functions put out', () => {
  it.each([
    ['a credential', accessKey],
    ['an Authorization header', `Basic ${basic}`],
    ['a token', makeAuthentication(credentials, Date.now, 1_000).issueToken(tokenRequest) ?? 'none'],
    ['a signing key', '"signingKeys":["test-signing-key-1"]'],
    ['a personal field', JSON.stringify(personalFields(7))],
    ['a payload', '{"email":"retha@example.com"}'],
  ])('names file and line of %s in a log', async (_, leak) => {
    print('{"message":"fine"}');
    print(`{"message":"${leak}"}`);
    expect(new Set(await found())).toEqual(new Set(['some.test.ts.1.printed.jsonl:2']));
  });

  it.each([
    ['a record', 'dynamodb', 'PutItem'],
    ['a message', 'sqs', 'SendMessage'],
    ['an event', 'events', 'PutEvents'],
  ] as const)('and of a personal field in %s, also one that was refused', async (_, service, operation) => {
    const fault = { status: 400, type: 'No', message: 'no' };
    const { intercept } = recordingOutput({ assemblyDir: '-', intercept: () => fault }, directory, 'some.test.ts.1');
    const answer = await intercept?.({ service, operation, body: { Item: personalFields(7) } });
    expect(answer).toEqual(fault);
    expect(new Set(await found())).toEqual(new Set(['some.test.ts.1.stored.jsonl:1']));
  });

  it('finds nothing in lines and records as they should be', async () => {
    print('{"message":"A sync run succeeded.","account":"acme"}');
    await record().intercept?.({ service: 'dynamodb', operation: 'PutItem', body: { email: 'retha@example.com' } });
    await record().intercept?.({
      service: 'secretsmanager',
      operation: 'CreateSecret',
      body: { SecretString: secret },
    });
    expect(await searchOutput(directory)).toEqual({ files: 2, lines: 2, leaks: [] });
  });
});

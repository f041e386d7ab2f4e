import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, expect, it, vi } from 'vitest';
import { AwsError } from '../../infra/local/aws-error.ts';
import { logger } from '../../shared/observability/logger.ts';
import { awsStub } from '../../test/aws-stub.ts';
import { statusToken } from './status-token.ts';

const secretName = 'aictive/dev/status-token';
const [token, other] = ['first-token-long-enough-0001', 'other-token-long-enough-0002'];
let text: string | undefined;
let failure: AwsError | undefined;
let reads: number;
let now: number;

beforeEach(() => {
  [text, failure, reads, now] = [token, undefined, 0, 0];
});

const authorize = () =>
  statusToken(
    new SecretsManagerClient(
      awsStub(() => {
        reads += 1;
        if (failure !== undefined) throw failure;
        if (text === undefined) throw new AwsError('ResourceNotFoundException', 'There is no such secret.');
        return { Name: secretName, SecretString: text };
      }),
    ),
    secretName,
    () => now,
  );

it('lets the right token in and no other', async () => {
  const judge = authorize();
  expect(await judge(`Bearer ${token}`)).toBe('granted');
  expect(await judge(`bearer   ${token}`)).toBe('granted');
  for (const wrong of [
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Basic ${token}`,
    token,
    'Bearer',
    'Bearer ',
    '',
  ]) {
    expect(await judge(wrong), wrong).toBe('refused');
  }
  expect(await judge(undefined)).toBe('absent');
});

it('lets both of two tokens in, so that one can be replaced without a gap', async () => {
  text = `${token}\n${other}\n`;
  const judge = authorize();
  expect(await judge(`Bearer ${token}`)).toBe('granted');
  expect(await judge(`Bearer ${other}`)).toBe('granted');
  expect(await judge(`Bearer ${token}\n${other}`)).toBe('refused');
});

it.each([
  ['there is no secret', undefined],
  ['it is empty', ''],
  ['it is too short to be a token', 'short'],
  ['it is JSON', '{"token":"first-token-long-enough-0001"}'],
])('lets nobody in when %s, and logs the command that makes one', async (_, content) => {
  text = content;
  const warn = vi.spyOn(logger, 'warn').mockImplementation(() => {});
  const judge = authorize();
  for (const offered of [token, '', 'undefined', content ?? '']) {
    expect(await judge(`Bearer ${offered}`)).toBe('refused');
  }
  expect(warn).toHaveBeenCalledWith(
    expect.stringContaining(`aws secretsmanager create-secret --name ${secretName} --secret-string`),
  );
  warn.mockRestore();
});

it('takes a permission that is missing for a secret that is missing, and an outage for neither', async () => {
  const judge = authorize();
  failure = new AwsError('AccessDeniedException', 'No.');
  expect(await judge(`Bearer ${token}`)).toBe('refused');
  failure = new AwsError('InternalServiceError', 'Not now.', 500);
  now += 10_000;
  expect(await judge(`Bearer ${token}`)).toBe('unknown');
});

it('takes a replaced token after a minute', async () => {
  const judge = authorize();
  await judge(`Bearer ${token}`);
  text = other;
  now += 59_999;
  expect(await judge(`Bearer ${other}`)).toBe('refused');
  now += 1;
  expect(await judge(`Bearer ${other}`)).toBe('granted');
  expect(await judge(`Bearer ${token}`)).toBe('refused');
  expect(reads).toBe(2);
});

it('asks Secrets Manager once for many wrong tokens, even while there is no secret', async () => {
  text = undefined;
  const judge = authorize();
  for (let index = 0; index < 20; index += 1) await judge(`Bearer wrong-${index}`);
  expect(reads).toBe(1);
  now += 10_000;
  await judge('Bearer wrong');
  expect(reads).toBe(2);
});

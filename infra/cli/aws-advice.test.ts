import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it, vi } from 'vitest';
import { awsStub } from '../../test/aws-stub.ts';
import { AwsError } from '../local/aws-error.ts';
import { Platform } from '../platform/platform.ts';
import { awsAdvice } from './aws-advice.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const failureOf = (clientConfig: object) =>
  new Platform({ stage: 'prod', clientConfig }).dynamodb.send(new ListTablesCommand()).catch((error: unknown) => error);

it('names the setting that AWS cannot be asked without', async () => {
  for (const name of ['AWS_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID']) vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/dev/null');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  expect(awsAdvice(await failureOf({}))).toContain('AWS_REGION');
  expect(awsAdvice(await failureOf({ region: 'eu-west-1' }))).toContain('AWS_PROFILE');
});

it.each([
  ['AccessDeniedException', 'right'],
  ['ExpiredTokenException', 'Log in'],
  ['ResourceNotFoundException', '--stage'],
])('of %s says what to do', async (type, advice) => {
  const refuse = () => {
    throw new AwsError(type, 'no');
  };
  expect(awsAdvice(await failureOf(awsStub(refuse)))).toContain(advice);
});

it('knows nothing of our own mistakes', () => {
  expect(awsAdvice(new TypeError('Credentials of undefined'))).toBeUndefined();
});

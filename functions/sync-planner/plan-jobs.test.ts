import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, expect, it } from 'vitest';
import { AwsError } from '../../infra/local/aws-error.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { enterAccount, setAccountState } from '../../shared/store/account-directory.ts';
import { syncJobSchema, syncRequestSchema } from '../../shared/sync/job.ts';
import { awsStub } from '../../test/aws-stub.ts';
import { emptyTables } from '../../test/local-tables.ts';
import { planJobs } from './plan-jobs.ts';

const prefix = 'aictive/dev/rentvine/';
const tables = emptyTables();
let secretNames: string[];
/** What a listing has, where that differs. */
let listedNames: string[] | undefined;
let sent: Record<string, unknown>[];

beforeEach(() => {
  secretNames = ['beta', 'acme'].map((name) => prefix + name);
  listedNames = undefined;
  sent = [];
});

const dependencies = () => ({
  state: tables.state,
  queueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/jobs.fifo',
  secretPrefix: prefix,
  sqs: new SQSClient({
    ...awsStub(({ body }) => {
      sent.push(body);
      return { MessageId: 'm' };
    }),
    md5: false,
  }),
  /** Two to a page, as a vault with many secrets would page them. */
  secrets: new SecretsManagerClient(
    awsStub(({ operation, body }) => {
      if (operation === 'DescribeSecret') {
        if (!secretNames.includes(String(body.SecretId))) throw new AwsError('ResourceNotFoundException', 'None.');
        return { Name: body.SecretId, ARN: `arn:${body.SecretId}` };
      }
      const listed = listedNames ?? secretNames;
      const start = Number(body.NextToken ?? 0);
      const more = start + 2 < listed.length;
      return {
        SecretList: listed.slice(start, start + 2).map((Name) => ({ Name })),
        ...(more && { NextToken: String(start + 2) }),
      };
    }),
  ),
});
const request = (rest: object = {}) =>
  syncRequestSchema.parse({
    resource: 'leases',
    mode: 'incremental',
    scheduledAt: '2026-01-01T02:00:00Z',
    correlationId: 'c-1',
    ...rest,
  });
const jobs = () => sent.map(({ MessageBody }) => syncJobSchema.parse(JSON.parse(String(MessageBody))));

it('queues one job for each account that has a secret, in the message group of its resource', async () => {
  secretNames = [
    ...secretNames,
    ...['c-1', 'c-2', 'c-3', 'Not An Account'].map((name) => prefix + name),
    'aictive/tst/rentvine/other',
  ];
  const planned = await planJobs(request(), dependencies());
  expect(planned.map(({ account }) => account)).toEqual(['acme', 'beta', 'c-1', 'c-2', 'c-3']);
  expect(jobs().map(({ account }) => account)).toEqual(['acme', 'beta', 'c-1', 'c-2', 'c-3']);
  expect(sent.map(({ MessageGroupId }) => MessageGroupId)).toEqual(planned.map(({ account }) => `${account}#leases`));
  expect(jobs()[0]).toMatchObject({
    mode: 'incremental',
    correlationId: 'c-1',
    activeOnly: false,
    runId: planned[0]?.runId,
  });
});

it('promise 5: the same tick gives the same runs and messages however often and in whatever zone it comes', async () => {
  const first = await planJobs(request(), dependencies());
  const again = await planJobs(
    request({ scheduledAt: '2026-01-01T04:00:00+02:00', correlationId: 'c-2' }),
    dependencies(),
  );
  expect(again).toEqual(first);
  const ids = sent.map(({ MessageDeduplicationId }) => MessageDeduplicationId);
  expect(ids.slice(2)).toEqual(ids.slice(0, 2));
  expect(new Set(ids).size).toBe(2);
  const others = await planJobs(request({ mode: 'full' }), dependencies());
  expect(others[0]?.runId).not.toBe(first[0]?.runId);
});

it('queues only for the accounts that were asked for, and nothing at all when one of them is unknown', async () => {
  await planJobs(request({ accounts: ['beta'] }), dependencies());
  expect(jobs().map(({ account }) => account)).toEqual(['beta']);
  await expect(planJobs(request({ accounts: ['beta', 'gamma'] }), dependencies())).rejects.toThrow(ConfigurationError);
  expect(sent).toHaveLength(1);
});

it('plans for what a listing that is five minutes late does not have: who is named, and who is in the directory', async () => {
  listedNames = [`${prefix}acme`, `${prefix}gone`];
  expect(await planJobs(request({ accounts: ['beta'] }), dependencies())).toMatchObject([{ account: 'beta' }]);
  await enterAccount(tables.state, 'beta', new Date());
  expect((await planJobs(request(), dependencies())).map(({ account }) => account)).toEqual(['acme', 'beta']);
});

it('plans nothing for an account that is paused, and says so to who names it', async () => {
  await setAccountState(tables.state, 'beta', 'paused', new Date());
  expect((await planJobs(request(), dependencies())).map(({ account }) => account)).toEqual(['acme']);
  await expect(planJobs(request({ accounts: ['beta'] }), dependencies())).rejects.toThrow('is paused; resume it');
});

it('plans nothing where there is no account', async () => {
  secretNames = [];
  await expect(planJobs(request(), dependencies())).resolves.toEqual([]);
});

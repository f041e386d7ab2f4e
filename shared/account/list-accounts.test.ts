import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { AwsError } from '../../infra/local/aws-error.ts';
import { awsStub } from '../../test/aws-stub.ts';
import { describeAccount, findAccounts } from './list-accounts.ts';

const prefix = 'aictive/dev/rentvine/';

/** Secrets Manager with these secrets, of which it lists others. */
function secretsManager({
  existing,
  deleted = [],
  listed,
}: Record<'existing' | 'listed', string[]> & { deleted?: string[] }) {
  const asked: string[] = [];
  const client = new SecretsManagerClient(
    awsStub(({ operation, body }) => {
      if (operation === 'ListSecrets') {
        return { SecretList: listed.map((name) => ({ Name: prefix + name, ARN: `arn:${name}` })) };
      }
      const name = String(body.SecretId).slice(prefix.length);
      asked.push(name);
      if (![...existing, ...deleted].includes(name)) throw new AwsError('ResourceNotFoundException', 'None.');
      return { ARN: `arn:${name}`, Name: prefix + name, ...(deleted.includes(name) && { DeletedDate: 1 }) };
    }),
  );
  const find = async (directory: string[]) =>
    (await findAccounts(client, prefix, directory)).map(({ name, secretArn }) => [name, secretArn]);
  return { client, asked, find };
}

it('finds the account that the listing does not have yet, and not the one that it still has', async () => {
  const { find } = secretsManager({
    existing: ['acme', 'new'],
    deleted: ['gone'],
    listed: ['acme', 'gone', 'gone-at-once'],
  });
  expect(await find(['acme', 'new', 'gone-long-ago'])).toEqual([
    ['acme', 'arn:acme'],
    ['new', 'arn:new'],
  ]);
});

it('asks for no secret by its name where the listing and the directory agree', async () => {
  const { find, asked } = secretsManager({ existing: ['acme', 'beta'], listed: ['acme', 'beta'] });
  expect(await find(['acme', 'beta'])).toHaveLength(2);
  expect(asked).toEqual([]);
});

it('knows no account by a name that cannot be one, and passes on what is wrong with Secrets Manager', async () => {
  const { client, asked } = secretsManager({ existing: [], listed: [] });
  expect(await describeAccount(client, prefix, '../other')).toBeUndefined();
  expect(asked).toEqual([]);
  const broken = new SecretsManagerClient(
    awsStub(() => {
      throw new AwsError('AccessDeniedException', 'No.');
    }),
  );
  await expect(describeAccount(broken, prefix, 'acme')).rejects.toThrow('No.');
});

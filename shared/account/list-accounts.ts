import {
  DescribeSecretCommand,
  paginateListSecrets,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import pMap from 'p-map';
import { logger } from '../observability/logger.ts';
import { accountPattern } from './name.ts';

/** An account as its secret's name tells of it; nothing in the secret is read. */
export interface ListedAccount {
  readonly name: string;
  readonly secretArn: string;
  /** When the secret was created. */
  readonly createdAt?: Date | undefined;
}

const describedAtOnce = 5;

/**
 * The account of this name, as its secret's description tells of it. Unlike a listing it is never late (API reference of
 * ListSecrets).
 *
 * @returns undefined where there is no such secret, or it is being deleted
 */
export async function describeAccount(
  secrets: SecretsManagerClient,
  prefix: string,
  name: string,
): Promise<ListedAccount | undefined> {
  if (!accountPattern.test(name)) return undefined;
  try {
    const { ARN, CreatedDate, DeletedDate } = await secrets.send(
      new DescribeSecretCommand({ SecretId: prefix + name }),
    );
    if (ARN === undefined || DeletedDate !== undefined) return undefined;
    return { name, secretArn: ARN, createdAt: CreatedDate };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/**
 * The accounts that have a secret, in the order of their names. A listing may be five minutes late, with a secret that is new and
 * with one that is gone: so what the listing and the directory do not agree on is asked for by its name.
 *
 * @param directory the names that the directory of accounts has
 */
export async function findAccounts(
  secrets: SecretsManagerClient,
  prefix: string,
  directory: readonly string[],
): Promise<ListedAccount[]> {
  const listed = await listAccounts(secrets, prefix);
  const isListed = new Set(listed.map(({ name }) => name));
  const isKnown = new Set(directory);
  const doubtful = [
    ...listed.filter(({ name }) => !isKnown.has(name)).map(({ name }) => name),
    ...directory.filter((name) => !isListed.has(name)),
  ];
  const described = await pMap(doubtful, (name) => describeAccount(secrets, prefix, name), {
    concurrency: describedAtOnce,
  });
  return [...listed.filter(({ name }) => isKnown.has(name)), ...described.filter((found) => found !== undefined)].sort(
    byName,
  );
}

const byName = (a: ListedAccount, b: ListedAccount): number => (a.name < b.name ? -1 : 1);

/** The accounts that Secrets Manager lists below the prefix, in the order of their names. */
export async function listAccounts(secrets: SecretsManagerClient, prefix: string): Promise<ListedAccount[]> {
  const accounts: ListedAccount[] = [];
  const filters = [{ Key: 'name' as const, Values: [prefix] }];
  for await (const page of paginateListSecrets({ client: secrets }, { Filters: filters })) {
    for (const { Name: secretName = '', ARN: secretArn = '', CreatedDate: createdAt } of page.SecretList ?? []) {
      const name = secretName.slice(prefix.length);
      // The filter does not mind upper and lower case.
      if (!secretName.startsWith(prefix)) continue;
      if (accountPattern.test(name)) accounts.push({ name, secretArn, createdAt });
      else
        logger.warn('A secret below the account prefix does not name an account; rename it.', { secret: secretName });
    }
  }
  return accounts.sort(byName);
}

import { paginateListSecrets, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { logger } from '../observability/logger.ts';
import { accountPattern } from './name.ts';

/** An account as its secret's name tells of it; nothing in the secret is read. */
export interface ListedAccount {
  readonly name: string;
  readonly secretArn: string;
  /** When the secret was created. */
  readonly createdAt?: Date | undefined;
}

/** The accounts that have a secret below the prefix, in the order of their names. */
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
  return accounts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

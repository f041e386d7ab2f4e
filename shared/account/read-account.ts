import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { cached } from '../cached.ts';
import { ConfigurationError } from '../errors.ts';
import { redactValue } from '../observability/logger.ts';
import { type Account, parseAccountSecret, secretValues } from './secret.ts';
import { readSecretText } from './secret-text.ts';

/** A replaced credential is used after this time at the latest. */
const keptMs = 60_000;

/**
 * Reads accounts from their secrets, and makes sure that nothing logs what is in them.
 *
 * @throws ConfigurationError from the function it returns, when the secret is missing or does not fit
 */
export function accountReader(client: SecretsManagerClient, prefix: string): (name: string) => Promise<Account> {
  const readers = new Map<string, () => Promise<Account>>();
  return (name) => {
    const read = readers.get(name) ?? cached(keptMs, Date.now, () => readAccount(client, prefix, name));
    readers.set(name, read);
    return read();
  };
}

async function readAccount(client: SecretsManagerClient, prefix: string, name: string): Promise<Account> {
  const text = await readSecretText(client, prefix + name);
  if (text === undefined) {
    throw new ConfigurationError(
      `The secret ${prefix}${name} does not exist, is not text, or cannot be read; create it as the README says.`,
    );
  }
  const account = parseAccountSecret(name, text);
  for (const value of secretValues(account)) redactValue(value);
  return account;
}

import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { ResourceNotFoundException, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Account, parseAccountSecret, secretValues } from './config.ts';
import { ConfigurationError } from './errors.ts';
import { redactValue } from './observability/logger.ts';

/** A replaced credential is used after this time at the latest. */
const cachedForSeconds = 60;

/**
 * Reads accounts from their secrets, and makes sure that nothing logs what is in them.
 *
 * @throws ConfigurationError from the function it returns, when the secret is missing or does not fit
 */
export function accountReader(client: SecretsManagerClient, prefix: string): (name: string) => Promise<Account> {
  const provider = new SecretsProvider({ awsSdkV3Client: client });
  return async (name) => {
    const account = parseAccountSecret(name, await readSecret(provider, prefix + name));
    for (const value of secretValues(account)) redactValue(value);
    return account;
  };
}

async function readSecret(provider: SecretsProvider, secretName: string): Promise<string> {
  try {
    const text = await provider.get(secretName, { maxAge: cachedForSeconds });
    if (typeof text === 'string') return text;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof ResourceNotFoundException || error instanceof ResourceNotFoundException)) throw error;
  }
  throw new ConfigurationError(`There is no secret ${secretName}, or it is not text; create it as the README says.`);
}

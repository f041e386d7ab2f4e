import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConfigurationError } from '../errors.ts';
import { redactValue } from '../observability/logger.ts';
import { type Account, parseAccountSecret, secretValues } from './secret.ts';

/**
 * What only a person can put right: no such secret, one that is being deleted, or one under a customer's own KMS key.
 */
const beyondHelp = new Set([
  'ResourceNotFoundException',
  'InvalidRequestException',
  'AccessDeniedException',
  'DecryptionFailure',
]);

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
    const failure = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (!(failure instanceof Error) || !beyondHelp.has(failure.name)) throw error;
  }
  throw new ConfigurationError(
    `The secret ${secretName} does not exist, is not text, or cannot be read; create it as the README says.`,
  );
}

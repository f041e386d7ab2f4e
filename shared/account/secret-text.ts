import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/**
 * What only a person can put right: no such secret, one that is being deleted, or one under a customer's own KMS key. Without a
 * permission to know better, a missing secret is an access that is denied.
 */
const beyondHelp = new Set([
  'ResourceNotFoundException',
  'InvalidRequestException',
  'AccessDeniedException',
  'DecryptionFailure',
]);

/**
 * Reads a secret's text.
 *
 * @returns undefined where there is none to be had until a person does something
 * @throws what Secrets Manager threw, where trying again may help
 */
export async function readSecretText(client: SecretsManagerClient, secretId: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString;
  } catch (error) {
    if (error instanceof Error && beyondHelp.has(error.name)) return undefined;
    throw error;
  }
}

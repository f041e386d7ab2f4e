import { paginateListSecretVersionIds, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ListedAccount } from '../account/list-accounts.ts';

/** Secrets grow old by the day, and every question costs money. */
const rememberedForMs = 3_600_000;

/**
 * Tells when accounts' secrets were last given a value, remembering it for an hour. Reads no secret: changed tags or a
 * description do not count, so it is the age of the current version that is asked for.
 *
 * @returns a function that answers undefined for a secret that has no current version
 * @example
 * const secretChangedAt = secretChanges(new SecretsManagerClient());
 * await secretChangedAt(account, new Date());
 */
export function secretChanges(client: SecretsManagerClient) {
  const known = new Map<string, { readonly changedAt: Date | undefined; readonly readAt: number }>();
  return async ({ secretArn }: ListedAccount, now: Date): Promise<Date | undefined> => {
    const remembered = known.get(secretArn);
    if (remembered !== undefined && Math.abs(now.getTime() - remembered.readAt) < rememberedForMs) {
      return remembered.changedAt;
    }
    const changedAt = await readCurrentVersionDate(client, secretArn);
    known.set(secretArn, { changedAt, readAt: now.getTime() });
    return changedAt;
  };
}

async function readCurrentVersionDate(client: SecretsManagerClient, secretArn: string): Promise<Date | undefined> {
  for await (const { Versions } of paginateListSecretVersionIds({ client }, { SecretId: secretArn })) {
    const current = Versions?.find(({ VersionStages }) => VersionStages?.includes('AWSCURRENT'));
    if (current !== undefined) return current.CreatedDate;
  }
  return undefined;
}

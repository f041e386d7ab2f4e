import {
  DeleteSecretCommand,
  paginateListSecrets,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ConfigurationError } from '../../shared/errors.ts';
import { schemas } from '../../shared/events/schema-event.ts';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import { readEntry, removeFromDirectory, setAccountState } from '../../shared/store/account-directory.ts';
import { deleteRecords, findAccountItems } from '../../shared/store/account-items.ts';
import { audit } from '../../shared/store/audit.ts';
import { batchDelete } from '../../shared/store/dynamo-table.ts';
import type { Platform } from '../platform/platform.ts';

/**
 * What began to work for an account before it was paused has ended by then: no function may run for longer, and each asks how the
 * account stands when it begins.
 */
const quietAfterMs = 5 * 60_000;

/** What was deleted. */
export interface PurgeReport {
  readonly records: number;
  /** Of the state table. */
  readonly items: number;
  /** Names of secrets whose deletion was asked for now; Secrets Manager keeps them for 30 days more. */
  readonly secrets: readonly string[];
}

/**
 * Removes an account with everything that is stored of it, but for the audit, which has an entry more. The account is paused first, so
 * that nothing is written anew; its entry in the directory goes last, so that what was interrupted can be done again.
 *
 * @throws ConfigurationError when there is nothing of such an account, and while something may still be working for it
 */
export async function purgeAccount(platform: Platform, account: string, operator: string): Promise<PurgeReport> {
  const { state, records, now } = platform;
  const entry = await readEntry(state, account);
  const found = await findAccountItems(state, account);
  if (entry === undefined && found.keys.length === 0 && (await platform.findAccount(account)) === undefined) {
    throw new ConfigurationError(`There is nothing of an account "${account}" here.`);
  }
  await pause(platform, account, operator);

  await audit(state, { action: 'purge-account', operator, at: now(), details: { account, phase: 'begun' } });
  const secrets = await deleteSecrets(platform, account);
  const known = new Set<string>([...resources.map(({ name }) => name), schemas, ...found.resources]);
  const deleted = await deleteRecords(records, account, [...known]);
  // Once more, as it was quiet for certain only after that.
  const { keys } = await findAccountItems(state, account);
  await batchDelete(state, keys);
  await removeFromDirectory(state, [account]);
  const report: PurgeReport = { records: deleted, items: keys.length, secrets };
  const details = { account, phase: 'done', records: report.records, items: report.items, secrets: secrets.length };
  await audit(state, { action: 'purge-account', operator, at: now(), details });
  return report;
}

/** @throws ConfigurationError unless it has been paused for long enough */
async function pause({ state, now }: Platform, account: string, operator: string): Promise<void> {
  const before = await readEntry(state, account);
  await setAccountState(state, account, 'paused', now());
  const { stateSince = now().toISOString() } = (await readEntry(state, account)) ?? {};
  if (before?.state !== 'paused') {
    await audit(state, { action: 'pause-account', operator, at: now(), details: { account } });
  }
  const quietAt = new Date(Date.parse(stateSince) + quietAfterMs);
  if (now() < quietAt) {
    throw new ConfigurationError(
      `${account} is paused now, and what works for it may go on until ${quietAt.toISOString()}: nothing was deleted yet. Run this again then, or npm run ops -- account resume ${account} to keep it.`,
    );
  }
}

/** The account's secrets, whatever each is for: their names end with the account's, below a kind. */
async function deleteSecrets(platform: Platform, account: string): Promise<string[]> {
  const { secrets, secretPrefix, stage } = platform;
  const names = new Set<string>();
  if ((await platform.findAccount(account)) !== undefined) names.add(secretPrefix + account);
  const filters = [{ Key: 'name' as const, Values: [`aictive/${stage}/`] }];
  for await (const { SecretList = [] } of paginateListSecrets({ client: secrets }, { Filters: filters })) {
    for (const { Name = '' } of SecretList) {
      const [, , kind, of, ...rest] = Name.split('/');
      if (kind !== undefined && of === account && rest.length === 0) names.add(Name);
    }
  }
  const deleted = [];
  for (const name of names) if (await scheduleDeletion(secrets, name)) deleted.push(name);
  return deleted;
}

/** @returns false where it was gone already, which a listing may tell late */
async function scheduleDeletion(secrets: SecretsManagerClient, name: string): Promise<boolean> {
  try {
    await secrets.send(new DeleteSecretCommand({ SecretId: name }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    if (error instanceof Error && error.name === 'InvalidRequestException') return false;
    throw error;
  }
}

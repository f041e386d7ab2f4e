import { AuthenticationError, ContractError, NotFoundError } from '../errors.ts';
import { logger } from '../observability/logger.ts';
import { resources } from '../rentvine/resources/catalogue.ts';
import { type SyncState, updateSyncState } from '../store/sync-state.ts';
import type { RunRecord } from './run-record.ts';

/** How long a list that Rentvine does not have is left alone before it is looked for again. */
const lookAgainAfterMs = 24 * 3_600_000;
/** Lists that every company has; the first that is answered shows that the address and the key are right. */
const lists: readonly string[] = ['properties', 'leases', 'portfolios'];

const pathOf = ({ slice: { account, resource } }: RunRecord): string =>
  account.paths?.[resource.name]?.list ?? resource.listPath;

/** Whether Rentvine was found not to have a resource's list, at the path that the account uses now, and not long ago. */
export function isKnownAbsent(record: RunRecord, { absentPath, absentAskedAt }: SyncState): boolean {
  if (absentPath !== pathOf(record) || absentAskedAt === undefined) return false;
  return record.slice.now().getTime() - Date.parse(absentAskedAt) < lookAgainAfterMs;
}

/**
 * What to make of a list that Rentvine answers with 404. Not every account has every resource, and some paths are not certain:
 * one that has never been read, while other lists are, is switched off for the account with one warning. A resource that was
 * read before is another matter, and stays a failure.
 *
 * @returns whether it is switched off
 */
export async function switchOffIfAbsent(record: RunRecord, state: SyncState, error: NotFoundError): Promise<boolean> {
  // A list that has answered a page is there, whatever comes after its last one.
  if (state.fullStartedAt !== undefined || record.pages.length > 0) return false;
  if (!(await otherListIsThere(record))) return false;
  const path = pathOf(record);
  if (state.absentPath !== path) {
    logger.warn('Rentvine does not have the list of a resource: it is switched off for the account.', {
      ...record.collection,
      path,
      error,
    });
  }
  const absentAskedAt = record.slice.now().toISOString();
  await updateSyncState(record.slice.state, record.collection, { absentPath: path, absentAskedAt });
  return true;
}

/** What an operator should know of a run that had nothing to read. */
export const absentRemark = (record: RunRecord): string =>
  `Rentvine does not have ${record.collection.resource} at ${pathOf(record)} (404); it is looked for again once a day, or at once when "paths.${record.collection.resource}.list" in the account's secret is corrected`;

async function otherListIsThere({ slice: { client, resource } }: RunRecord): Promise<boolean> {
  for (const other of resources.filter(({ name }) => lists.includes(name) && name !== resource.name)) {
    try {
      await client.listPage(other, { page: 1, pageSize: 1 });
      return true;
    } catch (error) {
      const saysNothing =
        error instanceof NotFoundError || error instanceof ContractError || error instanceof AuthenticationError;
      if (!saysNothing) throw error;
    }
  }
  return false;
}

import { ContractError } from '../../shared/errors.ts';
import { formatDate } from '../../shared/rentvine/urls.ts';
import { readRecord } from '../../shared/store/records.ts';
import { transactionsResource } from '../../shared/webhook/targets.ts';
import type { RefreshDependencies } from './refresh-dependencies.ts';
import { refreshList } from './refresh-list.ts';

const dayMs = 86_400_000;

/** The property that a stored lease belongs to, if both are known. */
export async function propertyOfLease(
  leaseId: string,
  { account, records }: RefreshDependencies,
): Promise<string | undefined> {
  const lease = await readRecord(records, { account: account.name, resource: 'leases' }, leaseId);
  const propertyId = lease?.data.propertyId;
  return typeof propertyId === 'string' ? propertyId : undefined;
}

/**
 * Reads a property's transactions of the last days, as many days as an incremental sync goes back. There is no single read
 * of a transaction and no filter by lease; by property it is a page or two.
 *
 * @throws PlatformError what the client threw
 */
export async function refreshTransactions(
  propertyId: string,
  correlationId: string,
  dependencies: RefreshDependencies,
): Promise<void> {
  const { changeFilter } = transactionsResource;
  if (changeFilter?.by !== 'datePosted') throw new ContractError('Transactions have no window of recent ones to read.');
  const since = new Date(dependencies.now().getTime() - changeFilter.windowDays * dayMs);
  const query = { 'propertyIDs[]': [propertyId], datePostedMin: formatDate(since) };
  await refreshList(transactionsResource, query, correlationId, dependencies);
}

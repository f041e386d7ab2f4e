import { ContractError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { formatDate } from '../../shared/rentvine/read-query.ts';
import { quarantine } from '../../shared/store/quarantine.ts';
import { type Collection, readRecord } from '../../shared/store/records.ts';
import { storePage } from '../../shared/sync/store-answers.ts';
import { transactionsResource } from '../../shared/webhook/targets.ts';
import type { RefreshDependencies } from './refresh-object.ts';

/** More pages than one property's recent transactions can need; the scheduled sync gets what is beyond. */
const mostPages = 20;
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
 * of a transaction and no filter by lease; by property it is a page or two. Proves nothing about what is not in it.
 *
 * @throws PlatformError what the client threw
 */
export async function refreshTransactions(
  propertyId: string,
  correlationId: string,
  dependencies: RefreshDependencies,
): Promise<void> {
  const { account, client, records, state, settings, now } = dependencies;
  const { changeFilter } = transactionsResource;
  if (changeFilter?.by !== 'datePosted') throw new ContractError('Transactions have no window of recent ones to read.');
  const collection: Collection = { account: account.name, resource: transactionsResource.name };
  const store = { records, collection, now, correlationId };
  const query = {
    'propertyIDs[]': [propertyId],
    datePostedMin: formatDate(new Date(now().getTime() - changeFilter.windowDays * dayMs)),
  };
  const seen = new Set<string>();
  for (let page = 1; page <= mostPages; page++) {
    const answer = await client.listPage(transactionsResource, { page, pageSize: settings.pageSize, query });
    const before = seen.size;
    for (const id of answer.ids) seen.add(id);
    // The end, or a server that ignores the page number.
    if (answer.size === 0 || seen.size === before) break;
    const { created, updated } = await storePage(store, answer.rows, answer);
    metrics.record('RecordsCreated', created, collection);
    metrics.record('RecordsUpdated', updated, collection);
    for (const { id, reason } of answer.rejected) {
      if (id === undefined) continue;
      const row = { id, reason, seenAt: now().toISOString(), runId: `webhook ${correlationId}` };
      await quarantine(state, collection, row, now());
    }
  }
  logger.info('Recent transactions were read because of a webhook.', { ...collection, correlationId, read: seen.size });
}

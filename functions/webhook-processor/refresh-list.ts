import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import type { Resource } from '../../shared/rentvine/resource.ts';
import type { ListQuery } from '../../shared/rentvine/urls.ts';
import type { Collection } from '../../shared/store/collection.ts';
import { storePage } from '../../shared/sync/store-answers.ts';
import { quarantineHinted } from './quarantine-hinted.ts';
import type { RefreshDependencies } from './refresh-dependencies.ts';

/** What a webhook is about is within a page or two; the scheduled sync reads what is beyond. */
const maxPages = 20;

/**
 * Reads a filtered list and stores what is in it. Proves nothing about what is not in it.
 *
 * @throws PlatformError what the client threw
 */
export async function refreshList(
  resource: Resource,
  query: ListQuery,
  correlationId: string,
  dependencies: RefreshDependencies,
): Promise<void> {
  const { account, client, records, settings, now } = dependencies;
  const collection: Collection = { account: account.name, resource: resource.name };
  const store = { records, collection, fields: dependencies.fieldsOf(resource), now, correlationId };
  const seen = new Set<string>();
  for (let page = 1; page <= maxPages; page++) {
    const answer = await client.listPage(resource, { page, pageSize: settings.pageSize, query });
    const before = seen.size;
    for (const id of answer.ids) seen.add(id);
    // The end, or a server that ignores the page number.
    if (answer.size === 0 || seen.size === before) break;
    const { created, updated, rejected } = await storePage(store, answer.rows, answer);
    metrics.record('RecordsCreated', created, collection);
    metrics.record('RecordsUpdated', updated, collection);
    await quarantineHinted([...answer.rejected, ...rejected], collection, correlationId, dependencies);
  }
  logger.info('A list was read because of a webhook.', { ...collection, correlationId, read: seen.size });
}

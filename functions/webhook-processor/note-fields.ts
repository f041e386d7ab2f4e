import { logger } from '../../shared/observability/logger.ts';
import type { AccountAccess } from './access-cache.ts';

/**
 * Takes note of which fields the answers of a batch had. What keeps it from that is logged and no more: hints are about
 * objects, and what is there to be noted comes again.
 */
export async function noteFields(
  { account, readers, catalogueOf }: Pick<AccountAccess, 'account' | 'readers' | 'catalogueOf'>,
  correlationId: string,
  now: () => Date,
): Promise<void> {
  const at = now().toISOString();
  for (const { resource, read, ...seen } of readers.takeSeen()) {
    try {
      await catalogueOf(resource).note({ kind: read, seen, at }, correlationId);
    } catch (error) {
      const context = { account: account.name, resource: resource.name, correlationId };
      logger.warn('Which fields webhooks have made known could not be kept.', { ...context, error });
    }
  }
}

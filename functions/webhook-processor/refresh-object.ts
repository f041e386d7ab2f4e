import { asSubsegment } from '#tracing';
import type { Account } from '../../shared/account/secret.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { canonicalKey } from '../../shared/rentvine/canonical.ts';
import type { Resource } from '../../shared/rentvine/resource.ts';
import { formatDateTime, hasSingleRead } from '../../shared/rentvine/urls.ts';
import type { Collection } from '../../shared/store/collection.ts';
import { takeHintedDeletion } from '../../shared/store/hinted-deletions.ts';
import { timesOfKind } from '../../shared/store/read-order.ts';
import type { StoredVersion } from '../../shared/store/record-item.ts';
import { readVersion, type Store, tombstone } from '../../shared/store/records.ts';
import { hiddenProperties } from '../../shared/sync/hidden-properties.ts';
import { refusedReason, storeOne } from '../../shared/sync/store-answers.ts';
import type { ObjectPlan } from './batch-plan.ts';
import { quarantineHinted } from './quarantine-hinted.ts';
import type { RefreshDependencies } from './refresh-dependencies.ts';
import { refreshList } from './refresh-list.ts';

/** Clocks of two functions differ by less than this. */
const clockAllowanceMs = 1_000;

/**
 * Reads the object that hints are about and stores it through the code that syncs use; not found means deleted. Where the
 * object's own address is not known, what has changed lately is read, which it is part of. Needs no read when one that was
 * asked for after the hints came is stored already.
 *
 * @throws PlatformError what the client threw, and UnavailableError when a front end answered for Rentvine
 */
export async function refreshObject(plan: ObjectPlan, dependencies: RefreshDependencies): Promise<void> {
  const { account, records, recent, settings, now } = dependencies;
  const { resource, id } = plan;
  const collection: Collection = { account: account.name, resource: resource.name };
  if (!hasSingleRead(account, resource)) return;
  const key = `${account.name}#${resource.name}#${id}`;
  const enoughFrom = Date.parse(plan.receivedAt) + clockAllowanceMs;
  if ((recent.requestedAt(key) ?? 0) > enoughFrom) return;
  const stored = await readVersion(records, collection, id);
  if (stored === undefined && plan.onlyIfStored) return;
  // A list that was read meanwhile does not show all that the hint may be about.
  const lastRead = stored && timesOfKind('single', stored.reads);
  if (lastRead !== undefined && Date.parse(lastRead.asOf) > enoughFrom) return;

  const fields = { ...plan.ids, ...stored?.data };
  if (resource.changeFilter?.by === 'dateTimeModified' && lacksParent(account, resource, fields)) {
    const since = new Date(Date.parse(plan.receivedAt) - settings.overlapMinutes * 60_000);
    const query = { dateTimeModifiedMin: formatDateTime(since) };
    return refreshList(resource, query, plan.correlationId, dependencies);
  }
  const fieldsKnown = dependencies.fieldsOf(resource);
  const { correlationId, actor } = plan;
  const store: Store = { records, collection, fields: fieldsKnown, now, correlationId, actor };
  const found = await dependencies.singleReadsOf(resource).find(id, fields);
  if (found.kind === 'unreadable' || found.kind === 'forbidden') throw found.error;
  metrics.record('WebhookObjectsRead', 1, collection);
  if (found.kind === 'gone') return deleteIfGone(stored, { id, ...found }, resource, store, dependencies);
  const outcome = await asSubsegment('store', collection, () => storeOne(store, found.answer));
  if (outcome === 'refused') {
    await quarantineHinted([{ id, reason: refusedReason }], collection, plan.correlationId, dependencies);
  }
  recent.remember(key, found.answer.requestedAt.getTime());
  if (outcome === 'created') metrics.record('RecordsCreated', 1, collection);
  if (outcome === 'updated') metrics.record('RecordsUpdated', 1, collection);
  if (outcome === 'created' || outcome === 'updated') {
    const delayMs = now().getTime() - Date.parse(plan.receivedAt);
    metrics.record('WebhookDelay', delayMs, collection);
  }
  logger.info('An object was read because of a webhook.', { ...collection, id, outcome, correlationId });
}

/** Whether the single read's path names a parent that is not known: an object that is new, from a hint that does not say. */
function lacksParent(account: Account, resource: Resource, fields: Readonly<Record<string, unknown>>): boolean {
  const path = account.paths[resource.name]?.one ?? resource.onePath ?? '';
  const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => canonicalKey(name));
  return names.some((name) => name !== 'id' && name !== resource.idField && fields[name] === undefined);
}

async function deleteIfGone(
  stored: StoredVersion | undefined,
  answer: { readonly id: string; readonly requestedAt: Date; readonly answeredAt: Date },
  resource: Resource,
  store: Store,
  dependencies: RefreshDependencies,
): Promise<void> {
  const { collection, correlationId, actor } = store;
  if (stored === undefined || stored.gone !== undefined) return;
  await dependencies.singleReadsOf(resource).assertProven();
  const { settings, state, records, now } = dependencies;
  const hidden = await hiddenProperties(resource.name, [answer.id], { ...dependencies, pageSize: settings.pageSize });
  const context = { ...collection, id: answer.id, correlationId };
  if (hidden.length > 0) {
    metrics.record('DeletionsHeld', 1, collection);
    logger.warn(
      'A whole property vanished: the rights of the key may have changed; the next full sync decides.',
      context,
    );
    return;
  }
  if (!(await takeHintedDeletion(state, collection, settings.deletionGuard.atLeast, now()))) {
    metrics.record('DeletionsHeld', 1, collection);
    logger.warn('Webhooks have deleted as many records today as they may; the next full sync decides.', context);
    return;
  }
  if (!(await tombstone(records, collection, answer, { now: now(), correlationId, actor }))) return;
  metrics.record('RecordsDeleted', 1, collection);
  logger.info('A record was marked deleted because of a webhook.', context);
}

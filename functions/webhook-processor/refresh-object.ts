import type { Account, SyncSettings } from '../../shared/config.ts';
import { ContractError, NotFoundError, UnavailableError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { canonicalKey } from '../../shared/rentvine/canonical.ts';
import type { OneAnswer, RentvineClient } from '../../shared/rentvine/client.ts';
import { formatDateTime, hasSingleRead } from '../../shared/rentvine/read-query.ts';
import type { Resource } from '../../shared/rentvine/resource.ts';
import { takeHintedDeletion } from '../../shared/store/hinted-deletions.ts';
import { type Collection, readRecord, type StoredRecord, tombstone } from '../../shared/store/records.ts';
import type { Table } from '../../shared/store/table.ts';
import { refusedReason, type Store, storeOne } from '../../shared/sync/store-answers.ts';
import type { ObjectPlan } from './batch-plan.ts';
import type { RecentReads } from './recent-reads.ts';
import { quarantineHinted, refreshList } from './refresh-list.ts';

export interface RefreshDependencies {
  readonly account: Account;
  readonly client: RentvineClient;
  readonly records: Table;
  readonly state: Table;
  readonly settings: SyncSettings;
  readonly now: () => Date;
  /** Collections in which a single read has found something: there, "not found" can be believed. */
  readonly trusted: Set<string>;
  readonly recent: RecentReads;
}

/** Clocks of two functions differ by less than this. */
const clockAllowanceMs = 1_000;
const controlReads = 3;

/**
 * Reads the object that hints are about and stores it through the code that syncs use; not found means deleted. Where the
 * object's own address is not known, what has changed lately is read, which it is part of. Needs no read when one that was
 * asked for after the hints came is stored already.
 *
 * @throws PlatformError what the client threw, and UnavailableError when a front end answered for Rentvine
 */
export async function refreshObject(plan: ObjectPlan, dependencies: RefreshDependencies): Promise<void> {
  const { account, client, records, recent, settings, now } = dependencies;
  const { resource, id } = plan;
  const collection: Collection = { account: account.name, resource: resource.name };
  if (!hasSingleRead(account, resource)) return;
  const key = `${account.name}#${resource.name}#${id}`;
  const enoughFrom = Date.parse(plan.receivedAt) + clockAllowanceMs;
  if ((recent.requestedAt(key) ?? 0) > enoughFrom) return;
  const stored = await readRecord(records, collection, id);
  if (stored === undefined && plan.onlyIfStored) return;
  if (stored !== undefined && Date.parse(stored.asOf) > enoughFrom) return;

  const fields = { ...plan.ids, ...stored?.data };
  if (resource.changeFilter?.by === 'dateTimeModified' && lacksParent(account, resource, fields)) {
    const since = new Date(Date.parse(plan.receivedAt) - settings.overlapMinutes * 60_000);
    const query = { dateTimeModifiedMin: formatDateTime(since) };
    return refreshList(resource, query, plan.correlationId, dependencies);
  }
  const store: Store = { records, collection, now, correlationId: plan.correlationId };
  const requestedAt = now();
  const answer = await readIfThere(client, resource, id, fields);
  metrics.record('WebhookObjectsRead', 1, collection);
  if (answer === undefined) {
    await deleteIfGone(stored, { id, requestedAt, answeredAt: now() }, resource, store, dependencies);
    return;
  }
  dependencies.trusted.add(trustKey(collection));
  const outcome = await storeOne(store, answer);
  if (outcome === 'refused') {
    await quarantineHinted([{ id, reason: refusedReason }], collection, plan.correlationId, dependencies);
  }
  recent.remember(key, answer.requestedAt.getTime());
  if (outcome === 'created') metrics.record('RecordsCreated', 1, collection);
  if (outcome === 'updated') metrics.record('RecordsUpdated', 1, collection);
  if (outcome === 'created' || outcome === 'updated') {
    const delayMs = now().getTime() - Date.parse(plan.receivedAt);
    metrics.record('WebhookDelay', delayMs, collection);
  }
  const { correlationId } = plan;
  logger.info('An object was read because of a webhook.', { ...collection, id, outcome, correlationId });
}

/** Whether the single read's path names a parent that is not known: an object that is new, from a hint that does not say. */
function lacksParent(account: Account, resource: Resource, fields: Readonly<Record<string, unknown>>): boolean {
  const path = account.paths[resource.name]?.one ?? resource.onePath ?? '';
  const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => canonicalKey(name));
  return names.some((name) => name !== 'id' && name !== resource.idField && fields[name] === undefined);
}

/** Reads an object; undefined when Rentvine itself says that there is none. */
async function readIfThere(
  client: RentvineClient,
  resource: Resource,
  id: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<OneAnswer | undefined> {
  try {
    return await client.readOne(resource, id, fields);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    if (!error.asHtml) return undefined;
    throw new UnavailableError(`The front end of Rentvine answered for one of ${resource.name}.`);
  }
}

async function deleteIfGone(
  stored: StoredRecord | undefined,
  answer: { readonly id: string; readonly requestedAt: Date; readonly answeredAt: Date },
  resource: Resource,
  store: Store,
  dependencies: RefreshDependencies,
): Promise<void> {
  const { collection, correlationId } = store;
  if (stored === undefined || stored.deletedAt !== undefined) return;
  await assertSingleReadsWork(resource, store, dependencies);
  const { settings, state, records, now } = dependencies;
  const context = { ...collection, id: answer.id, correlationId };
  if (!(await takeHintedDeletion(state, collection, settings.deletionGuard.atLeast, now()))) {
    metrics.record('DeletionsHeld', 1, collection);
    logger.warn('Webhooks have deleted as many records today as they may; the next full sync decides.', context);
    return;
  }
  if (!(await tombstone(records, collection, answer, { now: now(), correlationId }))) return;
  metrics.record('RecordsDeleted', 1, collection);
  logger.info('A record was marked deleted because of a webhook.', context);
}

/** A wrong path answers "not found" to everything: before the first deletion, something that the list has must be found. */
async function assertSingleReadsWork(
  resource: Resource,
  { collection, records }: Store,
  { client, trusted }: RefreshDependencies,
): Promise<void> {
  if (trusted.has(trustKey(collection))) return;
  const { ids: controls } = await client.listPage(resource, { page: 1, pageSize: controlReads });
  for (const control of controls.slice(0, controlReads)) {
    const record = await readRecord(records, collection, control);
    if ((await readIfThere(client, resource, control, record?.data ?? {})) === undefined) continue;
    trusted.add(trustKey(collection));
    return;
  }
  if (controls.length === 0) return;
  throw new ContractError(
    `Single reads of ${resource.name} do not find even what the list has; correct "paths.${resource.name}.one" in the account's secret.`,
  );
}

const trustKey = ({ account, resource }: Collection): string => `${account}#${resource}`;

import type { RentvineAccount, RentvineClient } from '../rentvine/client.ts';
import { resourceByName } from '../rentvine/resources/catalogue.ts';
import { hasSingleRead } from '../rentvine/urls.ts';
import type { Table } from '../store/dynamo-table.ts';
import { liveFields, liveIds, readRecord } from '../store/records.ts';
import { singleReads } from './single-reads.ts';

export interface HiddenPropertiesOptions {
  readonly account: RentvineAccount;
  readonly client: RentvineClient;
  readonly records: Table;
  readonly state: Table;
  readonly now: () => Date;
  readonly pageSize: number;
}

/** More vanished records than this are not looked at one by one. */
const maxRecordsLookedAt = 100;
/** Properties asked for singly. */
const maxPropertiesAskedFor = 10;
/** Pages of the list of properties, for records that do not say which property they belong to. */
const maxPages = 40;

/**
 * Which properties the key no longer sees with everything below them, as far as records that have just vanished are about
 * these. A key can be restricted to a part of the portfolio, and then hidden objects may be answered exactly as if they did
 * not exist; that a whole property is gone with all that belongs to it is a change of rights until a person says otherwise.
 *
 * @param resource of the records that vanished
 * @param ids which Rentvine says do not exist
 * @returns ids of properties with live units or leases that Rentvine says do not exist
 */
export async function hiddenProperties(
  resource: string,
  ids: readonly string[],
  options: HiddenPropertiesOptions,
): Promise<readonly string[]> {
  const { account, client, records, state, now, pageSize } = options;
  const properties = resourceByName('properties');
  const collection = { account: account.name, resource: properties.name };
  if (resource === properties.name) return inUse(ids);
  if (!hasSingleRead(account, properties)) return [];
  const reads = singleReads({
    client,
    resource: properties,
    records,
    state,
    collection,
    now,
    controlIds: async () => (await client.listPage(properties, { page: 1, pageSize: 3 })).ids.slice(0, 3),
  });
  const hidden: string[] = [];
  for (const id of (await suspects(resource, ids, options)).slice(0, maxPropertiesAskedFor)) {
    const stored = await readRecord(records, collection, id);
    if (stored === undefined || stored.deletedAt !== undefined) continue;
    const found = await reads.find(id, stored.data);
    if (found.kind === 'gone' || found.kind === 'forbidden') hidden.push(id);
  }
  return inUse(hidden);

  /** Those among properties that have live units or leases. */
  async function inUse(among: readonly string[]): Promise<readonly string[]> {
    if (among.length === 0) return among;
    const used = new Set<unknown>();
    for (const below of ['units', 'leases']) {
      const pages = liveFields(records, { account: account.name, resource: below }, ['propertyId']);
      for await (const page of pages) for (const { propertyId } of page) used.add(propertyId);
    }
    return among.filter((id) => used.has(id));
  }

  /** The properties that vanished records belong to; where they do not say, those that the list of properties lacks. */
  async function suspects(of: string, vanished: readonly string[], { client: rentvine }: HiddenPropertiesOptions) {
    const owning = new Set<string>();
    let isUnknown = false;
    for (const id of vanished.slice(0, maxRecordsLookedAt)) {
      const record = await readRecord(records, { account: account.name, resource: of }, id);
      const propertyId = record?.data.propertyId;
      if (typeof propertyId === 'string') owning.add(propertyId);
      else isUnknown = true;
    }
    if (!isUnknown) return [...owning];
    const listed = new Set<string>();
    let size = 1;
    for (let page = 1; size > 0; page++) {
      if (page > maxPages) return [...owning];
      const before = listed.size;
      const answer = await rentvine.listPage(properties, { page, pageSize });
      for (const id of answer.ids) listed.add(id);
      size = listed.size === before ? 0 : answer.size;
    }
    const unlisted = new Set(owning);
    for await (const live of liveIds(records, collection)) {
      for (const id of live) if (!listed.has(id)) unlisted.add(id);
    }
    return [...unlisted];
  }
}

import type { Simulator } from '../../infra/simulator/simulator.ts';
import { isResourceName, type ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { hashOf } from '../../shared/store/hash.ts';
import { allRecords, type StoredRecord } from '../../shared/store/records.ts';
import type { WebhookHint } from '../../shared/webhook/hint.ts';
import { meaningOf } from '../../shared/webhook/targets.ts';
import { expectedData, holds } from '../integration/mirror.ts';

/** What the platform holds of one account, beside what its Rentvine has. */
export interface RecordCheck {
  /** Records that are not as Rentvine has them now, of all resources: `leases 12`. */
  differences(resources: readonly ResourceName[]): Promise<{ readonly compared: number; readonly wrong: string[] }>;
  /**
   * Records that webhooks alone should have brought up to date: nothing has changed of them since a hint that was worked
   * off came, and yet they are not as Rentvine has them.
   */
  behindHints(hints: readonly WebhookHint[]): Promise<{ readonly compared: number; readonly wrong: string[] }>;
  /** Every record, tombstones included, with its resource. */
  stored(resources: readonly ResourceName[]): Promise<(StoredRecord & { readonly resource: ResourceName })[]>;
}

/** Follows the changes of a company from now on. */
export function followRecords(simulator: Simulator, records: Table): RecordCheck {
  const [account = ''] = simulator.accounts;
  const world = simulator.world();
  const lastChanges = new Map<string, { readonly at: number; readonly hash: string | undefined }>();
  const hashNow = (resource: ResourceName, id: number): string | undefined =>
    world.get(resource, id) === undefined ? undefined : hashOf(expectedData({ simulator, world }, resource, id));

  world.onChange(({ resource, id }) => {
    if (!isResourceName(resource)) return;
    lastChanges.set(`${resource} ${id}`, { at: Date.now(), hash: hashNow(resource, id) });
  });

  /** A full sync has read the list, a hint a single object; either is there, or is gone. */
  function isAsServed(
    resource: ResourceName,
    id: string,
    record: StoredRecord | undefined,
    by: 'list' | 'one',
  ): boolean {
    const live = record?.deletedAt === undefined ? record : undefined;
    if (world.get(resource, Number(id)) === undefined) return live === undefined;
    return live !== undefined && holds(live, expectedData({ simulator, world }, resource, Number(id), by));
  }

  async function read(resource: ResourceName): Promise<Map<string, StoredRecord>> {
    const found = new Map<string, StoredRecord>();
    for await (const record of allRecords(records, { account, resource })) found.set(record.id, record);
    return found;
  }

  return {
    async differences(resources) {
      const wrong: string[] = [];
      let compared = 0;
      for (const resource of resources) {
        const stored = await read(resource);
        const ids = new Set([...world.ids(resource).map(String), ...stored.keys()]);
        compared += ids.size;
        for (const id of ids) {
          if (!isAsServed(resource, id, stored.get(id), 'list')) wrong.push(`${resource} ${id}`);
        }
      }
      return { compared, wrong };
    },
    async behindHints(hints) {
      const told = new Map<string, { resource: ResourceName; id: string; receivedAt: number }>();
      for (const hint of hints) {
        for (const { resource, id } of meaningOf(hint).targets) {
          const key = `${resource.name} ${id}`;
          const receivedAt = Math.max(Date.parse(hint.receivedAt), told.get(key)?.receivedAt ?? 0);
          told.set(key, { resource: resource.name, id, receivedAt });
        }
      }
      const stored = new Map<ResourceName, Map<string, StoredRecord>>();
      const wrong: string[] = [];
      let compared = 0;
      for (const [key, { resource, id, receivedAt }] of told) {
        const change = lastChanges.get(key);
        // A row also shows what other objects have; nobody tells when those change.
        if (change === undefined || change.at > receivedAt || change.hash !== hashNow(resource, Number(id))) continue;
        const found = stored.get(resource) ?? (await read(resource));
        stored.set(resource, found);
        compared += 1;
        if (!isAsServed(resource, id, found.get(id), 'one')) wrong.push(key);
      }
      return { compared, wrong };
    },
    async stored(resources) {
      const all: (StoredRecord & { resource: ResourceName })[] = [];
      for (const resource of resources) {
        for (const record of (await read(resource)).values()) all.push({ ...record, resource });
      }
      return all;
    },
  };
}

import { resources } from '../rentvine/resources/catalogue.ts';
import { readSyncState, updateSyncState } from '../store/sync-state.ts';
import type { GoneAnswer } from './confirm-missing.ts';
import { hiddenProperties } from './hidden-properties.ts';
import type { RunRecord } from './run-record.ts';

/** So many records of one resource vanish together only in a clean-up, or when the key's rights change. */
const minVanishedTogether = 5;
/** Full reads of all resources begin within one night. */
const togetherWithinMs = 12 * 3_600_000;

/**
 * Why what vanished may be hidden from the key rather than gone. A key can be restricted to a part of the portfolio, and what
 * Rentvine then answers for an object beyond it is not known: it may be the very answer for one that does not exist. Told by
 * what a change of rights does and people hardly ever do: several resources lose rows in numbers at once, or whole properties
 * vanish with everything below them.
 *
 * @param gone what Rentvine says does not exist
 * @param forbidden what it refuses to show
 * @returns a sentence without its full stop, or undefined
 */
export async function changeOfRights(
  record: RunRecord,
  gone: readonly GoneAnswer[],
  forbidden: readonly string[],
): Promise<string | undefined> {
  const { resource } = record.collection;
  if (forbidden.length > 0) {
    return `The key may no longer see ${forbidden.length} of ${resource} that it used to see (403); give its role the right back`;
  }
  if (gone.length === 0) return undefined;
  const { pageSize } = record.run;
  const ids = gone.map(({ id }) => id);
  const hidden = await hiddenProperties(record.slice.resource.name, ids, { ...record.slice, pageSize });
  if (hidden.length > 0) {
    return `With ${gone.length} of ${resource}, whole properties vanished that had units or leases (${hidden.slice(0, 5).join(', ')}): the key's rights may have changed`;
  }
  const others = await vanishedTogether(record, gone.length);
  if (others.length === 0) return undefined;
  return `${gone.length} of ${resource} vanished in the same hours as many of ${others.join(' and ')}: the key's rights may have changed`;
}

/** The other resources of the account that lost records in numbers within the same hours. */
async function vanishedTogether({ slice, collection }: RunRecord, vanished: number): Promise<string[]> {
  if (vanished < minVanishedTogether) return [];
  const now = slice.now();
  // Before the others are looked at, so that of two that look at the same time both see each other.
  await updateSyncState(slice.state, collection, { vanishedAt: now.toISOString() });
  const others: string[] = [];
  for (const { name } of resources) {
    if (name === collection.resource) continue;
    const { vanishedAt } = await readSyncState(slice.state, { account: collection.account, resource: name });
    if (vanishedAt !== undefined && now.getTime() - Date.parse(vanishedAt) < togetherWithinMs) others.push(name);
  }
  return others;
}

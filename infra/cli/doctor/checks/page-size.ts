import type { ResourceName } from '../../../../shared/rentvine/resources/catalogue.ts';
import { type Check, type Finding, ok, warn } from '../check.ts';
import { perProbe } from '../per-account.ts';
import type { RentvineProbe } from '../rentvine-probe.ts';

/** Of these a company has most rows. */
const longLists: readonly ResourceName[] = ['transactions', 'leases', 'tenants'];

/** What the server really gives for the page size that is configured: it may cap pages without a word. */
export const pageSize: Check = perProbe('page size', async (probe) => {
  for (const resource of longLists) {
    const finding = await measure(probe, resource);
    if (finding !== undefined) return finding;
  }
  return warn('not known: no long list can be read');
});

async function measure(probe: RentvineProbe, resource: ResourceName): Promise<Finding | undefined> {
  const first = await probe.page(resource, 1);
  if (first.kind !== 'page') return undefined;
  const asked = probe.pageSize;
  const given = first.page.size;
  if (given === asked) return ok(`${asked}, as asked`);
  if (given > asked) {
    return warn(
      `${given} rows of ${resource}, though ${asked} were asked for`,
      'The server ignores pageSize; syncs cope with it, more slowly.',
    );
  }
  const second = await probe.page(resource, 2);
  if (second.kind !== 'page') return undefined;
  // All rows fit into one page: what a fuller one would be, a longer list may tell.
  if (second.page.size === 0) return ok(`at least ${given} of ${asked} asked for: all ${resource} fit into one page`);
  return warn(
    `${given} of ${asked} asked for: the server caps pages`,
    `Set sync.pageSize to ${given} in cdk.json; syncs are complete all the same, with more requests than needed.`,
  );
}

import type { ResourceHealth } from '../../../../shared/health/account-health.ts';
import { maxLagIntervals } from '../../../../shared/health/thresholds.ts';
import { formatDuration } from '../../time.ts';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';
import { perAccount } from '../per-account.ts';

/** How fresh each resource is, by the intervals of its schedule. */
export const freshness: Check = perAccount('fresh', async (account, { health }) => {
  const { resources } = await health(account);
  return resources.map((resource) => ({ ...judge(resource), subject: resource.resource }));
});

function judge({
  resource,
  isScheduled,
  freshnessSeconds,
  intervalMinutes,
  lag,
  heldDeletions,
}: ResourceHealth): Finding {
  const held = heldDeletions === 0 ? '' : `, ${heldDeletions} deletions held`;
  if (!isScheduled) return ok(`not scheduled${held}`);
  const age = freshnessSeconds === undefined ? 'never read' : `${formatDuration(freshnessSeconds * 1000)} old`;
  const found = `${age}, read every ${intervalMinutes} min${held}`;
  if (lag !== undefined && lag > maxLagIntervals) {
    const advice = `See infra/runbooks/stale-resource.md, and npm run ops -- sync status --resource ${resource}.`;
    return fail(found, advice);
  }
  if (heldDeletions > 0) return warn(found, `Look into it, then npm run ops -- sync approve --resource ${resource}.`);
  if (freshnessSeconds === undefined)
    return warn(found, `Wait for its first run, or npm run ops -- sync run --resource ${resource}.`);
  return ok(found);
}

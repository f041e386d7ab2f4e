import { type Check, type Finding, fail, ok, warn } from '../check.ts';
import { perAccount } from '../per-account.ts';

/** Whether calls to an account's API are stopped because it did not answer. */
export const breakers: Check = perAccount('breaker', async (account, { health }): Promise<Finding> => {
  const { breaker, consecutiveFailures, openSince } = await health(account);
  const advice =
    'See infra/runbooks/rentvine-api-down.md; when Rentvine answers again everything is caught up by itself.';
  if (breaker === 'open') return fail(`open since ${openSince}, after ${consecutiveFailures} failures`, advice);
  if (breaker === 'half-open')
    return warn(`half-open: the next call tries again, after ${consecutiveFailures} failures`, advice);
  return ok(consecutiveFailures === 0 ? 'closed' : `closed, ${consecutiveFailures} failures in a row`);
});

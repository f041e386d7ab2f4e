import { type Check, ok, warn } from '../check.ts';
import { perProbe } from '../per-account.ts';
import { firstAnswer } from './first-answer.ts';

/** What Rentvine says of its limits, beside what we keep to. */
export const rateLimits: Check = perProbe('rate limit', async (probe, { settings }) => {
  const answer = await firstAnswer(probe);
  if (answer.kind !== 'page') return warn('not known, because Rentvine does not answer');
  const { requestsPerSecond, burst, maxInFlight } = settings().sync;
  const ours = `we keep to ${requestsPerSecond} requests/s, burst ${burst}, ${maxInFlight} in flight`;
  const said = [...probe.limitHeaders].map(([name, value]) => `${name}: ${value}`);
  return ok(said.length === 0 ? `Rentvine says none; ${ours}` : `${said.join(', ')}; ${ours}`);
});

import { AuthenticationError, RateLimitedError, UnavailableError } from '../../../../shared/errors.ts';
import { type Check, fail, ok, warn } from '../check.ts';
import { perProbe } from '../per-account.ts';
import { firstAnswer } from './first-answer.ts';

/** Whether Rentvine lets the account's key in, whatever its role may read. */
export const credentials: Check = perProbe('credentials', async (probe, { platform }) => {
  const answer = await firstAnswer(probe);
  if (answer.kind === 'notAsked') return warn(`not tried: ${answer.why}`);
  if (answer.kind === 'page') return ok('Rentvine accepts them');
  const { error } = answer;
  if (error instanceof AuthenticationError && error.status === 401) {
    const name = `${platform.secretPrefix}${probe.account.name}`;
    const advice = `Make a key in Rentvine under Settings > Users, Roles and API, and put it into the secret ${name}.`;
    return fail('Rentvine refuses them (401)', advice);
  }
  if (error instanceof UnavailableError || error instanceof RateLimitedError) {
    return warn('not tried, because Rentvine does not answer');
  }
  return ok('Rentvine accepts them');
});

/** Whether the account's API answers at all, and how fast. */
export const rentvineReachable: Check = perProbe('Rentvine', async (probe) => {
  const answer = await firstAnswer(probe);
  const { host } = new URL(probe.account.baseUrl);
  if (answer.kind === 'notAsked') return warn(`not tried: ${answer.why}`);
  if (answer.kind === 'page') {
    const { requestedAt, answeredAt } = answer.page;
    return ok(`${host} answered in ${answeredAt.getTime() - requestedAt.getTime()} ms`);
  }
  const { error } = answer;
  if (error instanceof UnavailableError) {
    return fail(
      error.message,
      `Check "baseUrl" in the secret and whether ${host} can be reached; if Rentvine is down, wait: all is caught up by itself.`,
    );
  }
  if (error instanceof RateLimitedError) {
    return warn(error.message, 'Wait a minute; if it stays so, lower sync.requestsPerSecond in cdk.json.');
  }
  return ok(`${host} answers`);
});

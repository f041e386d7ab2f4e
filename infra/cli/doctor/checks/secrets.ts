import { ConfigurationError } from '../../../../shared/errors.ts';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';
import { perAccount } from '../per-account.ts';

/** Whether there is an account at all. */
export const accountSecrets: Check = {
  name: 'accounts',
  async run({ platform, accounts }) {
    const names = (await accounts()).map(({ name }) => name);
    if (names.length > 0) return ok(names.join(', '));
    const advice = `Create the secret ${platform.secretPrefix}<account>, as README, "On AWS", shows.`;
    return fail('there is no secret of an account of that name', advice);
  },
};

/** Whether each account's secret can be read and has the right keys. Says nothing of what is in it. */
export const secret: Check = perAccount('secret', async ({ name }, { platform }): Promise<Finding> => {
  try {
    const { auth, baseUrl } = await platform.readAccount(name);
    return ok(`${auth.scheme} credentials for ${new URL(baseUrl).host}`);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return fail(
      error.message,
      `Put the secret ${platform.secretPrefix}${name} right; README, "On AWS", lists its keys.`,
    );
  }
});

/** Whether each account can take webhooks. */
export const signingKeys: Check = perAccount('signing keys', async ({ name }, { platform }): Promise<Finding> => {
  const account = await platform.readAccount(name).catch(() => undefined);
  if (account === undefined) return warn('not looked at, because the secret is wrong');
  const { webhook } = account;
  if (webhook === undefined) {
    return warn(
      'there is none, so changes are found by the schedules only',
      `Add "webhook":{"dialects":["body"],"signingKeys":["…"]} to the secret ${platform.secretPrefix}${name}.`,
    );
  }
  const count = webhook.signingKeys.length;
  return ok(`${count} signing ${count === 1 ? 'key' : 'keys'}, ${webhook.dialects.join(' and ')} dialect`);
});

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
  const secretName = platform.webhookSecretPrefix + name;
  const former = (await platform.readAccount(name).catch(() => undefined))?.webhook;
  const move = `npm run ops -- webhook move-keys --account ${name}${platform.isLocal ? '' : ` --stage ${platform.stage}`}`;
  try {
    const webhook = await platform.readWebhookKeys(name);
    if (webhook === undefined && former !== undefined) {
      return fail(
        `they stand in the secret of its credentials, which the receiver may not read: its webhooks are refused`,
        `Run ${move}.`,
      );
    }
    if (webhook === undefined) {
      return warn(
        'there is none, so changes are found by the schedules only',
        `Make the secret ${secretName} with {"dialects":["body"],"signingKeys":["…"]}.`,
      );
    }
    const count = webhook.signingKeys.length;
    const found = `${count} signing ${count === 1 ? 'key' : 'keys'}, ${webhook.dialects.join(' and ')} dialect`;
    return former === undefined
      ? ok(found)
      : warn(`${found}; there are some in the secret of its credentials too`, `Run ${move} --remove.`);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return fail(error.message, `Put the secret ${secretName} right; README, "Webhooks", lists its keys.`);
  }
});

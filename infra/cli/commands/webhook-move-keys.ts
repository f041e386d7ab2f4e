import * as z from 'zod';
import { readSecretText } from '../../../shared/account/secret-text.ts';
import { ConfigurationError } from '../../../shared/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { command } from '../command.ts';
import { flag } from '../options.ts';

const secretSchema = z.looseObject({ webhook: z.unknown().optional() });

export const webhookMoveKeys = command({
  name: 'webhook move-keys',
  help: 'Puts signing keys that still stand in secrets of accounts into secrets of their own, where the receiver reads them.',
  options: { remove: flag('take them out of the secrets of accounts as well: once the stage is deployed') },
  async run({ options, platform, print }) {
    const accounts = (await platform().accounts()).map(({ name }) => name);
    const chosen = accounts.filter((name) => options.account === undefined || name === options.account);
    if (chosen.length === 0) throw new ConfigurationError('There is no such account; leave --account out for all.');
    const moved: { account: string; did: string }[] = [];
    for (const account of chosen) moved.push({ account, did: await move(platform(), account, options.remove) });
    print(moved, () => moved.map(({ account, did }) => `${account}: ${did}`).join('\n'));
    return 0;
  },
});

/** What it has done, in a few words. Doing it again does no harm. */
async function move(platform: Platform, account: string, remove: boolean): Promise<string> {
  const { webhook, ...rest } = await readSecret(platform, account);
  if (webhook === undefined) return 'no signing keys are in its secret';
  const isThere = (await readSecretText(platform.secrets, platform.webhookSecretPrefix + account)) !== undefined;
  if (!isThere) await platform.putWebhookSecret(account, webhook);
  const where = `${isThere ? 'had' : 'has'} its signing keys in ${platform.webhookSecretPrefix}${account}${isThere ? ' already' : ' now'}`;
  if (!remove) return `${where}; run this with --remove once the stage is deployed`;
  await platform.putSecret(account, rest);
  return `${where}, and no longer in ${platform.secretPrefix}${account}`;
}

async function readSecret(platform: Platform, account: string) {
  const text = await readSecretText(platform.secrets, platform.secretPrefix + account);
  try {
    return secretSchema.parse(JSON.parse(text ?? ''));
  } catch {
    throw new ConfigurationError(
      `The secret ${platform.secretPrefix}${account} is no JSON object; put it right first.`,
    );
  }
}

import { secretPrefixOf, webhookSecretPrefixOf } from '../../infra/platform/names.ts';

export const accountName = 'load-inc';
export const signingKey = 'load-signing-key';

/** The account's own limit must not be what is measured: it is far above the load. */
export const environment = { WEBHOOK_SETTINGS: JSON.stringify({ perSecond: 10_000, burst: 100_000 }) };

export const webhookSecret = JSON.stringify({ dialects: ['body'], signingKeys: [signingKey] });

/** The account's secrets, by their names. */
export const secretsFor = (
  baseUrl: string,
  auth = { accessKey: 'load', secret: 'load-secret' },
): Record<string, string> => ({
  [secretPrefixOf('dev') + accountName]: JSON.stringify({ auth: { scheme: 'basic', ...auth }, baseUrl }),
  [webhookSecretPrefixOf('dev') + accountName]: webhookSecret,
});

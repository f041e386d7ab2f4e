import { secretPrefixOf } from '../../infra/platform/names.ts';

export const accountName = 'load-inc';
export const signingKey = 'load-signing-key';

/** The account's own limit must not be what is measured: it is far above the load. */
export const environment = { WEBHOOK_SETTINGS: JSON.stringify({ perSecond: 10_000, burst: 100_000 }) };

export const secretText = (baseUrl: string, auth = { accessKey: 'load', secret: 'load-secret' }): string =>
  JSON.stringify({
    auth: { scheme: 'basic', ...auth },
    baseUrl,
    webhook: { dialects: ['body'], signingKeys: [signingKey] },
  });

/** The account's secret, by its name. */
export const secretsFor = (baseUrl: string, auth?: { accessKey: string; secret: string }): Record<string, string> => ({
  [secretPrefixOf('dev') + accountName]: secretText(baseUrl, auth),
});

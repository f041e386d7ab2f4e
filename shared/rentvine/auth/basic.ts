import type { AccountAuth } from '../account.ts';
import type { Authenticator } from './authenticator.ts';

/** HTTP Basic (RFC 7617), access key as user and secret as password, in UTF-8. */
export function basicAuthenticator(auth: Extract<AccountAuth, { scheme: 'basic' }>): Authenticator {
  const credentials = Buffer.from(`${auth.accessKey}:${auth.secret}`, 'utf8').toString('base64');
  const headers = { Authorization: `Basic ${credentials}` };
  return {
    headers: async () => headers,
    renew: async () => undefined,
  };
}

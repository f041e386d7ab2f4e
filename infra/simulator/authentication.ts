import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import type { Clock } from './clock.ts';

/** The keys that an account accepts: Basic, and the older token dialect. None of them is a real one. */
export interface Credentials {
  readonly accessKey: string;
  readonly secret: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly tenantId: string;
}

export interface Authentication {
  readonly credentials: Credentials;
  /** Whether a request with these headers comes from somebody who may read. */
  accepts(headers: IncomingHttpHeaders): boolean;
  /** A token for `{ api_key, api_secret, tenant_id }`, `undefined` if they are wrong. */
  issueToken(body: unknown): string | undefined;
  /** Makes all tokens issued so far invalid, whatever their `exp` says. */
  expireTokens(): void;
  /** Refuses the keys and all tokens until `restore`. */
  revoke(): void;
  restore(): void;
  /** Changes the keys: the old ones are refused from now on. */
  rotate(keys: Partial<Credentials>): void;
}

const tokenRequest = z.object({ api_key: z.string(), api_secret: z.string(), tenant_id: z.string() });

/** Keys that say what they are. */
export const fakeCredentials = (account: string): Credentials => ({
  accessKey: `fake-access-key-${account}`,
  secret: `fake-secret-${account}`,
  apiKey: `fake-api-key-${account}`,
  apiSecret: `fake-api-secret-${account}`,
  tenantId: `fake-tenant-${account}`,
});

export function makeAuthentication(initial: Credentials, clock: Clock, tokenLifetimeMs: number): Authentication {
  let credentials = initial;
  let revoked = false;
  const signingKey = randomBytes(16);
  const expiries = new Map<string, number>();

  function acceptsBasic(authorization: string): boolean {
    const [accessKey, ...secret] = Buffer.from(authorization.slice(6), 'base64').toString('utf8').split(':');
    return accessKey === credentials.accessKey && secret.join(':') === credentials.secret;
  }

  return {
    get credentials() {
      return credentials;
    },
    accepts(headers) {
      const { authorization = '' } = headers;
      if (revoked) return false;
      if (/^basic /i.test(authorization)) return acceptsBasic(authorization);
      if (!/^bearer /i.test(authorization)) return false;
      const expiresAt = expiries.get(authorization.slice(7));
      return expiresAt !== undefined && clock() < expiresAt && headers['x-tenant-id'] === credentials.tenantId;
    },
    issueToken(body) {
      const request = tokenRequest.safeParse(body);
      const { apiKey, apiSecret, tenantId } = credentials;
      if (revoked || !request.success) return undefined;
      const { api_key, api_secret, tenant_id } = request.data;
      if (api_key !== apiKey || api_secret !== apiSecret || tenant_id !== tenantId) return undefined;
      const expiresAt = clock() + tokenLifetimeMs;
      const claims = { sub: tenantId, exp: Math.floor(expiresAt / 1000), jti: expiries.size };
      const content = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => base64url(JSON.stringify(part))).join('.');
      const token = `${content}.${createHmac('sha256', signingKey).update(content).digest('base64url')}`;
      expiries.set(token, expiresAt);
      return token;
    },
    expireTokens() {
      for (const token of expiries.keys()) expiries.set(token, 0);
    },
    revoke() {
      revoked = true;
      for (const token of expiries.keys()) expiries.set(token, 0);
    },
    restore() {
      revoked = false;
    },
    rotate(keys) {
      credentials = { ...credentials, ...keys };
    },
  };
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

import * as z from 'zod/mini';
import { ConfigurationError, ContractError, NotFoundError } from '../../errors.ts';
import { type AccountAuth, apiUrl, type RentvineAccount } from '../account.ts';
import type { Caller } from '../caller.ts';
import type { Authenticator, AuthHeaders } from './authenticator.ts';

/** How long before its end a token is renewed (production-readiness-checklist.md, "automatic token refresh"). */
const renewalMarginMs = 5 * 60_000;

/** Visible ASCII only: fetch quotes the value of a header that it cannot send. */
const tokenAnswer = z.object({ access_token: z.string().check(z.regex(/^[\x21-\x7e]+$/)) });
const tokenClaims = z.object({ exp: z.number().check(z.positive()) });

interface Token {
  readonly headers: AuthHeaders;
  /** Epoch milliseconds by the server's clock; a token without a readable `exp` is used until it is refused. */
  readonly renewAt: number;
}

/**
 * The older API's token: `POST {base}/auth/token`, then `Authorization: Bearer …` and `X-Tenant-ID`. One renewal at a time,
 * shared by whoever needs it; `exp` is compared with the server's clock.
 *
 * @param caller sends the token's requests through the account's gate, with retries
 */
export function tokenAuthenticator(
  account: RentvineAccount,
  auth: Extract<AccountAuth, { scheme: 'token' }>,
  caller: Caller,
  commonHeaders: AuthHeaders,
): Authenticator {
  let current: Token | undefined;
  let renewal: Promise<Token> | undefined;

  async function request(): Promise<Token> {
    const { body } = await caller
      .send({
        resource: 'token',
        what: 'the access token',
        url: apiUrl(account, '/auth/token'),
        headers: { ...commonHeaders, 'X-Tenant-ID': auth.tenantId },
        json: { api_key: auth.apiKey, api_secret: auth.apiSecret, tenant_id: auth.tenantId },
      })
      .catch((error: unknown) => {
        // It says nothing about the object that is to be read, and must never be taken for its deletion.
        if (!(error instanceof NotFoundError)) throw error;
        throw new ConfigurationError(
          `Account "${account.name}" has no token endpoint below its baseUrl; check baseUrl and auth.scheme`,
        );
      });
    const answer = tokenAnswer.safeParse(body);
    if (!answer.success) throw new ContractError('Rentvine answered the access token without a usable access_token');
    const token = answer.data.access_token;
    return {
      headers: { Authorization: `Bearer ${token}`, 'X-Tenant-ID': auth.tenantId },
      renewAt: renewalTime(token, caller.serverNow()),
    };
  }

  async function renewed(): Promise<AuthHeaders> {
    renewal ??= request()
      .then((token) => {
        current = token;
        return token;
      })
      .finally(() => {
        renewal = undefined;
      });
    return (await renewal).headers;
  }

  return {
    async headers() {
      return current !== undefined && caller.serverNow() < current.renewAt ? current.headers : renewed();
    },
    async renew(refused) {
      // Somebody else may have renewed the refused token meanwhile.
      return current !== undefined && current.headers !== refused ? current.headers : renewed();
    },
  };
}

/** A token that lives shorter than two margins is renewed at half its life, or every request would bring a renewal. */
function renewalTime(token: string, serverNow: number): number {
  const endsAt = expiryMs(token);
  if (endsAt === undefined || endsAt <= serverNow) return Number.POSITIVE_INFINITY;
  return endsAt - Math.min(renewalMarginMs, (endsAt - serverNow) / 2);
}

/** `exp` of a JWT (RFC 7519 §4.1.4) in epoch milliseconds. The signature is Rentvine's own affair. */
function expiryMs(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const parsed = tokenClaims.safeParse(claims);
    return parsed.success ? parsed.data.exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

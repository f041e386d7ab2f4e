import {
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { accountPattern } from '../../shared/account/name.ts';
import { type Account, parseAccountSecret, secretValues } from '../../shared/account/secret.ts';
import { ConfigurationError, UnavailableError } from '../../shared/errors.ts';
import { logger, redactValue } from '../../shared/observability/logger.ts';

/** How an account's webhooks are signed. */
export type WebhookKeys = NonNullable<Account['webhook']>;

/** The signing keys of all accounts, read from their secrets as they are needed. */
export interface KeyRing {
  /**
   * @returns undefined for an account that does not exist or takes no webhooks
   * @throws what Secrets Manager threw, when it did not answer and nothing is known of the account
   * @throws UnavailableError when nothing is known of the account and too many such names were looked up just now
   */
  get(account: string): Promise<WebhookKeys | undefined>;
  /** Reads an account's keys again, after a signature did not fit; undefined when they are the same, or were read just now. */
  renewed(account: string): Promise<WebhookKeys | undefined>;
}

interface Entry {
  readonly keys: WebhookKeys | undefined;
  readonly secret: string | undefined;
  readonly readAt: number;
}

const cachedForMs = 300_000;
const maxUnknown = 1_000;

/**
 * Anybody can name an account or send a wrong signature, and each would be a call of Secrets Manager. So there are `atOnce`
 * calls at first, and one more each time `oneMoreEachMs` has passed.
 */
const unknownNames = { atOnce: 100, oneMoreEachMs: 100 };
const renewals = { atOnce: 3, oneMoreEachMs: 10_000 };

function allowance({ atOnce, oneMoreEachMs }: typeof renewals, now: () => number): () => boolean {
  let left = atOnce;
  let at = now();
  return () => {
    left = Math.min(atOnce, left + (now() - at) / oneMoreEachMs);
    at = now();
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

/** @param prefix of the secrets' names; the account's name follows it */
export function keyRing(client: SecretsManagerClient, prefix: string, now: () => number): KeyRing {
  /** Of accounts that have keys; there are no more of them than secrets, and made-up names drive none of them out. */
  const entries = new Map<string, Entry>();
  const unknown = new Map<string, Entry>();
  const underWay = new Map<string, Promise<Entry>>();
  const mayRenew = new Map<string, () => boolean>();
  const mayLookUp = allowance(unknownNames, now);

  async function read(account: string): Promise<Entry> {
    const secret = await readSecret(client, prefix + account);
    const known = entries.get(account);
    const keys = secret === known?.secret ? known?.keys : parseKeys(account, secret);
    const entry = { keys, secret, readAt: now() };
    entries.delete(account);
    unknown.delete(account);
    (keys === undefined ? unknown : entries).set(account, entry);
    const [oldest] = unknown.keys();
    if (unknown.size > maxUnknown && oldest !== undefined) unknown.delete(oldest);
    return entry;
  }

  /** Several requests that need the same secret at the same time read it once. */
  function readOnce(account: string): Promise<Entry> {
    let reading = underWay.get(account);
    if (reading === undefined) {
      reading = read(account).finally(() => underWay.delete(account));
      underWay.set(account, reading);
    }
    return reading;
  }

  return {
    async get(account) {
      if (!accountPattern.test(account)) return undefined;
      const known = entries.get(account) ?? unknown.get(account);
      if (known !== undefined && now() - known.readAt < cachedForMs) return known.keys;
      if (known?.keys === undefined && !underWay.has(account) && !mayLookUp()) {
        throw new UnavailableError('Too many unknown accounts are named at once to look all of them up.');
      }
      try {
        return (await readOnce(account)).keys;
      } catch (error) {
        if (known?.keys === undefined) throw error;
        logger.warn('The secret of an account could not be read again; the keys known so far stay in use.', {
          account,
          error,
        });
        return known.keys;
      }
    },
    async renewed(account) {
      const known = entries.get(account);
      if (known?.keys === undefined) return undefined;
      let may = mayRenew.get(account);
      if (may === undefined) {
        may = allowance(renewals, now);
        mayRenew.set(account, may);
      }
      if (!underWay.has(account) && !may()) return undefined;
      try {
        const entry = await readOnce(account);
        return entry.secret === known.secret ? undefined : entry.keys;
      } catch (error) {
        logger.warn('The secret of an account could not be read again.', { account, error });
        return undefined;
      }
    },
  };
}

async function readSecret(client: SecretsManagerClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString;
  } catch (error) {
    // InvalidRequestException is the answer for a secret that is scheduled for deletion.
    if (error instanceof ResourceNotFoundException || error instanceof InvalidRequestException) return undefined;
    throw error;
  }
}

function parseKeys(account: string, secret: string | undefined): WebhookKeys | undefined {
  if (secret === undefined) return undefined;
  try {
    const parsed = parseAccountSecret(account, secret);
    for (const value of secretValues(parsed)) redactValue(value);
    return parsed.webhook;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    logger.error('The secret of an account is wrong; its webhooks are refused.', { account, error });
    return undefined;
  }
}

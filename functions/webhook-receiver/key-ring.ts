import {
  DecryptionFailure,
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { parseWebhookSecret, type WebhookKeys } from '../../shared/account/webhook-secret.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { logger } from '../../shared/observability/logger.ts';
import { allowance } from './allowance.ts';
import type { KnownAccounts } from './known-accounts.ts';

/** The signing keys of all accounts, read from the secrets of their webhooks as they are needed. */
export interface KeyRing {
  /**
   * @returns undefined for an account that does not exist or takes no webhooks
   * @throws what Secrets Manager threw, when it did not answer and no keys are known of the account, whether there is one or not
   */
  get(account: string): Promise<WebhookKeys | undefined>;
  /**
   * Looks again, after a signature did not fit: whether the account is there by now, and has other keys. Undefined when there is
   * nothing new, or it was looked just now.
   *
   * @throws what Secrets Manager threw, when it does not answer: then nobody can tell whether the signature is wrong
   */
  renewed(account: string): Promise<WebhookKeys | undefined>;
}

export interface KeyRingOptions {
  readonly secrets: SecretsManagerClient;
  /** Of the secrets' names; the account's name follows it. */
  readonly prefix: string;
  readonly accounts: KnownAccounts;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

interface Entry {
  readonly keys: WebhookKeys | undefined;
  readonly secret: string | undefined;
  readonly readAt: number;
}

const cachedForMs = 300_000;
/** While Secrets Manager does not answer it is asked this often, and all others get its last error at once. */
const failureKeptMs = 5_000;
/** A look-up of any secret within this time shows that Secrets Manager answers. */
const answerKeptMs = 30_000;
/** A first look-up, with its handshake, may take long. Waiting for as long would take up what Lambda lets run at once. */
const maxPretenceMs = 100;
/** No account: its name could be no part of a URL's path. */
const nobodysName = 'nobody/nothing';
/** Anybody can make up names. */
const maxUnknown = 1_000;

/**
 * Anybody can send a wrong signature, and each would be a call of Secrets Manager. So there are `atOnce` calls for an account at
 * first, and one more each time `oneMoreEachMs` has passed.
 */
const renewals = { atOnce: 3, oneMoreEachMs: 10_000 };

/**
 * Secrets are read of accounts that the directory has. For any other name the same is done without the read, and takes the same time,
 * so that nobody learns from a refusal which accounts there are; nor from what is answered while no secret can be read, which is told
 * for all names alike: for a made-up one a secret that nobody has is looked up, twice a minute at most.
 */
export function keyRing({ secrets, prefix, accounts, now, sleep }: KeyRingOptions): KeyRing {
  /** Of accounts in the directory; made-up names drive none of them out. */
  const entries = new Map<string, Entry>();
  const unknown = new Map<string, Entry>();
  const underWay = new Map<string, Promise<Entry>>();
  const mayRenew = new Map<string, () => boolean>();
  const mayRenewUnknown = new Map<string, () => boolean>();
  let lastReadMs = 20;
  let lastAnswer: { readonly at: number; readonly error?: unknown } | undefined;
  const failure = (): { readonly error: unknown } | undefined =>
    lastAnswer !== undefined && 'error' in lastAnswer ? { error: lastAnswer.error } : undefined;

  async function lookUp(name: string): Promise<string | undefined> {
    const failed = failure();
    if (failed !== undefined && now() - (lastAnswer?.at ?? 0) < failureKeptMs) throw failed.error;
    const startedAt = now();
    try {
      const secret = await readSecret(secrets, prefix + name);
      lastAnswer = { at: now() };
      lastReadMs = now() - startedAt;
      return secret;
    } catch (error) {
      lastAnswer = { at: now(), error };
      throw error;
    }
  }

  /** @throws as a look-up of a secret would */
  async function pretendToLookUp(): Promise<void> {
    const isAnswering = failure() === undefined && now() - (lastAnswer?.at ?? Number.NEGATIVE_INFINITY) < answerKeptMs;
    if (isAnswering) await sleep(Math.min(lastReadMs, maxPretenceMs));
    else await lookUp(nobodysName);
  }

  async function read(account: string): Promise<Entry> {
    if (!(await accounts.has(account))) {
      await pretendToLookUp();
      const nothing = { keys: undefined, secret: undefined, readAt: now() };
      entries.delete(account);
      rememberSome(unknown, account, nothing);
      return nothing;
    }
    const secret = await lookUp(account);
    const known = entries.get(account);
    const keys = secret === known?.secret ? known?.keys : parseKeys(account, secret);
    const entry = { keys, secret, readAt: now() };
    unknown.delete(account);
    entries.set(account, entry);
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

  function isRenewalAllowed(account: string): boolean {
    const allowances = entries.has(account) ? mayRenew : mayRenewUnknown;
    let may = allowances.get(account);
    if (may === undefined) {
      may = allowance(renewals, now);
      if (allowances === mayRenew) mayRenew.set(account, may);
      else rememberSome(mayRenewUnknown, account, may);
    }
    return may();
  }

  /** One that was paused or removed takes no webhooks any more, however well its keys are remembered. */
  async function isStillThere(account: string): Promise<boolean> {
    try {
      return await accounts.has(account);
    } catch {
      return true;
    }
  }

  return {
    async get(account) {
      const known = entries.get(account) ?? unknown.get(account);
      if (known !== undefined && now() - known.readAt < cachedForMs) {
        return known.keys !== undefined && (await isStillThere(account)) ? known.keys : undefined;
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
      await accounts.refresh();
      const known = entries.get(account) ?? unknown.get(account);
      // One that has just entered the directory is looked up at once.
      const isNew = !entries.has(account) && (await accounts.has(account));
      if (!isNew && !underWay.has(account) && !isRenewalAllowed(account)) {
        const failed = failure();
        if (failed !== undefined) throw failed.error;
        return undefined;
      }
      const entry = await readOnce(account);
      return entry.secret === known?.secret ? undefined : entry.keys;
    },
  };
}

/** Keeps the latest of what anybody can cause. */
function rememberSome<T>(kept: Map<string, T>, name: string, value: T): void {
  kept.delete(name);
  kept.set(name, value);
  const [oldest] = kept.keys();
  if (kept.size > maxUnknown && oldest !== undefined) kept.delete(oldest);
}

/** There is none, or it is scheduled for deletion, or its key is a customer's own. What else is wrong keeps all from being read. */
const ofThisSecretAlone = [ResourceNotFoundException, InvalidRequestException, DecryptionFailure];

async function readSecret(client: SecretsManagerClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString;
  } catch (error) {
    if (error instanceof Error && ofThisSecretAlone.some((type) => error instanceof type)) return undefined;
    throw error;
  }
}

function parseKeys(account: string, secret: string | undefined): WebhookKeys | undefined {
  if (secret === undefined) return undefined;
  try {
    return parseWebhookSecret(account, secret);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    logger.error('The webhook secret of an account is wrong; its webhooks are refused.', { account, error });
    return undefined;
  }
}

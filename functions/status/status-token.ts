import { createHash, timingSafeEqual } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readSecretText } from '../../shared/account/secret-text.ts';
import { cached } from '../../shared/cached.ts';
import { logger, redactValue } from '../../shared/observability/logger.ts';

/**
 * Whether a request proved that it may see accounts: `absent` when it did not try, `unknown` when Secrets Manager could not
 * be asked.
 */
export type Authorization = 'granted' | 'refused' | 'absent' | 'unknown';

/** A replaced token is taken after this time at the latest. */
const tokensKeptMs = 60_000;
/** Failures are remembered too, so that wrong tokens do not make us call Secrets Manager as often as their senders like. */
const failureKeptMs = 10_000;
/** RFC 6750 §2.1, and too long to be guessed. */
const tokenPattern = /^[A-Za-z0-9._~+/-]{24,}=*$/;
const bearer = /^bearer +(\S+)$/i;

/**
 * Compares bearer tokens with those in a secret: plain text, two of them with a space or line break in between during a
 * rotation. No secret means that nobody is let in.
 *
 * @param now epoch milliseconds
 * @returns a function that judges the value of an `Authorization` header
 */
export function statusToken(
  client: SecretsManagerClient,
  secretName: string,
  now: () => number,
): (header: string | undefined) => Promise<Authorization> {
  const tokens = cached(
    (found) => (found === 'unknown' || found.length === 0 ? failureKeptMs : tokensKeptMs),
    now,
    () => readTokens(client, secretName),
  );
  return async (header) => {
    if (header === undefined) return 'absent';
    const [, offered] = bearer.exec(header) ?? [];
    if (offered === undefined) return 'refused';
    const known = await tokens();
    if (known === 'unknown') return 'unknown';
    // All tokens are compared even after one fits, so that the time this takes tells nothing about any of them.
    return known.map((token) => isSame(token, offered)).includes(true) ? 'granted' : 'refused';
  };
}

async function readTokens(client: SecretsManagerClient, secretName: string): Promise<readonly string[] | 'unknown'> {
  let text: string | undefined;
  try {
    text = await readSecretText(client, secretName);
  } catch (error) {
    logger.error('The status token could not be read.', { error });
    return 'unknown';
  }
  const tokens = (text ?? '').split(/\s+/).filter((part) => tokenPattern.test(part));
  if (tokens.length === 0) {
    logger.warn(
      `Nobody can be let in, because the secret ${secretName} is missing or has no token of 24 characters or more; make it with: ` +
        `openssl rand -hex 32 | aws secretsmanager create-secret --name ${secretName} --secret-string file:///dev/stdin`,
    );
  }
  for (const token of tokens) redactValue(token);
  return tokens;
}

/** In constant time; digests are of one length, whatever was offered. */
const isSame = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

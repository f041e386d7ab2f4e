import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookRecipe } from './recipe.ts';

/** What a signature may cover, as it was sent. */
export interface SignedParts {
  /** Exactly as it was sent: a number's digits, not its value. */
  readonly timestamp?: string;
  readonly token?: string;
  readonly body: Uint8Array;
}

/** The header dialect's one recipe; with a time-stamp header, that and a full stop come first. */
export const headerRecipe = (hasTimestamp: boolean): WebhookRecipe => ({
  parts: hasTimestamp ? ['timestamp', { separator: '.' }, 'body'] : ['body'],
  hash: 'sha256',
  encoding: 'hex',
});

/** The signature of `parts` by a recipe. A part that is absent counts as empty. */
export function sign(recipe: WebhookRecipe, key: string, parts: SignedParts): string {
  const hmac = createHmac(recipe.hash, key);
  for (const part of recipe.parts) hmac.update(typeof part === 'object' ? part.separator : (parts[part] ?? ''));
  return hmac.digest(recipe.encoding);
}

/**
 * Whether one of the keys made this signature. Takes the same time whichever key it is and wherever a wrong signature
 * differs; hex may be in capitals.
 */
export function isSignedBy(
  keys: readonly string[],
  recipe: WebhookRecipe,
  parts: SignedParts,
  signature: string,
): boolean {
  const given = digest(recipe.encoding === 'hex' ? signature.toLowerCase() : signature);
  let matches = false;
  for (const key of keys) {
    if (timingSafeEqual(digest(sign(recipe, key, parts)), given)) matches = true;
  }
  return matches;
}

/** Makes texts of any length comparable in constant time. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

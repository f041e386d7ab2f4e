import * as z from 'zod/mini';
import type { WebhookRecipe } from './recipe.ts';
import { headerRecipe, type SignedParts } from './signature.ts';

/** One HTTP request from Rentvine, decoded but not believed. */
export interface Delivery {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** The body's JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
}

export type Dialect = 'body' | 'header';

/** What a delivery says to prove where it comes from, in one dialect. */
export interface SignatureClaim {
  readonly dialect: Dialect;
  readonly signature: string;
  readonly recipe: WebhookRecipe;
  readonly parts: SignedParts;
  /** Good for one delivery only. */
  readonly token: string;
  /** When it says it was sent, epoch milliseconds; absent when it does not say so in a way that can be read. */
  readonly sentAtMs?: number;
}

const text = z.pipe(
  z.union([z.string(), z.pipe(z.number(), z.transform(String))]),
  z.string().check(z.minLength(1), z.maxLength(1024)),
);
/**
 * What a token may look like: hex, a UUID, base64 or the like. Nothing that a JSON object could be written in, as the text that a
 * captured delivery of the header dialect signs could else be passed off as a time-stamp and a token.
 */
const token = z.pipe(text, z.string().check(z.maxLength(256), z.regex(/^[\w+/-][\w+/=.~:-]*$/)));
/** The same goes for the time-stamp, whose every way of writing is of these. */
const timestampText = z.pipe(text, z.string().check(z.maxLength(40), z.regex(/^[\w+:. -]+$/)));
const bodyClaimShape = z.object({
  auth: z.object({ token, timestamp: timestampText, signature: z.string().check(z.maxLength(1024)) }),
});
const headerEventShape = z.object({
  event_id: z.catch(z.optional(text), undefined),
  timestamp: z.catch(z.optional(text), undefined),
});

export const signatureHeader = 'x-rentvine-signature';
export const timestampHeader = 'x-rentvine-timestamp';

/**
 * The proofs that a delivery offers in the dialects that its account enables; none if it is not signed.
 *
 * The header dialect has no token: its event's id takes that part, or else the signature, which is as unique as the time.
 */
export function signatureClaims(
  delivery: Delivery,
  options: { readonly dialects: readonly Dialect[]; readonly recipe: WebhookRecipe },
): SignatureClaim[] {
  const claims: SignatureClaim[] = [];
  const { body, headers } = delivery;
  const inBody = bodyClaimShape.safeParse(delivery.json);
  if (options.dialects.includes('body') && inBody.success) {
    const { token, timestamp, signature } = inBody.data.auth;
    const sentAtMs = readTimestamp(timestamp);
    claims.push({
      dialect: 'body',
      signature,
      recipe: options.recipe,
      parts: { timestamp, token, body },
      token,
      ...(sentAtMs !== undefined && { sentAtMs }),
    });
  }
  const signature = /^sha256=(.{1,1024})$/i.exec(headers[signatureHeader]?.trim() ?? '')?.[1];
  if (options.dialects.includes('header') && signature !== undefined) {
    const event = headerEventShape.parse(delivery.json);
    const inHeader = headers[timestampHeader]?.trim();
    const sentAtMs = readTimestamp(inHeader ?? event.timestamp);
    claims.push({
      dialect: 'header',
      signature,
      recipe: headerRecipe(inHeader !== undefined),
      parts: { body, ...(inHeader !== undefined && { timestamp: inHeader }) },
      token: event.event_id ?? signature.toLowerCase(),
      ...(sentAtMs !== undefined && { sentAtMs }),
    });
  }
  return claims;
}

/** Later than this in seconds would be the year 5138: such a number is milliseconds. */
const maxSeconds = 100_000_000_000;

/** Seconds or milliseconds since 1970, or ISO 8601, as epoch milliseconds. */
export function readTimestamp(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,16}(\.\d{1,9})?$/.test(value)) {
    const number = Number(value);
    return number < maxSeconds ? number * 1000 : number;
  }
  if (!/^\d{4}-\d{2}-\d{2}[T ]/.test(value)) return undefined;
  // Rentvine's zoneless date-times count as UTC.
  const iso = value.replace(' ', 'T');
  const parsed = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(iso) ? iso : `${iso}Z`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

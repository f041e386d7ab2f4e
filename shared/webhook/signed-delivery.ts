import { signatureHeader, timestampHeader } from './delivery.ts';
import type { WebhookRecipe } from './recipe.ts';
import { headerRecipe, sign } from './signature.ts';

/** An HTTP POST as Rentvine would send it. */
export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface BodyDeliveryOptions {
  readonly signingKey: string;
  readonly recipe: WebhookRecipe;
  /** Good for one delivery only. */
  readonly token: string;
  readonly sentAt: Date;
  readonly event: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

const contentType = { 'content-type': 'application/json' } as const;
const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);

/**
 * A delivery in Rentvine's body dialect: `{ auth: { token, timestamp, signature }, event, data }`.
 *
 * @throws RangeError for a recipe that covers the body: no signature can cover itself
 */
export function signedBodyDelivery(options: BodyDeliveryOptions): SignedDelivery {
  const { signingKey, recipe, token, sentAt, event, data = {} } = options;
  const timestamp = secondsOf(sentAt);
  if (recipe.parts.includes('body')) throw new RangeError('A signature that is in the body cannot cover the body.');
  const signature = sign(recipe, signingKey, { timestamp: String(timestamp), token, body: Buffer.alloc(0) });
  return { headers: contentType, body: JSON.stringify({ auth: { token, timestamp, signature }, event, data }) };
}

export interface HeaderDeliveryOptions {
  readonly signingKey: string;
  readonly eventId: string;
  readonly sentAt: Date;
  readonly eventType: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether the time-stamp is sent in a header and signed with the body. Default true. */
  readonly withTimestampHeader?: boolean;
}

/** A delivery in the header dialect: the signature in `X-RentVine-Signature`. */
export function signedHeaderDelivery(options: HeaderDeliveryOptions): SignedDelivery {
  const { signingKey, eventId, sentAt, eventType, data, withTimestampHeader = true } = options;
  const timestamp = String(secondsOf(sentAt));
  const body = JSON.stringify({
    event_id: eventId,
    event_type: eventType,
    timestamp: sentAt.toISOString(),
    data,
    metadata: {},
  });
  const signature = sign(headerRecipe(withTimestampHeader), signingKey, { timestamp, body: Buffer.from(body) });
  return {
    headers: {
      ...contentType,
      [signatureHeader]: `sha256=${signature}`,
      ...(withTimestampHeader && { [timestampHeader]: timestamp }),
    },
    body,
  };
}

import { createHmac } from 'node:crypto';
import type { WireObject } from '../generator/wire-object.ts';

/** What the signature in the body covers, and how: Rentvine has not published it. */
export interface SigningRecipe {
  readonly parts: readonly ('timestamp' | 'token' | { readonly separator: string } | 'body')[];
  readonly hash: 'sha256' | 'sha512' | 'sha384' | 'sha1' | 'md5';
  readonly encoding: 'hex' | 'base64';
}

/** The scheme whose shape Rentvine's deliveries have: `hex(HMAC-SHA256(signingKey, timestamp + token))`. */
export const usualRecipe: SigningRecipe = { parts: ['timestamp', 'token'], hash: 'sha256', encoding: 'hex' };

/** An HTTP POST as Rentvine would send it. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const contentType = { 'content-type': 'application/json' } as const;

/** `{ auth: { token, timestamp, signature }, event, data }`, as Rentvine delivers. */
export function bodyDelivery(
  signingKey: string,
  recipe: SigningRecipe,
  sentAtMs: number,
  content: { readonly event: WireObject; readonly data: WireObject },
): Delivery {
  const token = crypto.randomUUID();
  const timestamp = Math.floor(sentAtMs / 1000);
  const hmac = createHmac(recipe.hash, signingKey);
  for (const part of recipe.parts) {
    if (part === 'body') throw new RangeError('A signature that is in the body cannot cover the body.');
    hmac.update(part === 'timestamp' ? String(timestamp) : part === 'token' ? token : part.separator);
  }
  const auth = { token, timestamp, signature: hmac.digest(recipe.encoding) };
  return { headers: contentType, body: JSON.stringify({ auth, ...content }) };
}

/** The older platform's dialect: the signature of `{timestamp}.{body}` in a header. */
export function headerDelivery(
  signingKey: string,
  sentAtMs: number,
  { eventType, data }: { readonly eventType: string; readonly data: WireObject },
): Delivery {
  const timestamp = String(Math.floor(sentAtMs / 1000));
  const body = JSON.stringify({
    event_id: crypto.randomUUID(),
    event_type: eventType,
    timestamp: new Date(sentAtMs).toISOString(),
    data,
    metadata: {},
  });
  const signature = createHmac('sha256', signingKey).update(`${timestamp}.${body}`).digest('hex');
  return {
    headers: {
      ...contentType,
      'X-RentVine-Signature': `sha256=${signature}`,
      'X-RentVine-Timestamp': timestamp,
    },
    body,
  };
}

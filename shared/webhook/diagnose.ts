import { type Delivery, signatureClaims } from './delivery.ts';
import { readHint } from './hint.ts';
import { type WebhookRecipe, webhookEncodings, webhookHashes, webhookRecipeSchema } from './recipe.ts';
import { isSignedBy } from './signature.ts';
import { type HintMeaning, meaningOf } from './targets.ts';

export interface Diagnosis {
  /** Every way of signing that fits, with which of the given keys (from 0). The first one is the one to use. */
  readonly fits: readonly DiagnosedFit[];
  /** Why none can fit, or what to look at, in sentences. */
  readonly remarks: readonly string[];
  /** What the delivery would lead to, once it is accepted. */
  readonly meaning?: HintMeaning;
  /** When it says it was sent. */
  readonly sentAt?: Date;
  /** How many combinations of recipe and key were tried. */
  readonly tried: number;
}

export interface DiagnosedFit {
  readonly dialect: 'body' | 'header';
  readonly keyIndex: number;
  /** To be put into the account's webhook secret, with the key added under `signingKeys`. */
  readonly secret: { readonly dialects: readonly ['body'] | readonly ['header']; readonly recipe?: WebhookRecipe };
}

type Part = WebhookRecipe['parts'][number];

const separators = ['', '.', ':', '-', '|', '\n', '&'];

/**
 * Tries a captured delivery against every recipe that a secret could name, with every key: what the signature covers has not
 * been published, so this is how it is found out.
 */
export function diagnoseDelivery(delivery: Delivery, keys: readonly string[]): Diagnosis {
  const fits: DiagnosedFit[] = [];
  const remarks: string[] = [];
  let tried = 0;
  for (const recipe of allRecipes()) {
    for (const claim of signatureClaims(delivery, { dialects: ['body'], recipe })) {
      for (const [keyIndex, key] of keys.entries()) {
        tried += 1;
        if (!isSignedBy([key], recipe, claim.parts, claim.signature)) continue;
        if (webhookRecipeSchema.safeParse(recipe).success) {
          fits.push({ dialect: 'body', keyIndex, secret: { dialects: ['body'], recipe } });
        } else {
          remarks.push(
            `Its signature covers no more than ${recipe.parts.filter((part) => typeof part === 'string').join(' and ')}: too little to tell a repetition, so that no secret may say so.`,
          );
        }
      }
    }
  }
  const inHeader = signatureClaims(delivery, { dialects: ['header'], recipe: webhookRecipeSchema.parse({}) });
  for (const claim of inHeader) {
    for (const [keyIndex, key] of keys.entries()) {
      tried += 1;
      if (isSignedBy([key], claim.recipe, claim.parts, claim.signature)) {
        fits.push({ dialect: 'header', keyIndex, secret: { dialects: ['header'] } });
      }
    }
  }
  const claims = [
    ...signatureClaims(delivery, { dialects: ['body'], recipe: webhookRecipeSchema.parse({}) }),
    ...inHeader,
  ];
  const sentAtMs = claims.find((claim) => claim.sentAtMs !== undefined)?.sentAtMs;
  if (claims.length === 0) {
    remarks.push(
      'It carries no signature that is known: neither auth.token (of letters, digits and +/=_.~:-), auth.timestamp and auth.signature in the body, nor the header X-RentVine-Signature: sha256=….',
    );
  } else if (fits.length === 0 && remarks.length === 0) {
    remarks.push(
      'No recipe with any of these keys makes its signature. Is it the key of this very webhook, whole, and the body unchanged to the byte?',
    );
  }
  if (claims.length > 0 && sentAtMs === undefined) {
    remarks.push('Its time-stamp cannot be read: seconds or milliseconds since 1970 or ISO 8601 are understood.');
  }
  const said = readHint(delivery.json);
  if (said === undefined)
    remarks.push('It has neither "event.eventType" nor "event_type", and would be refused as malformed.');
  const meaning = said && meaningOf(said);
  if (meaning?.unknown !== undefined) remarks.push(`It would be kept and not used: ${meaning.unknown}.`);
  return {
    fits,
    remarks,
    tried,
    ...(meaning !== undefined && { meaning }),
    ...(sentAtMs !== undefined && { sentAt: new Date(sentAtMs) }),
  };
}

/** All orders of one to three parts, with one separator between them, in every hash and encoding; the default first. */
function* allRecipes(): Generator<WebhookRecipe> {
  const orders = ordersOf(['timestamp', 'token', 'body']);
  for (const hash of ['sha256', ...webhookHashes.filter((each) => each !== 'sha256')] as const) {
    for (const encoding of webhookEncodings) {
      for (const order of orders) {
        for (const separator of order.length === 1 ? [''] : separators) {
          yield { parts: order.flatMap((part, index) => withSeparator(part, index, separator)), hash, encoding };
        }
      }
    }
  }
}

const withSeparator = (part: Part, index: number, separator: string): Part[] =>
  index === 0 || separator === '' ? [part] : [{ separator }, part];

function ordersOf(parts: readonly Part[]): Part[][] {
  return parts.flatMap((part) => {
    const others = parts.filter((other) => other !== part);
    return [[part], ...ordersOf(others).map((order) => [part, ...order])];
  });
}

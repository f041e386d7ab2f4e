import type { TokenClaim, WebhookDelivery } from '../../shared/store/webhook-tokens.ts';

/** For as long as a time-stamp is accepted: what is older is refused before it is looked up. */
const rememberedMs = 300_000;
const maxRemembered = 5_000;

interface Remembered {
  readonly bodyHash: string;
  readonly isQueued: boolean;
  readonly until: number;
}

/** Which tokens were used, and with what. */
export interface Claims {
  /** Claims a delivery's token, see `claimToken`. */
  claim(delivery: WebhookDelivery, now: Date): Promise<TokenClaim>;
  /** Whether the token is used for this body alone, from now on or since before. */
  isFor(delivery: WebhookDelivery, now: Date): Promise<boolean>;
}

/**
 * Remembers what the state table said of a token. Whoever has captured one delivery can send it, or its signature with other bodies, as
 * often as he likes while its time-stamp holds, and each would cost writes; so each environment of the function asks once.
 */
export function rememberedClaims(claimToken: (delivery: WebhookDelivery, now: Date) => Promise<TokenClaim>): Claims {
  const known = new Map<string, Remembered>();
  const keyOf = ({ account, token }: WebhookDelivery): string => `${account} ${token}`;

  function remember(delivery: WebhookDelivery, bodyHash: string, isQueued: boolean, now: Date): void {
    const key = keyOf(delivery);
    known.delete(key);
    known.set(key, { bodyHash, isQueued, until: now.getTime() + rememberedMs });
    const [oldest] = known.keys();
    if (known.size > maxRemembered && oldest !== undefined) known.delete(oldest);
  }

  function recall(delivery: WebhookDelivery, now: Date): Remembered | undefined {
    const found = known.get(keyOf(delivery));
    return found !== undefined && found.until > now.getTime() ? found : undefined;
  }

  return {
    async claim(delivery, now) {
      const before = recall(delivery, now);
      if (before !== undefined && before.bodyHash !== delivery.bodyHash) {
        return { kind: 'refused', usedWith: before.bodyHash };
      }
      if (before?.isQueued) return { kind: 'queued' };
      const claim = await claimToken(delivery, now);
      if (claim.kind === 'queued') remember(delivery, delivery.bodyHash, true, now);
      if (claim.kind === 'refused') remember(delivery, claim.usedWith, false, now);
      if (claim.kind !== 'claimed') return claim;
      return {
        ...claim,
        async queued() {
          remember(delivery, delivery.bodyHash, true, now);
          await claim.queued();
        },
      };
    },
    async isFor(delivery, now) {
      const before = recall(delivery, now);
      if (before !== undefined) return before.bodyHash === delivery.bodyHash;
      const claim = await claimToken(delivery, now);
      const usedWith = claim.kind === 'refused' ? claim.usedWith : delivery.bodyHash;
      remember(delivery, usedWith, false, now);
      return usedWith === delivery.bodyHash;
    },
  };
}

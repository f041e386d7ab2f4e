import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pick, type Random } from '../../infra/simulator/generator/random.ts';
import type { SentWebhook } from '../../infra/simulator/webhooks/webhooks.ts';
import { webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { type SignedDelivery, signedBodyDelivery } from '../../shared/webhook/signed-delivery.ts';

/** What tells one delivery from another: a repetition has the same body. */
export const deliveryKey = (body: string): string => createHash('sha256').update(body).digest('base64url');

/** Somebody who knows the address, and what was sent to it, but not the signing key. */
export interface Stranger {
  /** Sends something that must not be taken; again while it is not answered. */
  send(): void;
  /** The keys of everything sent so far. */
  readonly keys: ReadonlySet<string>;
  settled(): Promise<void>;
}

const attempts = 6;

/** @param overheard deliveries that the stranger has seen; their tokens are used up */
export function makeStranger(url: string, overheard: () => readonly SentWebhook[], random: Random): Stranger {
  const keys = new Set<string>();
  const underWay = new Set<Promise<void>>();

  function forge(): string {
    const event = { eventType: 'lease.updated', objectID: '1', objectTypeID: '4' };
    const token = crypto.randomUUID();
    const recipe = webhookRecipeSchema.parse({});
    return signedBodyDelivery({ signingKey: 'a-strangers-key', recipe, token, sentAt: new Date(), event }).body;
  }

  /** The signature of the body dialect does not cover the body. */
  function putOtherBodyUnderOldToken(): string | undefined {
    const taken = overheard().filter(({ status }) => status === 202);
    const old = taken.length === 0 ? undefined : pick(random, taken);
    return old && JSON.stringify({ ...JSON.parse(old.delivery.body), event: { eventType: crypto.randomUUID() } });
  }

  const tricks = [forge, putOtherBodyUnderOldToken, () => `no JSON ${crypto.randomUUID()}`];

  return {
    keys,
    send() {
      const body = pick(random, tricks)();
      if (body === undefined) return;
      keys.add(deliveryKey(body));
      const sending = post(url, { headers: { 'content-type': 'application/json' }, body }).finally(() =>
        underWay.delete(sending),
      );
      underWay.add(sending);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

async function post(url: string, { headers, body }: SignedDelivery): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const status = await fetch(url, { method: 'POST', headers, body }).then(
      (response) => response.status,
      () => 0,
    );
    if (status > 0 && status < 500) return;
    await sleep(500);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../company/world.ts';
import { randomFor } from '../generator/random.ts';
import { type EventWaysInput, eventWaysSchema } from './event-ways.ts';
import { eventsOf, unknownEvent, type WebhookEvent } from './events.ts';
import { bodyDelivery, type Delivery, headerDelivery, type SigningRecipe, usualRecipe } from './signing.ts';

export interface WebhookOptions extends EventWaysInput {
  /** `http://127.0.0.1:4000/webhooks/rentvine/acme` */
  readonly url: string;
  readonly signingKey: string;
  /** Default `body`, as Rentvine does it. */
  readonly dialect?: 'body' | 'header';
  /** What the body dialect's signature covers; default `usualRecipe`. */
  readonly recipe?: SigningRecipe;
  /** Milliseconds from a change to its delivery. Rentvine takes about a second; default 0. */
  readonly delayMs?: number;
  /** Share of deliveries that come twice, come after later ones, or do not come at all; default 0. */
  readonly duplicates?: number;
  readonly outOfOrder?: number;
  readonly lost?: number;
  /** Most attempts at a delivery that is not answered 2xx, with a second between them. Default 3. */
  readonly attempts?: number;
  /** For what is left to chance. Default 1. */
  readonly seed?: number;
}

/** One delivery and what became of it. */
export interface SentWebhook {
  readonly eventType: string;
  readonly objectID: string;
  /** Of the last attempt; 0 when there was no answer. */
  readonly status: number;
  readonly delivery: Delivery;
}

export interface Webhooks {
  /** In the order in which they were answered. */
  readonly sent: readonly SentWebhook[];
  /** Changes for which none was sent: Rentvine has no event for them, or it was lost. */
  readonly unsent: number;
  /** Resolves when every delivery so far was answered or given up. */
  settled(): Promise<void>;
  /** Sends nothing for later changes, and waits for what is under way. */
  stop(): Promise<void>;
}

const lateByMs = 300;

/** Sends signed webhooks for a world's changes, as Rentvine does for those that it has events for. */
export function sendWebhooks(world: World, options: WebhookOptions): Webhooks {
  const { delayMs = 0, duplicates = 0, outOfOrder = 0, lost = 0, attempts = 3, seed = 1 } = options;
  const ways = eventWaysSchema.parse(options);
  const random = randomFor(seed, 131);
  const sent: SentWebhook[] = [];
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  let unsent = 0;

  async function post(event: WebhookEvent, delivery: Delivery, waitMs: number): Promise<void> {
    await sleep(waitMs);
    let status = 0;
    for (let attempt = 1; attempt <= attempts && !isTaken(status); attempt++) {
      if (attempt > 1) await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
      status = await statusOf(options.url, delivery);
    }
    sent.push({ eventType: event.eventType, objectID: event.objectID, status, delivery });
  }

  function deliver(event: WebhookEvent): void {
    const delivery = sign(event, options, world.clock());
    const copies = random() < duplicates ? 2 : 1;
    const isLate = random() < outOfOrder;
    for (let copy = 0; copy < copies; copy++) {
      const sending = post(event, delivery, delayMs + (isLate ? lateByMs : 0)).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
  }

  const unsubscribe = world.onChange((change) => {
    const events = eventsOf(change, ways);
    if (events.length === 0 || random() < lost) unsent += 1;
    else for (const event of events) deliver(event);
    if (ways.unknownEvents > 0 && random() < ways.unknownEvents)
      for (const event of events) deliver(unknownEvent(event));
  });

  async function settled(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  return {
    sent,
    get unsent() {
      return unsent;
    },
    settled,
    async stop() {
      unsubscribe();
      stopping.abort();
      await settled();
    },
  };
}

const isTaken = (status: number): boolean => status >= 200 && status < 300;

async function statusOf(url: string, { headers, body }: Delivery): Promise<number> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

function sign({ event, data, olderName }: WebhookEvent, options: WebhookOptions, sentAtMs: number): Delivery {
  const { signingKey, recipe = usualRecipe, dialect = 'body' } = options;
  return dialect === 'body'
    ? bodyDelivery(signingKey, recipe, sentAtMs, { event, data })
    : headerDelivery(signingKey, sentAtMs, { eventType: olderName, data });
}

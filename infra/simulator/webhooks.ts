import { setTimeout as sleep } from 'node:timers/promises';
import { resourceByName } from '../../shared/rentvine/resources/catalogue.ts';
import { type WebhookRecipe, webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { type SignedDelivery, signedBodyDelivery, signedHeaderDelivery } from '../../shared/webhook/signed-delivery.ts';
import { transactionTypes } from './generator/accounting.ts';
import { randomFor } from './generator/random.ts';
import { numberAt, type WireObject } from './generator/wire-object.ts';
import { wireKey } from './wire-names.ts';
import type { Change, World } from './world.ts';

export interface WebhookOptions {
  /** `http://127.0.0.1:4000/webhooks/rentvine/acme` */
  readonly url: string;
  readonly signingKey: string;
  /** Default `body`, as Rentvine does it. */
  readonly dialect?: 'body' | 'header';
  /** What the body dialect's signature covers; the default is the account secret's. */
  readonly recipe?: WebhookRecipe;
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
  readonly delivery: SignedDelivery;
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

interface Event {
  readonly eventType: string;
  readonly objectID: string;
  readonly objectTypeID: string;
  readonly data: WireObject;
  readonly changes: WireObject;
}

/** The objects that Rentvine has events for, as it names them. */
const subjects = new Map([
  ['properties', 'property'],
  ['units', 'unit'],
  ['leases', 'lease'],
  ['workOrders', 'workOrder'],
]);
const lateByMs = 300;

/** In what a webhook says beside the ids: it may go nowhere, so that a test can search for it. */
export const hearsayMarker = 'HEARSAY-';

/** Sends signed webhooks for a world's changes, as Rentvine does for those that it has events for. */
export function sendWebhooks(world: World, options: WebhookOptions): Webhooks {
  const { delayMs = 0, duplicates = 0, outOfOrder = 0, lost = 0, attempts = 3, seed = 1 } = options;
  const random = randomFor(seed, 131);
  const sent: SentWebhook[] = [];
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  let unsent = 0;

  async function post(event: Event, delivery: SignedDelivery, waitMs: number): Promise<void> {
    await sleep(waitMs);
    let status = 0;
    for (let attempt = 1; attempt <= attempts && !isTaken(status); attempt++) {
      if (attempt > 1) await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
      status = await statusOf(options.url, delivery);
    }
    sent.push({ eventType: event.eventType, objectID: event.objectID, status, delivery });
  }

  function deliver(event: Event): void {
    const delivery = sign(event, options, new Date(world.clock()));
    const copies = random() < duplicates ? 2 : 1;
    const isLate = random() < outOfOrder;
    for (let copy = 0; copy < copies; copy++) {
      const sending = post(event, delivery, delayMs + (isLate ? lateByMs : 0)).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
  }

  const unsubscribe = world.onChange((change) => {
    const events = eventsOf(change);
    if (events.length === 0 || random() < lost) unsent += 1;
    else for (const event of events) deliver(event);
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

async function statusOf(url: string, { headers, body }: SignedDelivery): Promise<number> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

function sign({ data, ...event }: Event, options: WebhookOptions, sentAt: Date): SignedDelivery {
  const { signingKey, recipe = webhookRecipeSchema.parse({}), dialect = 'body' } = options;
  if (dialect === 'body') {
    const userID = '1';
    return signedBodyDelivery({
      signingKey,
      recipe,
      token: crypto.randomUUID(),
      sentAt,
      event: { ...event, userID, options: { note: `${hearsayMarker}text of a mail` } },
      data,
    });
  }
  const eventType = event.eventType.replace(/([A-Z])/g, '_$1').toLowerCase();
  return signedHeaderDelivery({ signingKey, eventId: crypto.randomUUID(), sentAt, eventType, data });
}

/** The events of one change: none for deletions and for objects that Rentvine has no events for. */
function eventsOf({ resource, id, type, before = {}, after }: Change): Event[] {
  if (type === 'deleted' || after === undefined) return [];
  if (resource === 'transactions') return chargeEvents(id, type, after);
  const subject = subjects.get(resource);
  if (subject === undefined) return [];
  const { objectTypeId = '', idField } = resourceByName(resource);
  return [
    {
      eventType: `${subject}.${type}`,
      objectID: String(id),
      objectTypeID: objectTypeId,
      data: { [wireKey(idField)]: String(id), ...parentOf(after) },
      changes: changesBetween(before, after),
    },
  ];
}

function chargeEvents(id: number, type: string, transaction: WireObject): Event[] {
  const leaseID = numberAt(transaction, 'leaseID');
  if (transaction.transactionTypeID !== transactionTypes.leaseCharge || leaseID === undefined) return [];
  return [
    {
      eventType: `leaseCharge.${type}`,
      objectID: String(id),
      objectTypeID: resourceByName('transactions').objectTypeId ?? '',
      data: { transactionID: String(id), leaseID: String(leaseID) },
      changes: {},
    },
  ];
}

function parentOf(object: WireObject): WireObject {
  const propertyID = numberAt(object, 'propertyID');
  return propertyID === undefined ? {} : { propertyID: String(propertyID) };
}

function changesBetween(before: WireObject, after: WireObject): WireObject {
  const changed = Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return Object.fromEntries(
    changed.map((key) => [key, { previous: before[key] ?? null, current: after[key] ?? null }]),
  );
}

import { randomUUID } from 'node:crypto';
import type { WebhookKeys } from '../../shared/account/webhook-secret.ts';
import { type SignedDelivery, signedBodyDelivery, signedHeaderDelivery } from '../../shared/webhook/signed-delivery.ts';

export interface TestEvent {
  readonly eventType: string;
  readonly objectID: string;
  readonly objectTypeID?: string | undefined;
}

/**
 * A delivery as Rentvine would sign it for an account, good for once.
 *
 * @param dialect the first that the account enables, unless another is given
 */
export function testDelivery(
  { dialects, recipe }: WebhookKeys,
  signingKey: string,
  { eventType, objectID, objectTypeID }: TestEvent,
  sentAt: Date,
  dialect = dialects[0],
): SignedDelivery {
  const object = { objectID, ...(objectTypeID !== undefined && { objectTypeID }) };
  return dialect === 'header'
    ? signedHeaderDelivery({ signingKey, eventId: randomUUID(), sentAt, eventType, data: object })
    : signedBodyDelivery({ signingKey, recipe, token: randomUUID(), sentAt, event: { eventType, ...object } });
}

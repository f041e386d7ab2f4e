import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { allOf, anyOf, isCarriedOut } from './conditions.ts';
import { expiresInDays, type Item, type Key, returnStoredOnFailure, type Table } from './dynamo-table.ts';

/** One delivery: whose, its token, and what it came with. */
export interface WebhookDelivery {
  readonly account: string;
  readonly token: string;
  /** A hash of the body that the token came with. */
  readonly bodyHash: string;
}

export type TokenClaim =
  /** Nobody has queued this delivery: the caller is to do it, and to say what became of it. */
  | { readonly kind: 'claimed'; queued(): Promise<unknown>; release(): Promise<unknown> }
  /** The same delivery was queued before. */
  | { readonly kind: 'queued' }
  /** The same delivery is being queued by somebody else, or was when its function died. */
  | { readonly kind: 'pending' }
  /** The token was used with another body, of this hash. */
  | { readonly kind: 'refused'; readonly usedWith: string };

/** Longer than the receiver's time-out: a claim that is older and not `queued` belongs to a function that has died. */
const claimLastsMs = 7_000;
const earlierClaimDied = allOf('bodyHash = :bodyHash', '#state = :claimed', 'claimedAt < :deadSince');
/** Far longer than the five minutes for which a time-stamp is accepted, in case a clock is wrong. */
const keptDays = 2;

const stored = z.object({ bodyHash: z.string(), state: z.enum(['claimed', 'queued']) });

const keyOf = ({ account, token }: WebhookDelivery): Key => ({
  pk: `webhook-token#${account}#${createHash('sha256').update(token).digest('base64url')}`,
  sk: 'token',
});

/**
 * Claims a delivery's token with one conditional write. A token is used up only when its claim says `queued`: until then
 * the same delivery may be claimed again, so that a delivery whose queueing failed or died is not lost when it is repeated.
 */
export async function claimToken(table: Table, delivery: WebhookDelivery, now: Date): Promise<TokenClaim> {
  const key = keyOf(delivery);
  const claim = crypto.randomUUID();
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: {
          ...key,
          bodyHash: delivery.bodyHash,
          state: 'claimed',
          claim,
          claimedAt: now.getTime(),
          expiresAt: expiresInDays(now, keptDays),
        },
        ConditionExpression: anyOf('attribute_not_exists(pk)', earlierClaimDied),
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':bodyHash': delivery.bodyHash,
          ':claimed': 'claimed',
          ':deadSince': now.getTime() - claimLastsMs,
        },
        ...returnStoredOnFailure,
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return earlierClaim(stored.parse(error.Item && unmarshall(error.Item)), delivery);
  }
  const ifStillMine = {
    TableName: table.name,
    Key: key,
    ConditionExpression: 'claim = :claim',
    ExpressionAttributeValues: { ':claim': claim } satisfies Item,
  };
  return {
    kind: 'claimed',
    queued: () =>
      isCarriedOut(
        table.client.send(
          new UpdateCommand({
            ...ifStillMine,
            UpdateExpression: 'SET #state = :queued',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ...ifStillMine.ExpressionAttributeValues, ':queued': 'queued' },
          }),
        ),
      ),
    release: () => isCarriedOut(table.client.send(new DeleteCommand(ifStillMine))),
  };
}

function earlierClaim({ bodyHash, state }: z.output<typeof stored>, delivery: WebhookDelivery): TokenClaim {
  if (bodyHash !== delivery.bodyHash) return { kind: 'refused', usedWith: bodyHash };
  return { kind: state === 'queued' ? 'queued' : 'pending' };
}

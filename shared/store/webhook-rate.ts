import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { anyOf } from './conditions.ts';
import { expiresInDays, type Key, returnStoredOnFailure, type Table } from './dynamo-table.ts';

export interface WebhookRateOptions {
  readonly table: Table;
  /** Webhooks a second and account, over all functions together, and how many at once after a pause. */
  readonly settings: { readonly perSecond: number; readonly burst: number };
  readonly now: () => number;
}

export type RateDecision = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

/** Webhooks that one function is given leave for at a time, so that few of them cost a write. */
const leaseSize = 10;
/** What is left of a lease by then is given up. */
const leaseLastsMs = 5_000;
const attempts = 4;

const stored = z.object({ arrivalAt: z.number() });
const keyOf = (account: string): Key => ({ pk: `webhook-rate#${account}`, sk: 'bucket' });

/**
 * The rate limit of an account's webhooks: a token bucket (as a virtual scheduling algorithm, ITU-T I.371 GCRA) in one item
 * of the state table, shared by all functions, from which each takes a few webhooks at a time.
 */
export function webhookRate({ table, settings, now }: WebhookRateOptions) {
  const leases = new Map<string, { left: number; until: number }>();
  const fullUntil = new Map<string, number>();
  const intervalMs = 1000 / settings.perSecond;
  const size = Math.min(leaseSize, settings.burst);

  /** Moves the bucket's theoretical arrival time on; answers what it was when the condition did not hold. */
  async function advance(
    account: string,
    expression: string,
    condition: string,
    values: Readonly<Record<string, number>>,
  ): Promise<{ done: true } | { done: false; arrivalAt: number }> {
    try {
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: keyOf(account),
          UpdateExpression: `SET arrivalAt = ${expression}, expiresAt = :expiresAt`,
          ConditionExpression: condition,
          ExpressionAttributeValues: { ...values, ':expiresAt': expiresInDays(new Date(now()), 1) },
          ...returnStoredOnFailure,
        }),
      );
      return { done: true };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const item = stored.safeParse(error.Item && unmarshall(error.Item));
      return { done: false, arrivalAt: item.success ? item.data.arrivalAt : 0 };
    }
  }

  async function lease(account: string): Promise<RateDecision> {
    const costMs = size * intervalMs;
    let waitMs = intervalMs;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const at = now();
      const latest = at + settings.burst * intervalMs - costMs;
      const busy = await advance(account, 'arrivalAt + :cost', 'arrivalAt BETWEEN :now AND :latest', {
        ':cost': costMs,
        ':now': at,
        ':latest': latest,
      });
      if (busy.done) return { ok: true };
      if (busy.arrivalAt > latest) return { ok: false, retryAfterMs: Math.ceil(busy.arrivalAt - latest) };
      const idle = await advance(account, ':next', anyOf('attribute_not_exists(arrivalAt)', 'arrivalAt < :now'), {
        ':next': at + costMs,
        ':now': at,
      });
      if (idle.done) return { ok: true };
      waitMs = Math.max(intervalMs, idle.arrivalAt - latest);
    }
    return { ok: false, retryAfterMs: Math.ceil(waitMs) };
  }

  return {
    /** Takes one webhook of an account from the bucket. */
    async take(account: string): Promise<RateDecision> {
      const at = now();
      const held = leases.get(account);
      if (held !== undefined && held.left > 0 && held.until > at) {
        held.left -= 1;
        return { ok: true };
      }
      const full = fullUntil.get(account) ?? 0;
      if (full > at) return { ok: false, retryAfterMs: full - at };
      const decision = await lease(account);
      if (decision.ok) leases.set(account, { left: size - 1, until: at + leaseLastsMs });
      else fullUntil.set(account, at + decision.retryAfterMs);
      return decision;
    },
  };
}

export type WebhookRate = ReturnType<typeof webhookRate>;

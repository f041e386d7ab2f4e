import * as z from 'zod/mini';
import { gateItem } from '../store/account-gate.ts';
import { type DeletionHold, holdItem } from '../store/deletion-hold.ts';
import { batchGet, type Item, type Key, type Table } from '../store/dynamo-table.ts';
import { breakerState } from '../store/gate-rules.ts';
import { freshnessItem } from '../store/sync-state.ts';
import type { ResourceSchedule } from './resource-schedules.ts';
import { syncLag } from './sync-lag.ts';
import { maxLagIntervals } from './thresholds.ts';

/** How well one account's copy of one resource is kept. Times are ISO 8601 UTC. */
export const resourceHealthSchema = z.object({
  resource: z.string(),
  /** Between two incremental reads. */
  intervalMinutes: z.number(),
  /** Whether its schedules are on; if not, nobody expects it to be fresh. */
  isScheduled: z.boolean(),
  /** When the last run that ended well started: everything that Rentvine had by then is stored. */
  lastSuccessAt: z.optional(z.string()),
  /** Seconds since then. */
  freshnessSeconds: z.optional(z.number()),
  /** How far it is behind, in intervals of its schedule; absent where that says nothing, see {@link syncLag}. */
  lag: z.optional(z.number()),
  /** Records that Rentvine no longer lists and that wait for an operator's word before they are marked deleted. */
  heldDeletions: z.number(),
});
export type ResourceHealth = z.output<typeof resourceHealthSchema>;

/** How well one account is kept, from what is stored about it. */
export const accountHealthSchema = z.object({
  account: z.string(),
  /** `half-open`: given up on, and due to be tried again. */
  breaker: z.enum(['closed', 'open', 'half-open']),
  consecutiveFailures: z.number(),
  /** Since when its API is given up on. */
  openSince: z.optional(z.string()),
  /** When an answer last ended an outage, or was the account's first. */
  closedAt: z.optional(z.string()),
  resources: z.array(resourceHealthSchema),
  /** When its secret was last given a value. */
  secretChangedAt: z.optional(z.string()),
});
export type AccountHealth = z.output<typeof accountHealthSchema>;

export const isGivenUpOn = ({ breaker }: Pick<AccountHealth, 'breaker'>): boolean => breaker !== 'closed';
export const isStale = ({ lag = 0 }: Pick<ResourceHealth, 'lag'>): boolean => lag > maxLagIntervals;
export const hasHeldDeletions = ({ heldDeletions }: Pick<ResourceHealth, 'heldDeletions'>): boolean =>
  heldDeletions > 0;

/** What is known of an account before anything is read about it. */
export interface AccountIdentity {
  readonly name: string;
  /** When its secret was created, which is when it was asked for. */
  readonly createdAt?: Date | undefined;
  readonly secretChangedAt?: Date | undefined;
}

export interface AccountHealthOptions {
  readonly schedules: readonly ResourceSchedule[];
  readonly now: Date;
}

/**
 * Reads how an account is doing, in one call to DynamoDB, without one to Rentvine. Eventually consistent: a second behind is near
 * enough.
 *
 * @param table the state table
 * @example
 * await readAccountHealth(state, { name: 'acme', createdAt }, { schedules, now: new Date() });
 */
export async function readAccountHealth(
  table: Table,
  account: AccountIdentity,
  { schedules, now }: AccountHealthOptions,
): Promise<AccountHealth> {
  const collections = schedules.map(({ resource }) => ({ account: account.name, resource }));
  const items = await readItems(table, [
    gateItem.key(account.name),
    ...collections.flatMap((each) => [freshnessItem.key(each), holdItem.key(each)]),
  ]);
  const gate = gateItem.read(items.get(gateItem.key(account.name)));
  const breaker = breakerState(gate, now.getTime());
  const resources = schedules.map((schedule): ResourceHealth => {
    const { resource, intervalMinutes, isScheduled } = schedule;
    const collection = { account: account.name, resource };
    const { anyStartedAt: lastSuccessAt, progressAt } = freshnessItem.read(items.get(freshnessItem.key(collection)));
    const hold = holdItem.read(items.get(holdItem.key(collection)));
    const lag = syncLag({
      schedule,
      breaker,
      lastSuccessAt,
      createdAt: account.createdAt,
      closedAt: gate.closedAt,
      progressAt,
      now,
    });
    return {
      resource,
      intervalMinutes,
      isScheduled,
      ...(lastSuccessAt !== undefined && {
        lastSuccessAt,
        freshnessSeconds: Math.max(0, Math.round((now.getTime() - Date.parse(lastSuccessAt)) / 1000)),
      }),
      ...(lag !== undefined && { lag }),
      heldDeletions: waiting(hold),
    };
  });
  return {
    account: account.name,
    breaker,
    consecutiveFailures: gate.consecutiveFailures,
    ...(breaker !== 'closed' && gate.openedAt !== undefined && { openSince: new Date(gate.openedAt).toISOString() }),
    ...(breaker === 'closed' && gate.closedAt !== undefined && { closedAt: new Date(gate.closedAt).toISOString() }),
    resources,
    ...(account.secretChangedAt !== undefined && { secretChangedAt: account.secretChangedAt.toISOString() }),
  };
}

/** What an operator has approved waits for the next full run, and for nobody. */
const waiting = (hold: DeletionHold | undefined): number =>
  hold === undefined || hold.approvedAt !== undefined ? 0 : hold.missing;

const attributes = [
  ...new Set(['pk', 'sk', ...gateItem.attributes, ...freshnessItem.attributes, ...holdItem.attributes]),
];

async function readItems(table: Table, keys: readonly Key[]): Promise<{ get(key: Key): Item | undefined }> {
  const nameOf = ({ pk, sk }: Key | Item): string => `${pk}\n${sk}`;
  const items = new Map((await batchGet(table, keys, attributes)).map((item) => [nameOf(item), item]));
  return { get: (key) => items.get(nameOf(key)) };
}

import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { businessFiguresSchema } from '../business/figures.ts';
import { putItem, readItem, type Table } from '../store/dynamo-table.ts';
import { healthPartition } from '../store/health-partition.ts';
import { runSchema } from '../store/runs.ts';
import type { AccountHealth, ResourceHealth } from './account-health.ts';
import { accountHealthSchema, hasHeldDeletions, isGivenUpOn, isStale, resourceHealthSchema } from './account-health.ts';
import type { ResourceSchedule } from './resource-schedules.ts';

/**
 * As many accounts are told of one by one, those that need somebody first; the others are only counted. With the details of all
 * their resources they stay far below the 400 KB of an item.
 */
export const maxNamedAccounts = 20;

const lastRunSchema = z.object({
  mode: z.string(),
  status: z.string(),
  startedAt: z.string(),
  endedAt: z.optional(z.string()),
  errorCode: z.optional(z.string()),
  counts: runSchema.shape.counts,
});

const namedAccountSchema = z.object({
  ...accountHealthSchema.shape,
  resources: z.array(
    z.object({
      ...resourceHealthSchema.shape,
      /** The run that was scheduled last. */
      lastRun: z.optional(lastRunSchema),
      /** Rows that did not fit and were not read without fault since. */
      quarantinedRows: z.number(),
    }),
  ),
  /** The latest business figures. */
  figures: z.optional(businessFiguresSchema),
});

/** One resource over all accounts. */
const resourceSummarySchema = z.object({
  resource: z.string(),
  /** Of the account that is furthest behind, among those that were ever read. */
  freshnessSeconds: z.optional(z.number()),
  /** Likewise, in intervals of its schedule. */
  lag: z.optional(z.number()),
  /** Accounts in which it is stale. */
  staleAccounts: z.number(),
  /** Deletions that wait for an operator, of all accounts. */
  heldDeletions: z.number(),
});

const accountsSummarySchema = z.object({
  /** Accounts that have a secret. */
  total: z.number(),
  /** Those whose state could not be read; they are in none of the other numbers. */
  unread: z.number(),
  /** Those whose API does not answer. */
  givenUpOn: z.number(),
  /** Those with a resource that is too far behind. */
  stale: z.number(),
  withHeldDeletions: z.number(),
  resources: z.array(resourceSummarySchema),
  /** In the order of their names. */
  named: z.array(namedAccountSchema),
});

/** How everything stood at one time, bounded in size whatever the number of accounts and dead letters. */
export const healthSummarySchema = z.object({
  /** ISO 8601 UTC. */
  measuredAt: z.string(),
  /** Absent when Secrets Manager did not tell which accounts there are. */
  accounts: z.optional(accountsSummarySchema),
  /** By source; absent when they could not be read. */
  deadLetters: z.optional(z.array(z.object({ source: z.string(), count: z.number(), oldestKeptAt: z.string() }))),
});

export type HealthSummary = z.output<typeof healthSummarySchema>;
export type AccountsSummary = z.output<typeof accountsSummarySchema>;
export type NamedAccount = z.output<typeof namedAccountSchema>;
export type LastRun = z.output<typeof lastRunSchema>;

/** What can be said of all accounts together. @param total how many there are, those included that could not be read */
export function summarizeAccounts(
  read: readonly AccountHealth[],
  total: number,
  schedules: readonly ResourceSchedule[],
): Omit<AccountsSummary, 'named'> {
  const accountsWith = (is: (each: ResourceHealth) => boolean) =>
    read.filter(({ resources }) => resources.some(is)).length;
  return {
    total,
    unread: total - read.length,
    givenUpOn: read.filter(isGivenUpOn).length,
    stale: accountsWith(isStale),
    withHeldDeletions: accountsWith(hasHeldDeletions),
    resources: schedules.map(({ resource }) => {
      const each = read.flatMap(({ resources }) => resources.filter((one) => one.resource === resource));
      const freshnessSeconds = greatest(each.map((one) => one.freshnessSeconds));
      const lag = greatest(each.map((one) => one.lag));
      return {
        resource,
        ...(freshnessSeconds !== undefined && { freshnessSeconds }),
        ...(lag !== undefined && { lag }),
        staleAccounts: each.filter(isStale).length,
        heldDeletions: each.reduce((sum, one) => sum + one.heldDeletions, 0),
      };
    }),
  };
}

/** The accounts to tell of one by one, in the order of their names: of too many, those that need somebody most. */
export function accountsToName(read: readonly AccountHealth[]): AccountHealth[] {
  const needs = (account: AccountHealth): readonly number[] => [
    isGivenUpOn(account) ? 1 : 0,
    account.resources.some(hasHeldDeletions) ? 1 : 0,
    greatest(account.resources.map(({ lag }) => lag)) ?? 0,
  ];
  return read
    .map((account) => ({ account, needs: needs(account) }))
    .sort((a, b) => {
      const differing = a.needs.findIndex((value, index) => value !== b.needs[index]);
      const difference = differing < 0 ? 0 : (b.needs[differing] ?? 0) - (a.needs[differing] ?? 0);
      return difference || byName(a.account, b.account);
    })
    .slice(0, maxNamedAccounts)
    .map(({ account }) => account)
    .sort(byName);
}

const byName = (a: AccountHealth, b: AccountHealth): number => (a.account < b.account ? -1 : 1);

function greatest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

const key = { pk: healthPartition, sk: 'summary' };

/** Keeps the summary in the place of the one before, compressed: a write is paid for by the kilobyte, and this is one a minute. */
export async function saveHealthSummary(table: Table, summary: HealthSummary): Promise<void> {
  await putItem(table, { ...key, measuredAt: summary.measuredAt, gzip: gzipSync(JSON.stringify(summary)) });
}

/** The latest summary, in one read; undefined while there is none. */
export async function readHealthSummary(table: Table): Promise<HealthSummary | undefined> {
  const item = await readItem(table, key);
  if (item === undefined) return undefined;
  const { gzip } = z.object({ gzip: z.instanceof(Uint8Array) }).parse(item);
  return healthSummarySchema.parse(JSON.parse(gunzipSync(gzip).toString()));
}

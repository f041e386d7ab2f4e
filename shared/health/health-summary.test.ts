import { expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { resources } from '../rentvine/resources/catalogue.ts';
import type { AccountHealth } from './account-health.ts';
import {
  accountsToName,
  maxNamedAccounts,
  readHealthSummary,
  saveHealthSummary,
  summarizeAccounts,
} from './health-summary.ts';

const tables = emptyTables();
const schedules = resources.map(({ name: resource, incrementalMinutes: intervalMinutes }) => ({
  resource,
  intervalMinutes,
  isScheduled: true,
}));

const accountNamed = (account: string, lag: number, more: Partial<AccountHealth> = {}): AccountHealth => ({
  account,
  breaker: 'closed',
  consecutiveFailures: 0,
  resources: schedules.map((schedule) => ({ ...schedule, lag, freshnessSeconds: lag * 60, heldDeletions: 0 })),
  ...more,
});
const many = Array.from({ length: 1_000 }, (_, index) => accountNamed(String(index).padStart(63, 'a'), index % 5));

it('names the accounts that need somebody most, in the order of their names, and counts them all', () => {
  const down = accountNamed('zenith', 0, { breaker: 'open' });
  const held = accountNamed('held', 0);
  held.resources = held.resources.map((each) => ({ ...each, heldDeletions: 40 }));
  const read = [...many, down, held];
  const named = accountsToName(read);
  expect(named).toHaveLength(maxNamedAccounts);
  expect(named.map(({ account }) => account)).toEqual(named.map(({ account }) => account).toSorted());
  expect(named).toEqual(expect.arrayContaining([down, held]));
  expect(new Set(named.filter((each) => each !== down && each !== held).map((each) => each.resources[0]?.lag))).toEqual(
    new Set([4]),
  );
  const summary = summarizeAccounts(read, 1_003, schedules);
  expect(summary).toMatchObject({ total: 1_003, unread: 1, givenUpOn: 1, stale: 200, withHeldDeletions: 1 });
  expect(summary.resources[0]).toMatchObject({ lag: 4, freshnessSeconds: 240, staleAccounts: 200, heldDeletions: 40 });
});

it('is one item far below 400 KB, whatever the number of accounts, and is read back as it was written', async () => {
  const counts = { requests: 1e6, pages: 1e6, fetched: 1e6, created: 1e6, updated: 1e6, unchanged: 1e6 };
  const lastRun = {
    mode: 'incremental',
    status: 'succeeded',
    startedAt: '2026-03-01T12:00:00.000Z',
    endedAt: '2026-03-01T12:00:00.000Z',
    counts: { ...counts, deleted: 1e6, quarantined: 1e6 },
  };
  const named = accountsToName(many).map((account) => ({
    ...account,
    resources: account.resources.map((each) => ({ ...each, lastRun, quarantinedRows: 1e6 })),
  }));
  const summary = {
    measuredAt: '2026-03-01T12:00:00.000Z',
    accounts: { ...summarizeAccounts(many, many.length, schedules), named },
    deadLetters: [{ source: 'sync-jobs', count: 1e6, oldestKeptAt: '2026-03-01T12:00:00.000Z' }],
  };
  await saveHealthSummary(tables.state, summary);
  expect(await readHealthSummary(tables.state)).toEqual(summary);
  // Even if nothing could be compressed.
  expect(JSON.stringify(summary).length).toBeLessThan(300_000);
});

import { beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { sharedGate } from '../store/account-gate.ts';
import { approveHold, placeHold } from '../store/deletion-hold.ts';
import { updateSyncState } from '../store/sync-state.ts';
import { readAccountHealth } from './account-health.ts';

const schedules = [
  { resource: 'leases', intervalMinutes: 5, isScheduled: true },
  { resource: 'bills', intervalMinutes: 60, isScheduled: false },
];
const start = Date.parse('2026-03-01T12:00:00Z');
const minute = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();

const tables = emptyTables();
const account = 'acme';
let clockMs = start;

beforeEach(() => {
  clockMs = start;
});

const health = () =>
  readAccountHealth(
    tables.state,
    { name: account, createdAt: new Date(start - 20 * minute), secretChangedAt: new Date(start - 10 * minute) },
    { schedules, now: new Date(clockMs) },
  );
const succeed = (resource: string, startedAt: number) =>
  updateSyncState(tables.state, { account, resource }, { anyStartedAt: iso(startedAt), freshAt: iso(startedAt + 1) });
const call = async (kind: 'failed' | 'answered') => {
  const gate = sharedGate({
    table: tables.state,
    account,
    settings: { requestsPerSecond: 10, burst: 20, maxInFlight: 4, slotMs: 1_000 },
    now: () => clockMs,
    random: () => 0,
  });
  await (await gate.enter(clockMs + minute)).leave({ kind });
};

describe('the health of an account', () => {
  it('that was never synced tells how long its scheduled resources have been waited for', async () => {
    expect(await health()).toEqual({
      account,
      breaker: 'closed',
      consecutiveFailures: 0,
      secretChangedAt: iso(start - 10 * minute),
      resources: [
        { resource: 'leases', intervalMinutes: 5, isScheduled: true, lag: 4, heldDeletions: 0 },
        { resource: 'bills', intervalMinutes: 60, isScheduled: false, heldDeletions: 0 },
      ],
    });
  });

  it('tells how fresh each resource is, in one call', async () => {
    await succeed('leases', start - 2 * minute);
    tables.requests.length = 0;
    const fresh = { lastSuccessAt: iso(start - 2 * minute), freshnessSeconds: 120, lag: 0.4 };
    expect((await health()).resources[0]).toMatchObject(fresh);
    expect(tables.requests.map(({ operation }) => operation)).toEqual(['BatchGetItem']);
  });

  it('tells since when its API is given up on, and lets it catch up when that is over', async () => {
    await succeed('leases', start);
    await call('answered');
    for (let failure = 0; failure < 3; failure++) await call('failed');
    const openedAt = clockMs;
    expect(await health()).toMatchObject({ breaker: 'open', consecutiveFailures: 3, openSince: iso(openedAt) });
    expect((await health()).resources[0]).not.toHaveProperty('lag');

    clockMs += 30 * minute;
    expect(await health()).toMatchObject({ breaker: 'half-open', openSince: iso(openedAt) });
    // The probe fails, and the breaker opens again: it is still the same outage.
    await call('failed');
    expect(await health()).toMatchObject({ breaker: 'open', consecutiveFailures: 4, openSince: iso(openedAt) });

    clockMs += 30 * minute;
    await call('answered');
    const closedAt = clockMs;
    clockMs += 5 * minute;
    await call('answered');
    const after = await health();
    expect(after).toMatchObject({ breaker: 'closed', consecutiveFailures: 0, closedAt: iso(closedAt) });
    expect(after).not.toHaveProperty('openSince');
    expect(after.resources[0]).toMatchObject({ freshnessSeconds: 65 * 60, lag: 1 });
    for (let failure = 0; failure < 3; failure++) await call('failed');
    expect(await health()).toMatchObject({ breaker: 'open', openSince: iso(clockMs) });
  });

  it('counts deletions that are held until an operator has approved them', async () => {
    const collection = { account, resource: 'leases' };
    await placeHold(tables.state, collection, { runId: 'r', heldAt: iso(start), missing: 90, known: 100, limit: 10 });
    expect((await health()).resources.map(({ heldDeletions }) => heldDeletions)).toEqual([90, 0]);
    await approveHold(tables.state, collection, 'ann', new Date(start));
    expect((await health()).resources.map(({ heldDeletions }) => heldDeletions)).toEqual([0, 0]);
  });
});

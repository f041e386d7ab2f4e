import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect } from 'vitest';
import { readGateState } from '../../shared/store/account-gate.ts';
import { listDeadLetters } from '../../shared/store/dead-letters.ts';
import { placeHold } from '../../shared/store/deletion-hold.ts';
import { onStack } from '../fixtures.ts';
import type { Company } from './company.ts';
import { type PlayedTick, playTick } from './emitted-metrics.ts';
import { until } from './eventually.ts';
import type { Harness } from './harness.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const it = onStack({ settings: { requestTimeoutSeconds: 1 } });
let company: Company;

const nowOf = ({ clock }: Harness): number => clock.now().getTime();

interface Round extends PlayedTick {
  value(name: string, dimensions?: Readonly<Record<string, string>>): number | undefined;
}

/** One round of the watcher, as its schedule asks for it at this time. */
async function watch(harness: Harness, at: number): Promise<Round> {
  const tick = await playTick(harness, 'watcher', at);
  return {
    ...tick,
    value: (name, dimensions = {}) =>
      tick.metrics.find(
        (metric) => metric.name === name && JSON.stringify(metric.dimensions) === JSON.stringify(dimensions),
      )?.value,
  };
}

/** One after the other, each on what those before it left. */
describe('the watcher', () => {
  it('completes a round where there is no account yet', async ({ harness }) => {
    const { metrics } = await watch(harness, nowOf(harness));
    expect(metrics).toEqual([{ name: 'WatcherRounds', value: 1, dimensions: {} }]);
  });

  it('sees how fresh each resource is, and how far the one is behind that was read longest ago for its schedule', async ({
    harness,
  }) => {
    company = await harness.company();
    const createdAt = nowOf(harness);
    await company.syncAll(['leases', 'workOrders', 'units'], 'full');
    const soon = await watch(harness, nowOf(harness));
    expect(soon.failed).toBe(false);
    expect(soon.value('WatcherRounds')).toBe(1);
    for (const resource of ['leases', 'workOrders', 'units']) {
      const seconds = soon.value('SyncFreshness', { resource });
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThanOrEqual((nowOf(harness) - createdAt) / 1000 + 1);
    }
    expect(soon.value('SyncFreshness', { resource: 'bills' })).toBeUndefined();
    expect(soon.value('SyncLag')).toBeLessThan(1);
    for (const quiet of ['BreakersOpen', 'DeletionHolds', 'DeadLetterAge']) expect(soon.value(quiet)).toBeUndefined();

    const later = await watch(harness, createdAt + hour);
    expect(later.value('SyncFreshness', { resource: 'units' })).toBeGreaterThan(3_400);
    // Leases and work orders are read every five minutes, and an hour is twelve times that.
    expect(later.value('SyncLag')).toBeCloseTo(12, 0);
  });

  it('expects nothing of an account that is down, and gives it time to catch up', async ({ harness }) => {
    company.simulator.faults.down(true);
    const runId = await company.request('leases', 'incremental');
    await until(
      'the breaker to open',
      async () => (await readGateState(harness.state, company.account)).openedAt !== undefined,
    );
    const down = await watch(harness, nowOf(harness) + hour);
    expect(down.value('BreakersOpen')).toBe(1);
    expect(down.value('SyncLag')).toBeUndefined();
    expect(down.value('SyncFreshness', { resource: 'leases' })).toBeGreaterThan(3_400);

    company.simulator.faults.down(false);
    await company.finished('leases', runId);
    const { closedAt = 0 } = await readGateState(harness.state, company.account);
    const up = await watch(harness, closedAt + 10 * minute);
    expect(up.value('BreakersOpen')).toBeUndefined();
    // Work orders were not read since, and no resource of five minutes is expected to have been read more often than that.
    expect(up.value('SyncLag')).toBeCloseTo(2, 5);
  });

  it('sees deletions that wait for an operator', async ({ harness }) => {
    const hold = { runId: 'r', heldAt: new Date().toISOString(), missing: 90, known: 100, limit: 10 };
    for (const resource of ['owners', 'vendors'] as const)
      await placeHold(harness.state, company.collection(resource), hold);
    expect((await watch(harness, nowOf(harness))).value('DeletionHolds')).toBe(2);
  });

  it('sees dead letters of each source, and the oldest grow older', async ({ harness }) => {
    expect((await watch(harness, nowOf(harness))).value('DeadLetterAge')).toBeUndefined();
    for (let letter = 0; letter < 3; letter++) await harness.platform.send('webhook-events-dlq', '{}');
    await until('the letters to be kept', async () => (await listDeadLetters(harness.state)).length === 3);
    const oldest = Math.min(...(await listDeadLetters(harness.state)).map(({ keptAt }) => Date.parse(keptAt)));
    const round = await watch(harness, oldest + 2 * hour);
    expect(round.value('DeadLetters', { source: 'webhook-events' })).toBe(3);
    expect(round.value('DeadLetterAge')).toBe(7_200);
    expect((await watch(harness, oldest + 3 * hour)).value('DeadLetterAge')).toBe(10_800);
  });

  it('sees how old the oldest secret is, until it gets a new value', async ({ harness }) => {
    // Secrets are stamped by the machine's clock.
    const now = Date.now();
    // It was created with the company, some time before now.
    const age = (await watch(harness, now + 100 * day)).value('SecretAge');
    expect(age).toBeGreaterThan(100 * 86_400);
    expect(age).toBeLessThan(100 * 86_400 + 600);
    await company.putSecret({ webhook: { dialects: ['body'], signingKeys: ['a new key of some length'] } });
    // What the watcher knows of a secret is an hour old at most.
    const renewed = (await watch(harness, now + 100 * day + 2 * hour)).value('SecretAge');
    expect(renewed).toBeLessThanOrEqual(100 * 86_400 + 7_200);
    expect(renewed).toBeGreaterThan(100 * 86_400 + 7_200 - 600);
  });

  it('tells of the others when it cannot read the state of one account, and that the round is incomplete', async ({
    harness,
  }) => {
    const unreadable = await harness.company();
    await harness.state.client.send(
      new PutCommand({
        TableName: harness.state.name,
        Item: { pk: `account#${unreadable.account}`, sk: 'gate', consecutiveFailures: 'many' },
      }),
    );
    const round = await watch(harness, nowOf(harness) + hour);
    expect(round.failed).toBe(true);
    expect(round.value('SyncFreshness', { resource: 'leases' })).toBeGreaterThan(3_000);
    expect(round.value('DeletionHolds')).toBe(2);
    expect(round.value('DeadLetters', { source: 'webhook-events' })).toBe(3);
    expect(round.value('WatcherRounds')).toBeUndefined();
    const line = round.logs.find((text) => text.includes('The state of an account could not be read.'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'ERROR', account: unreadable.account });
  });
});

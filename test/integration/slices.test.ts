import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../infra/simulator/simulator.ts';
import { progressOf } from '../../shared/store/progress.ts';
import { readSyncState } from '../../shared/store/sync-state.ts';
import { onStack } from '../fixtures.ts';
import { smallCompany } from './company.ts';
import { eventually, until } from './eventually.ts';
import { startHarness } from './harness.ts';
import { expectMirror, expectToldEverything } from './mirror.ts';

/** With this latency no slice has time for a second page. */
const slow = { latencyMs: 150 };
const it = onStack({ settings: { sliceSeconds: 0.1 } });

describe('Promise 1, complete: slices that run out of time on every page', () => {
  it.concurrent.for(['leases', 'transactions'] as const)(
    'a run of %s that is continued page by page ends as one that is not',
    async (resource, { harness, expect }) => {
      const company = await harness.company({ counts: { leases: 30, transactions: 30 }, simulator: slow });
      const first = await company.sync(resource, 'full');
      expect(first).toMatchObject({ status: 'succeeded', counts: { created: company.world.size(resource) } });
      expect(first.slices).toBeGreaterThan(2);
      // What keeps the watcher from taking a long run for a delay.
      const { progressAt } = await readSyncState(harness.state, company.collection(resource));
      expect(progressAt).toBeDefined();
      await expectMirror(company, resource);

      const [updated = 0, ...gone] = company.world.ids(resource).slice(0, 4);
      company.world.update(resource, updated, { code: 'CHANGED', description: 'Changed' });
      for (const id of gone) company.world.delete(resource, id);
      const later = await company.sync(resource, 'full');
      expect(later).toMatchObject({ status: 'succeeded', counts: { deleted: 3, updated: 1 } });
      expect(later.slices).toBeGreaterThan(2);
      await expectMirror(company, resource);
      await expectToldEverything(company, resource);
      expect(harness.deadLetters()).toBe(0);
    },
  );

  it('a queue that refuses the continuation for a while delays the run and loses nothing', async ({ harness }) => {
    const company = await harness.company({ simulator: slow });
    let refused = 0;
    const stop = harness.intercept(({ service, operation, body }) => {
      const isContinuation =
        service === 'sqs' && operation === 'SendMessage' && JSON.stringify(body).includes(company.account);
      // One more than the SDK tries by itself, and not the planner's own message.
      if (!isContinuation || company.simulator.requests.count() === 0 || refused >= 3) return undefined;
      refused += 1;
      return { status: 503, type: 'ServiceUnavailable', message: 'Try again.' };
    });
    const run = await company.sync('units', 'full');
    stop();
    expect(refused).toBe(3);
    expect(run.status).toBe('succeeded');
    await expectMirror(company, 'units');
    expect(harness.deadLetters()).toBe(0);
  });
});

describe('Promise 9, the same code: a stack that is stopped and started again', () => {
  test('goes on from the checkpoint: pages read before are not read again, and replaced credentials are used', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'restart-'));
    const simulator = await startSimulator({
      latencyMs: 60,
      accounts: [{ name: 'acme', counts: { ...smallCompany, transactions: 120 } }],
    });
    const before = await startHarness({ dataDir });
    const company = await before.company({ existing: simulator });
    const runId = await company.request('transactions', 'full');
    await until('the third page to be asked for', () => simulator.requests.count() >= 3);
    await before.stop();
    const askedBefore = simulator.requests.count();

    simulator.authentication().rotate({ accessKey: 'another-access-key', secret: 'another-secret' });
    const after = await startHarness({ dataDir });
    try {
      const again = await after.company({ existing: simulator });
      const scope = `acme#transactions#${runId}`;
      const saved = await progressOf(after.state, scope).pages();
      expect(saved.length).toBeGreaterThan(0);
      expect((await again.finished('transactions', runId)).status).toBe('succeeded');
      await expectMirror(again, 'transactions');
      await eventually('an event for every record of both lives', () => {
        const told = new Set([...before.events, ...after.events].map(({ id }) => id));
        return told.size === 120 || undefined;
      });
      const askedAfter = simulator.requests.all.slice(askedBefore);
      const asked = new Set(askedAfter.map(({ page, pageSize }) => `${page}/${pageSize}`));
      // The second pass of a first run asks for the first page's number again, and only for that one in that size.
      const again1 = saved.filter(({ page, pageSize, index }) => index > 1 && asked.has(`${page}/${pageSize}`));
      expect(again1).toEqual([]);
      expect(after.deadLetters()).toBe(0);
    } finally {
      await after.stop();
      await simulator.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

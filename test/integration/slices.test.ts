import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator } from '../../infra/simulator/simulator.ts';
import { progressOf } from '../../shared/store/progress.ts';
import { readSyncState } from '../../shared/store/sync-state.ts';
import { smallCompany } from './company.ts';
import { eventually, until } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';
import { expectMirror, expectToldEverything } from './mirror.ts';

/** With this latency no slice has time for a second page. */
const slow = { latencyMs: 150 };
const tinySlices = { pageSize: 20, requestsPerSecond: 100, burst: 1000, sliceSeconds: 0.1 };

describe('Promise 1, complete: slices that run out of time on every page', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({ settings: tinySlices });
  });
  afterAll(() => harness.stop());

  it.concurrent.for(['leases', 'transactions'] as const)(
    'a run of %s that is continued page by page ends as one that is not',
    async (resource, { expect }) => {
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

  it.concurrent('a queue that refuses the continuation for a while delays the run and loses nothing', async ({
    expect,
  }) => {
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
    const run = await company.sync('units', 'full', { deadlineMs: 40_000 });
    stop();
    expect(refused).toBe(3);
    expect(run.status).toBe('succeeded');
    await expectMirror(company, 'units');
    expect(harness.deadLetters()).toBe(0);
  });
});

describe('Promise 9, the same code: a stack that is stopped and started again', () => {
  it('goes on from the checkpoint: pages read before are not read again, and replaced credentials are used', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'restart-'));
    const simulator = await startSimulator({
      latencyMs: 60,
      accounts: [{ name: 'acme', counts: { ...smallCompany, transactions: 200 } }],
    });
    const settings = { pageSize: 20, requestsPerSecond: 100, burst: 1000 };
    const before = await startHarness({ dataDir, settings });
    const company = await before.company({ existing: simulator });
    const runId = await company.request('transactions', 'full');
    await until('the third page to be asked for', () => simulator.requests.count() >= 3);
    await before.stop();
    const askedBefore = simulator.requests.count();

    simulator.authentication().rotate({ accessKey: 'another-access-key', secret: 'another-secret' });
    const after = await startHarness({ dataDir, settings });
    try {
      const again = await after.company({ existing: simulator });
      const scope = `acme#transactions#${runId}`;
      const saved = await progressOf(after.state, scope).pages();
      expect(saved.length).toBeGreaterThan(0);
      expect((await again.finished('transactions', runId)).status).toBe('succeeded');
      await expectMirror(again, 'transactions');
      await eventually('an event for every record of both lives', () => {
        const told = new Set([...before.events, ...after.events].map(({ id }) => id));
        return told.size === 200 || undefined;
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

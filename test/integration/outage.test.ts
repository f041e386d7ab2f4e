import { afterAll, beforeAll, describe, it } from 'vitest';
import { readGateState } from '../../shared/store/account-gate.ts';
import type { Company } from './company.ts';
import { until } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';
import { expectMirror, expectToldEverything } from './mirror.ts';

const isLong = process.env.TEST_LONG === '1';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({
    concurrency: 10,
    settings: { pageSize: 20, requestsPerSecond: 100, burst: 1000, requestTimeoutSeconds: 1 },
  });
});
afterAll(() => harness.stop());

/** Calls `then` when the n-th page of a list is asked for, from 1. */
function atPage({ simulator }: Company, n: number, then: () => void): void {
  let lists = 0;
  const stop = simulator.beforeRequest(({ kind }) => {
    if (kind !== 'list') return;
    lists += 1;
    if (lists !== n) return;
    stop();
    then();
  });
}

describe('Promise 7, degrades, then catches up', () => {
  it.concurrent('three consecutive failures stop the calls to an account, and only to it', async ({ expect }) => {
    const [down, up] = [await harness.company(), await harness.company()];
    down.simulator.faults.down(true);
    const runId = await down.request('leases', 'full');
    await until('the breaker to open', async () => {
      return (await readGateState(harness.state, down.account)).openUntil > Date.now();
    });
    const calls = down.simulator.requests.count();
    expect(calls).toBe(3);
    expect((await up.sync('leases', 'full')).status).toBe('succeeded');
    await expectMirror(up, 'leases');
    // One probe at most may have been due meanwhile.
    expect(down.simulator.requests.count()).toBeLessThanOrEqual(calls + 1);

    down.simulator.faults.down(false);
    const run = await down.finished('leases', runId, { deadlineMs: 40_000 });
    expect(run.status).toBe('succeeded');
    await expectMirror(down, 'leases');
    expect((await readGateState(harness.state, down.account)).consecutiveFailures).toBe(0);
  });

  it.concurrent('an outage that begins in the middle of a run and ends is caught up with, without a dead letter', async ({
    expect,
  }) => {
    const company = await harness.company();
    await company.sync('workOrders', 'full');
    const [updated = 0, gone = 0] = company.world.ids('workOrders');
    company.world.update('workOrders', updated, { description: 'Changed' });
    company.world.delete('workOrders', gone);
    atPage(company, 2, () => company.simulator.faults.down(isLong ? { forMs: 60_000 } : { forMs: 3_500 }));
    const run = await company.sync('workOrders', 'full', { deadlineMs: 300_000 });
    expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } });
    await expectMirror(company, 'workOrders');
    await expectToldEverything(company, 'workOrders');
    expect(harness.deadLetters()).toBe(0);
  });

  it.concurrent('while the breaker is open for long, runs wait in the queue and use up nothing', async ({ expect }) => {
    const company = await harness.company();
    company.simulator.faults.down({ forMs: 14_000 });
    const runId = await company.request('vendors', 'full');
    const run = await company.finished('vendors', runId, { deadlineMs: 100_000 });
    expect(run.status).toBe('succeeded');
    expect(run.slices).toBeGreaterThan(0);
    await expectMirror(company, 'vendors');
    expect(harness.deadLetters()).toBe(0);
  });

  it.concurrent('a server that never answers counts as down, and is waited for no longer than its time-out', async ({
    expect,
  }) => {
    const company = await harness.company();
    company.simulator.faults.add({ kind: 'hang', times: 2 });
    expect((await company.sync('vendors', 'full')).status).toBe('succeeded');
    const [first = 0, second = 0] = company.simulator.requests.timestamps();
    expect(second - first).toBeGreaterThan(900);
    await expectMirror(company, 'vendors');
  });

  it.concurrent('401, 403, 404 and unknown shapes never open the breaker', async ({ expect }) => {
    const company = await harness.company();
    for (const kind of ['unauthorized', 'forbidden'] as const) {
      const fault = company.simulator.faults.add({ kind });
      for (let tick = 0; tick < 4; tick++) expect((await company.sync('owners', 'full')).status).toBe('failed');
      company.simulator.faults.remove(fault);
    }
    const fault = company.simulator.faults.add({ kind: 'status', status: 404 });
    for (let tick = 0; tick < 4; tick++) expect((await company.sync('owners', 'full')).status).toBe('failed');
    company.simulator.faults.remove(fault);
    expect(await readGateState(harness.state, company.account)).toMatchObject({ consecutiveFailures: 0, openings: 0 });
    expect((await company.sync('owners', 'full')).status).toBe('succeeded');
    await expectMirror(company, 'owners');
  });
});

describe('Promise 7: Rentvine asks to wait', () => {
  it.concurrent.for([
    { retryAfter: 0, as: 'seconds', waitMs: 0, clockOffsetMs: 0 },
    { retryAfter: 2, as: 'seconds', waitMs: 2_000, clockOffsetMs: 0 },
    { retryAfter: 3, as: 'date', waitMs: 2_000, clockOffsetMs: 3_600_000 },
    { retryAfter: 3, as: 'date', waitMs: 2_000, clockOffsetMs: -3_600_000 },
    { retryAfter: -60, as: 'date', waitMs: 0, clockOffsetMs: 0 },
    { retryAfter: null, as: 'seconds', waitMs: 900, clockOffsetMs: 0 },
  ] as const)(
    '$retryAfter $as, by a clock $clockOffsetMs ms off, is waited for and no longer',
    async (fault, { expect }) => {
      const company = await harness.company();
      const { retryAfter, as, waitMs, clockOffsetMs } = fault;
      company.simulator.setClockOffset(clockOffsetMs);
      company.simulator.faults.add({ kind: 'rateLimit', retryAfter, as, times: 1 });
      expect((await company.sync('vendors', 'full')).status).toBe('succeeded');
      await expectMirror(company, 'vendors');
      const [first = 0, second = 0] = company.simulator.requests.timestamps();
      expect(second - first).toBeGreaterThanOrEqual(waitMs);
      expect(second - first).toBeLessThan(waitMs + 5_000);
    },
  );

  it.concurrent('an hour is waited for in the queue, by this account and no other', async ({ expect }) => {
    const [limited, other] = [await harness.company(), await harness.company()];
    limited.simulator.faults.add({ kind: 'rateLimit', retryAfter: 3_600, times: 1 });
    const runId = await limited.request('vendors', 'full');
    await until('the run to wait', async () => (await limited.run('vendors', runId))?.status === 'waiting');
    const run = await limited.run('vendors', runId);
    const waitMs = Date.parse(run?.resumesAt ?? '') - Date.now();
    expect(waitMs).toBeGreaterThan(3_500_000);
    expect(waitMs).toBeLessThanOrEqual(3_600_000);
    expect((await other.sync('vendors', 'full')).status).toBe('succeeded');
    // Another resource of the same account waits too, without a call.
    const second = await limited.request('owners', 'full');
    await until('the other run to wait', async () => (await limited.run('owners', second))?.status === 'waiting');
    expect(limited.simulator.requests.count()).toBe(1);
    expect(await limited.run('vendors', runId)).toMatchObject({ status: 'waiting', slices: 1 });
    expect(harness.deadLetters()).toBe(0);
  });
});

describe('Promise 7: credentials that end in the middle of a run', () => {
  it.concurrent('revoked, the run fails and keeps its pages; accepted again, the next one goes on from there', async ({
    expect,
  }) => {
    const company = await harness.company({ counts: { transactions: 200 } });
    await company.sync('transactions', 'full');
    company.simulator.requests.reset();
    atPage(company, 6, () => company.simulator.authentication().revoke());
    const failed = await company.sync('transactions', 'full');
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'UNAUTHENTICATED' } });
    const read = failed.counts.pages;
    expect(read).toBeGreaterThan(0);

    company.simulator.authentication().restore();
    company.simulator.requests.reset();
    const run = await company.sync('transactions', 'full');
    expect(run).toMatchObject({ status: 'succeeded', runId: failed.runId });
    expect(company.simulator.requests.count()).toBe(run.counts.pages - read);
    await expectMirror(company, 'transactions');
    expect(harness.deadLetters()).toBe(0);
  });
});

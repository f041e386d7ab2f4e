import { describe } from 'vitest';
import { readGateState } from '../../shared/store/account-gate.ts';
import { progressOf } from '../../shared/store/progress.ts';
import { onStack } from '../fixtures.ts';
import type { Company } from './company.ts';
import { until } from './eventually.ts';
import { expectMirror, expectToldEverything } from './mirror.ts';

const it = onStack({ settings: { requestTimeoutSeconds: 1 } });

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
  it('three consecutive failures stop the calls to an account, and only to it', async ({ harness, expect }) => {
    const [down, up] = [await harness.company(), await harness.company()];
    down.simulator.faults.down(true);
    const runId = await down.request('leases', 'full');
    await until('the breaker to open', async () => {
      return (await readGateState(harness.state, down.account)).openUntil > harness.clock.now().getTime();
    });
    const calls = down.simulator.requests.count();
    expect(calls).toBe(3);
    expect((await up.sync('leases', 'full')).status).toBe('succeeded');
    await expectMirror(up, 'leases');
    // One probe at most may have been due meanwhile.
    expect(down.simulator.requests.count()).toBeLessThanOrEqual(calls + 1);

    down.simulator.faults.down(false);
    const run = await down.finished('leases', runId);
    expect(run.status).toBe('succeeded');
    await expectMirror(down, 'leases');
    expect((await readGateState(harness.state, down.account)).consecutiveFailures).toBe(0);
  });

  it('an outage that begins in the middle of a run and ends is caught up with, without a dead letter', async ({
    harness,
    company,
    expect,
  }) => {
    await company.sync('workOrders', 'full');
    const [updated = 0, gone = 0] = company.world.ids('workOrders');
    company.world.update('workOrders', updated, { description: 'Changed' });
    company.world.delete('workOrders', gone);
    atPage(company, 2, () => company.simulator.faults.down({ forMs: 60_000 }));
    const runId = await company.request('workOrders', 'full');
    await until('the outage to be noticed', async () => (await company.run('workOrders', runId))?.status === 'waiting');
    const run = await company.finished('workOrders', runId);
    expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } });
    await expectMirror(company, 'workOrders');
    await expectToldEverything(company, 'workOrders');
    expect(harness.deadLetters()).toBe(0);
  });

  it('while the breaker is open for long, runs wait in the queue and use up nothing', { tags: 'long' }, async ({
    harness,
    company,
    expect,
  }) => {
    company.simulator.faults.down({ forMs: 120_000 });
    const run = await company.sync('vendors', 'full');
    expect(run.status).toBe('succeeded');
    expect(run.slices).toBeGreaterThan(0);
    await expectMirror(company, 'vendors');
    expect(harness.deadLetters()).toBe(0);
  });

  it('a server that never answers counts as down, and is waited for no longer than its time-out', async ({
    company,
    expect,
  }) => {
    company.simulator.faults.add({ kind: 'hang', times: 2 });
    expect((await company.sync('vendors', 'full')).status).toBe('succeeded');
    const [first = 0, second = 0] = company.simulator.requests.timestamps();
    expect(second - first).toBeGreaterThan(900);
    await expectMirror(company, 'vendors');
  });

  it('401, 403, 404 and unknown shapes never open the breaker', async ({ harness, company, expect }) => {
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
    async (fault, { company, expect }) => {
      const { retryAfter, as, waitMs, clockOffsetMs } = fault;
      company.simulator.setClockOffset(clockOffsetMs);
      company.simulator.faults.add({ kind: 'rateLimit', retryAfter, as, times: 1 });
      expect((await company.sync('vendors', 'full')).status).toBe('succeeded');
      await expectMirror(company, 'vendors');
      const [first = 0, second = 0] = company.simulator.requests.timestamps();
      expect(second - first).toBeGreaterThanOrEqual(waitMs);
      // A clock that is an hour off must not make it an hour.
      expect(second - first).toBeLessThan(waitMs + 120_000);
    },
  );

  it('an hour is waited for in the queue, by this account and no other', async ({ harness, expect }) => {
    const [limited, other] = [await harness.company(), await harness.company()];
    limited.simulator.faults.add({ kind: 'rateLimit', retryAfter: 3_600, times: 1 });
    const runId = await limited.request('vendors', 'full');
    await until('the run to wait', async () => (await limited.run('vendors', runId))?.status === 'waiting');
    const run = await limited.run('vendors', runId);
    const waitMs = Date.parse(run?.resumesAt ?? '') - harness.clock.now().getTime();
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
  it('revoked, the run fails and keeps its pages; accepted again, the next one goes on from there', async ({
    harness,
    expect,
  }) => {
    const company = await harness.company({ counts: { transactions: 120 } });
    await company.sync('transactions', 'full');
    company.simulator.requests.reset();
    atPage(company, 6, () => company.simulator.authentication().revoke());
    const failed = await company.sync('transactions', 'full');
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'UNAUTHENTICATED' } });
    const saved = await progressOf(harness.state, `${company.account}#transactions#${failed.runId}`).pages();
    expect(saved.length).toBeGreaterThan(0);

    company.simulator.authentication().restore();
    company.simulator.requests.reset();
    const run = await company.sync('transactions', 'full');
    expect(run).toMatchObject({ status: 'succeeded', runId: failed.runId });
    const asked = company.simulator.requests.all.map(({ page, pageSize }) => `${page}/${pageSize}`);
    expect(asked).not.toEqual([]);
    for (const { page, pageSize } of saved) expect(asked).not.toContain(`${page}/${pageSize}`);
    await expectMirror(company, 'transactions');
    expect(harness.deadLetters()).toBe(0);
  });
});

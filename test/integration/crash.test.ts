import pMap from 'p-map';
import { describe, expect } from 'vitest';
import { maxFailures } from '../../shared/dead-letters/receive-counts.ts';
import { progressOf } from '../../shared/store/progress.ts';
import { isFinished } from '../../shared/store/runs.ts';
import type { SyncJob } from '../../shared/sync/job.ts';
import { onStack } from '../fixtures.ts';
import type { Company } from './company.ts';
import { countRequests, crashAt, crashAtRequest } from './crash.ts';
import { eventually, until } from './eventually.ts';
import type { Harness } from './harness.ts';
import { expectMirror, expectToldEverything } from './mirror.ts';

const resource = 'vendors';
const counts = { vendors: 25 };

const it = onStack();

/** So many points spread over the run, the first and the last among them. */
const spread = (count: number, sample: number): number[] =>
  Array.from({ length: sample }, (_, index) => 1 + Math.round((index * (count - 1)) / (sample - 1)));

async function change({ world }: Company): Promise<void> {
  const [updated = 0, gone = 0, alsoGone = 0] = world.ids(resource);
  world.update(resource, updated, { phone: '(212) 555-0123' });
  world.delete(resource, gone);
  world.delete(resource, alsoGone);
}

describe('Promise 5, twice is fine: a worker that dies at any point', () => {
  const syncs = [
    { what: 'a first full sync', isLater: false },
    { what: 'a later full sync with changes and deletions', isLater: true },
  ];

  /** @param sample how many of the points, all by default */
  async function dieAtPoints(harness: Harness, isLater: boolean, sample?: number): Promise<void> {
    const prepare = async () => {
      const company = await harness.company({ counts });
      if (!isLater) return company;
      await company.sync(resource, 'full');
      await change(company);
      return company;
    };
    const whole = await prepare();
    const counting = countRequests(whole);
    expect((await whole.sync(resource, 'full')).status).toBe('succeeded');
    const count = counting.stop() - 1;

    await pMap(
      spread(count, sample ?? count),
      async (point) => {
        const company = await prepare();
        const crash = crashAtRequest(company, point);
        const runId = await company.request(resource, 'full');
        // How many requests a run takes varies a little, so the last point may never come.
        const crashed = await eventually('a crash or an end', async () => {
          const current = await company.run(resource, runId);
          return crash.happened() ?? (current !== undefined && isFinished(current) ? 'ended' : undefined);
        });
        crash.end();
        if (crashed !== 'ended') await harness.redeliver(crashed);
        const run = await company.finished(resource, runId);
        expect(run, `crash at ${point}`).toMatchObject({ status: 'succeeded' });
        await expectMirror(company, resource);
        await expectToldEverything(company, resource);
        const revisions = [...(await company.stored(resource)).values()].map(({ revision }) => revision);
        expect(Math.max(...revisions), `crash at ${point}`).toBe(isLater ? 2 : 1);
      },
      { concurrency: 3 },
    );
    expect(harness.deadLetters()).toBe(0);
  }

  it.for(syncs)(
    '$what, ended before some of its writes and reads of state, is finished by the next delivery',
    ({ isLater }, { harness }) => dieAtPoints(harness, isLater, 5),
  );
  it.for(syncs)(
    '$what, ended before any of its writes or reads of state, is finished by the next delivery',
    { tags: 'long' },
    ({ isLater }, { harness }) => dieAtPoints(harness, isLater),
  );

  it('pages whose checkpoint was saved are not read again', async ({ harness }) => {
    const company = await harness.company({ counts: { transactions: 110 } });
    await company.sync('transactions', 'full');
    company.simulator.requests.reset();
    let pages = 0;
    const crash = crashAt(company, ({ operation, body }) => {
      if (operation === 'PutItem' && JSON.stringify(body).includes('"page#')) pages += 1;
      return pages === 5;
    });
    const runId = await company.request('transactions', 'full');
    const crashed = await crash.moment();
    const scope = `${company.account}#transactions#${runId}`;
    const saved = await progressOf(harness.state, scope).pages();
    expect(saved.length).toBe(4);
    await harness.redeliver(crashed);
    expect((await company.finished('transactions', runId)).status).toBe('succeeded');
    await expectMirror(company, 'transactions');
    const asked = company.simulator.requests.all.map(({ page, pageSize }) => `${page}/${pageSize}`);
    for (const { page, pageSize } of saved) {
      expect(asked.filter((each) => each === `${page}/${pageSize}`)).toHaveLength(1);
    }
  });

  it('a job whose worker dies every time becomes one dead letter, and the next tick finishes its run', async ({
    harness,
  }) => {
    const company = await harness.company({ counts });
    const before = harness.deadLetters();
    const crash = crashAtRequest(company, 20);
    const runId = await company.request(resource, 'full');
    let crashed = await crash.moment();
    for (let receive = 2; receive <= maxFailures + 1; receive++) {
      const again = crashAtRequest(company, 5);
      await harness.redeliver(crashed);
      crashed = await again.moment();
    }
    await harness.redeliver(crashed);
    await until('the dead letter', () => harness.deadLetters() === before + 1);
    expect(await company.sync(resource, 'full')).toMatchObject({ status: 'succeeded', runId });
    await expectMirror(company, resource);
  });
});

/** Queues a message for the worker; in a `group` other than the resource's own, two run at once. */
const sendJob = (
  { platform }: Harness,
  job: SyncJob,
  { group = `${job.account}#${job.resource}` }: { readonly group?: string } = {},
): Promise<void> => platform.send('sync-jobs.fifo', JSON.stringify(job), { group });

describe('Promise 5, twice is fine: messages', () => {
  const jobOf = (company: Company, scheduledAt: Date, mode: 'full' | 'incremental' = 'full'): SyncJob => ({
    resource: 'leases',
    mode,
    scheduledAt: scheduledAt.toISOString(),
    correlationId: 'a-tick',
    activeOnly: false,
    account: company.account,
    runId: `${scheduledAt.toISOString()}-${mode}`,
  });

  it('a message delivered twice, and one that comes late, change nothing', async ({ harness, company }) => {
    const due = harness.clock.now();
    const run = await company.sync('leases', 'full', { scheduledAt: due });
    const requests = company.simulator.requests.count();
    await sendJob(harness, jobOf(company, due));
    const late = jobOf(company, new Date(due.getTime() - 60_000));
    await sendJob(harness, late);
    await until('the late job to be covered', async () => {
      return (await company.run('leases', late.runId))?.status === 'covered';
    });
    expect(company.simulator.requests.count()).toBe(requests);
    expect(await company.run('leases', run.runId)).toEqual(run);
    await expectMirror(company, 'leases');
    expect((await company.stored('leases')).get('1')?.revision).toBe(1);
  });

  it('messages that come out of order end in the newest state', async ({ harness, company }) => {
    const now = Date.now();
    const [older, newer] = [jobOf(company, new Date(now - 5_000), 'incremental'), jobOf(company, new Date(now))];
    await sendJob(harness, newer);
    await sendJob(harness, older);
    expect((await company.finished('leases', newer.runId)).status).toBe('succeeded');
    await company.finished('leases', older.runId);
    await expectMirror(company, 'leases');
    expect((await company.run('leases', older.runId))?.status).toBe('covered');
  });

  it('two copies of one job at the same time end in the same records as one', async ({ harness }) => {
    const company = await harness.company({ simulator: { latencyMs: 30, projections: 'same' } });
    const job = jobOf(company, new Date());
    const underWay = () => harness.stack.queueDepths()[harness.platform.nameOf('sync-jobs.fifo')]?.inFlight ?? 0;
    const before = underWay();
    await Promise.all([sendJob(harness, job, { group: 'one' }), sendJob(harness, job, { group: 'another' })]);
    await until('both copies to begin', () => underWay() === before + 2);
    await company.finished('leases', job.runId);
    await until('both copies to end', () => underWay() === before);
    expect((await company.run('leases', job.runId))?.status).toBe('succeeded');
    await expectMirror(company, 'leases');
    await expectToldEverything(company, 'leases');
    const revisions = [...(await company.stored('leases')).values()].map(({ revision }) => revision);
    expect(Math.max(...revisions)).toBe(1);

    // Over changed data, too.
    const [updated = 0, gone = 0] = company.world.ids('leases');
    company.world.update('leases', updated, { code: 'CHANGED' });
    company.world.delete('leases', gone);
    const second = jobOf(company, new Date());
    await Promise.all([sendJob(harness, second, { group: 'one' }), sendJob(harness, second, { group: 'another' })]);
    await company.finished('leases', second.runId);
    await expectMirror(company, 'leases');
    expect((await company.record('leases', updated)).revision).toBe(2);
    expect((await company.record('leases', gone)).revision).toBe(2);
  });
});

import { describe, expect } from 'vitest';
import { onStack } from '../fixtures.ts';
import { type WebhookClient, webhooksOf } from '../webhooks/webhook-harness.ts';
import type { Company, CompanyOptions } from './company.ts';
import { until } from './eventually.ts';
import type { Harness } from './harness.ts';
import { expectToldEverything } from './mirror.ts';

const it = onStack();

const leaseCount = 25;

/** A company whose lists and single reads carry different fields, as Rentvine's do, synced once. */
async function syncedCompany(
  harness: Harness,
  simulator: CompanyOptions['simulator'] = {},
): Promise<[Company, WebhookClient]> {
  const company = await harness.company({
    counts: { leases: leaseCount },
    simulator: { projections: 'real', ...simulator },
  });
  const webhooks = webhooksOf(company);
  await webhooks.enable();
  expect((await company.sync('leases', 'full')).status).toBe('succeeded');
  return [company, webhooks];
}

/** Tells of leases, and waits until they have been read and stored. */
async function tell(webhooks: WebhookClient, ...ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    const event = { eventType: 'Lease Updated', objectID: String(id), objectTypeID: '4' };
    expect((await webhooks.post(webhooks.about(event))).status).toBe(202);
  }
  await until('all hints are worked off', () => webhooks.queued() === 0);
  expect(await webhooks.deadLetters()).toEqual([]);
}

/** What `work` writes to the records of a company. */
async function recordWrites({ account, harness }: Company, work: () => Promise<unknown>): Promise<string[]> {
  const writes: string[] = [];
  const stop = harness.intercept(({ service, operation, body }) => {
    const isRecord = service === 'dynamodb' && body.TableName === harness.records.name;
    if (isRecord && /Put|Update|Delete|Execute/.test(operation) && JSON.stringify(body).includes(account)) {
      writes.push(operation);
    }
    return undefined;
  });
  await work();
  stop();
  return writes;
}

async function expectNothingNew(company: Company, work: () => Promise<unknown>): Promise<void> {
  await company.harness.stack.idle();
  const before = await company.stored('leases');
  const told = company.events('leases').length;
  expect(await recordWrites(company, work)).toEqual([]);
  await company.harness.stack.idle();
  expect(await company.stored('leases')).toEqual(before);
  expect(company.events('leases')).toHaveLength(told);
}

describe.each(['withSiblings', 'alone', 'flat'] as const)(
  'a record is the merge of both kinds of read (%s)',
  (singleReads) => {
    it('what only a single read knows stays when lists come by, until a single read has it no more', async ({
      harness,
    }) => {
      const [company, webhooks] = await syncedCompany(harness, { singleReads });
      const [id = 0] = company.world.ids('leases');
      const fromList = (await company.record('leases', id)).data;
      expect(fromList).not.toHaveProperty('noticeDate');
      expect(fromList).toMatchObject({ balances: expect.anything(), tenants: expect.anything() });

      company.world.update('leases', id, { noticeDate: '2026-03-01' });
      await tell(webhooks, id);
      const noticed = await company.record('leases', id);
      expect(noticed.data).toEqual({
        ...fromList,
        noticeDate: '2026-03-01',
        dateTimeModified: noticed.data.dateTimeModified,
      });
      await expectNothingNew(company, async () => {
        expect(await company.sync('leases', 'full')).toMatchObject({ counts: { updated: 0, unchanged: leaseCount } });
        await company.sync('leases', 'incremental');
      });

      company.world.update('leases', id, { noticeDate: null });
      await tell(webhooks, id);
      expect((await company.record('leases', id)).data).not.toHaveProperty('noticeDate');
      await expectToldEverything(company, 'leases');
      const changes = company.events('leases').findLast((event) => event.id === String(id))?.changes;
      expect(changes).toContainEqual({ field: 'noticeDate', previous: '2026-03-01' });
      expect(changes?.map(({ field }) => field).filter((field) => field !== 'dateTimeModified')).toEqual([
        'noticeDate',
      ]);
      await expectNothingNew(company, () => company.sync('leases', 'full'));
    });
  },
);

describe('a record that both kinds of read know', () => {
  it('loses what a list carries and has no more, and keeps what it never carries', async ({ harness }) => {
    const [company, webhooks] = await syncedCompany(harness);
    const [id = 0] = company.world.ids('leases');
    company.world.update('leases', id, { noticeDate: '2026-03-01', code: 'BOTH' });
    await tell(webhooks, id);
    company.world.update('leases', id, { code: null });
    expect(await company.sync('leases', 'full')).toMatchObject({ counts: { updated: 1 } });
    const { data } = await company.record('leases', id);
    expect(data).toMatchObject({ noticeDate: '2026-03-01' });
    expect(data).not.toHaveProperty('code');
    await expectToldEverything(company, 'leases');
    const last = company.events('leases').findLast((event) => event.id === String(id));
    expect(last?.changes).toContainEqual({ field: 'code', previous: 'BOTH' });
  });

  it('has a revision for what single reads add, and then none for any read that says nothing new', async ({
    harness,
  }) => {
    const [company, webhooks] = await syncedCompany(harness);
    const ids = company.world.ids('leases');
    await tell(webhooks, ...ids);
    const withNotice = company.world.all('leases').filter(({ noticeDate }) => noticeDate).length;
    const revisions = [...(await company.stored('leases')).values()].map(({ revision }) => revision);
    expect(revisions.filter((revision) => revision === 2)).toHaveLength(withNotice);
    expect(Math.max(...revisions)).toBeLessThanOrEqual(2);
    await expectNothingNew(company, async () => {
      await company.sync('leases', 'full');
      await tell(webhooks, ...ids);
      await company.sync('leases', 'full');
    });
  });
});

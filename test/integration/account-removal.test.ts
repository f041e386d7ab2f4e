import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../infra/cli/command.ts';
import { commands } from '../../infra/cli/commands.ts';
import { readHealthSummary } from '../../shared/health/health-summary.ts';
import { keepDeadLetter } from '../../shared/store/dead-letters.ts';
import { placeHold } from '../../shared/store/deletion-hold.ts';
import { type Item, putItem, type Table } from '../../shared/store/dynamo-table.ts';
import { noteFailure } from '../../shared/store/message-failures.ts';
import { quarantine } from '../../shared/store/quarantine.ts';
import { runIdOf, type SyncJob } from '../../shared/sync/job.ts';
import { webhooksOf } from '../webhooks/webhook-harness.ts';
import { allResources, type Company } from './company.ts';
import { playTick } from './emitted-metrics.ts';
import { until } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';

const leaving = 'leaving-customer';
const staying = 'staying-customer';
const minuteMs = 60_000;

let data: string;
let harness: Harness;
const companies = new Map<string, Company>();

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'account-removal-'));
  harness = await startHarness({ dataDir: join(data, 'stack') });
  for (const name of [leaving, staying]) {
    const company = await harness.company({ name });
    companies.set(name, company);
    await fill(company);
  }
  await tick('business-reporter');
  await tick('watcher');
  return async () => {
    await harness.stop();
    await rm(data, { recursive: true });
  };
});

const ops = (line: string) => runCommand(commands, [...line.split(' '), '--data', data]);
const tick = (service: string) => playTick(harness, service, harness.clock.now().getTime());
const companyOf = (name: string): Company => {
  const company = companies.get(name);
  if (company === undefined) throw new Error(`There is no ${name}.`);
  return company;
};

/** Leaves something of every kind that is stored of an account. */
async function fill(company: Company): Promise<void> {
  const { account } = company;
  const { state, clock } = harness;
  await company.syncAll(allResources, 'full');
  const webhooks = webhooksOf(company);
  await webhooks.enable();
  const known = webhooks.about({ eventType: 'workOrder.updated', objectID: '1', objectTypeID: '16' });
  const unknown = webhooks.about({ eventType: 'pet.adopted', objectID: '1' });
  for (const delivery of [known, unknown]) expect((await webhooks.post(delivery)).status).toBe(202);
  await until('the hints to be done', () => webhooks.queued() === 0);
  const row = { id: '5', reason: 'rent: no number', seenAt: '2026-03-01T11:00:00Z', runId: 'r-1' };
  await quarantine(state, company.collection('leases'), row, clock.now());
  const hold = { runId: 'r', heldAt: clock.now().toISOString(), missing: 90, known: 100, limit: 10 };
  await placeHold(state, company.collection('units'), hold);
  // As a run that is interrupted leaves it.
  await putItem(state, { pk: `progress#${account}#leases#r-1`, sk: 'page#1#0000001' });
  const failure = { code: 'INTERNAL', message: 'It failed.', account, resource: 'leases' };
  await noteFailure(state, `m-${account}`, failure, 1, clock.now());
  const letter = {
    id: `letter-of-${account}`,
    source: 'sync-jobs',
    deadLetterQueue: 'dlq',
    code: 'INTERNAL',
    message: 'It failed.',
    account,
    firstFailedAt: clock.now().toISOString(),
    lastFailedAt: clock.now().toISOString(),
    receiveCount: 5,
    attributes: {},
    target: { kind: 'function', functionName: 'f' },
    body: JSON.stringify({ account }),
  } as const;
  await keepDeadLetter(state, letter, clock.now());
}

async function itemsOf({ client, name }: Table, account: string): Promise<Item[]> {
  const found: Item[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({ TableName: name, ExclusiveStartKey: from, ConsistentRead: true }),
    );
    found.push(...Items.filter((item) => JSON.stringify(item).includes(account)));
    from = LastEvaluatedKey;
  } while (from !== undefined);
  return found;
}

const everythingOf = async (account: string) => ({
  records: await itemsOf(harness.records, account),
  state: (await itemsOf(harness.state, account)).filter(({ pk }) => !pk.startsWith('audit#')),
});
const auditOf = async (account: string) =>
  (await itemsOf(harness.state, account)).filter(({ pk }) => pk.startsWith('audit#'));
const kinds = (items: readonly Item[]) => [...new Set(items.map(({ pk }) => pk.split('#')[0]))].sort();

const jobOf = (account: string, scheduledAt: Date): SyncJob => {
  const request = { resource: 'leases', mode: 'full', activeOnly: false, correlationId: 'c-late' } as const;
  const tickOf = { ...request, scheduledAt: scheduledAt.toISOString() };
  return { ...tickOf, account, runId: runIdOf(tickOf) };
};

describe('npm run ops -- account remove NAME --purge', () => {
  it('asks for the name once more, and says what it would do', async () => {
    await expect(ops(`account remove ${leaving}`)).rejects.toThrow(`npm run ops -- account pause ${leaving}`);
    await expect(ops(`account remove ${leaving} --purge`)).rejects.toThrow(`Add --confirm ${leaving} to do it.`);
    expect(await ops(`account remove ${leaving} --purge --confirm ${staying}`)).toBe(1);
    await expect(ops('account remove nobody --purge --confirm nobody')).rejects.toThrow(
      'nothing of an account "nobody"',
    );
    expect(await auditOf(leaving)).toEqual([]);
  });

  it('pauses the account first, and deletes nothing while something may still work for it', async () => {
    const before = await everythingOf(leaving);
    // What the test below proves is of something.
    expect(kinds(before.state)).toEqual(
      [
        'account',
        'account-directory',
        'business',
        'business-places',
        'dead-letter',
        'dead-letters',
        'message-failure',
        'progress',
        'quarantine',
        'sync',
        'unknown-events',
        'webhook-rate',
        'webhook-token',
      ].sort(),
    );
    expect(before.records.length).toBeGreaterThan(100);
    const purge = ops(`account remove ${leaving} --purge --confirm ${leaving}`);
    await expect(purge).rejects.toThrow(`${leaving} is paused now`);
    const after = await everythingOf(leaving);
    expect([after.records.length, after.state.length]).toEqual([before.records.length, before.state.length]);

    // Planner, worker, receiver, reporter and watcher do nothing for it.
    await expect(harness.platform.plan({ resource: 'leases', mode: 'full', accounts: [leaving] })).rejects.toThrow(
      'paused',
    );
    const planned = await harness.platform.plan({ resource: 'vendors', mode: 'incremental' });
    expect(planned.map(({ account }) => account)).toEqual([staying]);
    await companyOf(staying).finished('vendors', planned[0]?.runId ?? '');
    harness.clock.turn(minuteMs);
    const webhooks = webhooksOf(companyOf(leaving));
    expect((await webhooks.post(webhooks.about({ eventType: 'leaseUpdated', objectID: '1' }))).status).toBe(401);
    await sendJob(jobOf(leaving, harness.clock.now()));
    await tick('watcher');
    await tick('business-reporter');
    expect(JSON.stringify(await readHealthSummary(harness.state))).not.toContain(leaving);
    const quiet = await everythingOf(leaving);
    expect([quiet.records.length, quiet.state.length]).toEqual([before.records.length, before.state.length]);
  });

  it('goes on after it was interrupted, and leaves nothing of the account in any table but its audit', async () => {
    harness.clock.turn(5 * minuteMs);
    const others = await everythingOf(staying);
    let writes = 0;
    const stop = harness.intercept(({ operation }) => {
      if (operation === 'BatchWriteItem') writes += 1;
      return writes === 4
        ? { status: 400, type: 'AccessDeniedException', message: 'The laptop was closed.' }
        : undefined;
    });
    await expect(ops(`account remove ${leaving} --purge --confirm ${leaving}`)).rejects.toThrow();
    stop();
    expect((await everythingOf(leaving)).records.length).toBeGreaterThan(0);
    expect(await ops(`account remove ${leaving} --purge --confirm ${leaving}`)).toBe(0);
    expect(await everythingOf(leaving)).toEqual({ records: [], state: [] });
    expect(await everythingOf(staying)).toEqual(others);
    expect((await harness.platform.accounts()).map(({ name }) => name)).toEqual([staying]);

    const entries = await auditOf(leaving);
    expect(entries.map(({ action, details }) => [action, details.phase])).toEqual([
      ['pause-account', undefined],
      ['purge-account', 'begun'],
      ['purge-account', 'begun'],
      ['purge-account', 'done'],
    ]);
    expect(new Set(entries.map(({ operator }) => operator))).toEqual(new Set([`local user ${userInfo().username}`]));
  });

  it('leaves nothing for messages that come late: they are dropped, and the watcher does not enter it again', async () => {
    await sendJob(jobOf(leaving, harness.clock.now()));
    await tick('watcher');
    await tick('business-reporter');
    expect(await harness.platform.plan({ resource: 'vendors', mode: 'full' })).toMatchObject([{ account: staying }]);
    expect(await everythingOf(leaving)).toEqual({ records: [], state: [] });
  });
});

/** Queues a job and waits until the worker has taken it. */
async function sendJob(job: SyncJob): Promise<void> {
  const done = harness.workerEnd(job);
  await harness.platform.send('sync-jobs.fifo', JSON.stringify(job), { group: `${job.account}#${job.resource}` });
  await done;
}

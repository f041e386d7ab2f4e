import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { approveHold, liftHold, placeHold, readHold } from './deletion-hold.ts';
import { batchGet } from './dynamo-table.ts';
import { type PageRead, progressOf } from './progress.ts';
import { quarantine, quarantinedRows, releaseQuarantined } from './quarantine.ts';
import { isFinished, newRun, readRun, recentRuns, saveRun } from './runs.ts';
import { readSyncState, updateSyncState } from './sync-state.ts';

const tables = emptyTables();
const collection = { account: 'acme', resource: 'leases' };
const now = new Date('2026-01-01T02:00:00Z');
const days = 86_400;

const partition = async (pk: string) => {
  const { Items } = await tables.state.client.send(
    new QueryCommand({
      TableName: tables.state.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
    }),
  );
  return Items ?? [];
};

describe('the sync state', () => {
  it('sets and removes single fields and leaves the others', async () => {
    await expect(readSyncState(tables.state, collection)).resolves.toEqual({});
    await updateSyncState(tables.state, collection, { cursor: 'a', pageCapacity: 250, activeRunId: 'r' });
    await updateSyncState(tables.state, collection, { activeRunId: null, freshAt: 'f' });
    await updateSyncState(tables.state, collection, { activeRunId: null });
    await expect(readSyncState(tables.state, collection)).resolves.toEqual({
      cursor: 'a',
      pageCapacity: 250,
      freshAt: 'f',
    });
    await expect(readSyncState(tables.state, { ...collection, resource: 'units' })).resolves.toEqual({});
  });
});

describe('runs', () => {
  const run = (runId: string) =>
    newRun({ runId, mode: 'full', activeOnly: false, pageSize: 250, correlationId: 'c' }, now);

  it('come back as they were saved, newest first, and expire after a month', async () => {
    const ids = ['2026-01-01', '2026-01-03', '2026-01-02'];
    for (const id of ids) await saveRun(tables.state, collection, { ...run(id), since: 's' }, now);
    await expect(readRun(tables.state, collection, '2026-01-02')).resolves.toEqual({
      ...run('2026-01-02'),
      since: 's',
    });
    await expect(readRun(tables.state, collection, 'none')).resolves.toBeUndefined();
    const recent = await recentRuns(tables.state, collection, 2);
    expect(recent.map(({ runId }) => runId)).toEqual(['2026-01-03', '2026-01-02']);
    const [item] = await partition(`sync#${collection.account}#leases`);
    expect(item?.expiresAt).toBe(now.getTime() / 1000 + 30 * days);
  });

  it('are over unless they run or wait', () => {
    const statuses = ['running', 'waiting', 'succeeded', 'failed', 'held', 'covered'] as const;
    expect(statuses.filter((status) => isFinished({ ...run('1'), status }))).toEqual([
      'succeeded',
      'failed',
      'held',
      'covered',
    ]);
  });
});

describe('a run’s progress', () => {
  const page = (pass: number, index: number): PageRead => ({
    pass,
    index,
    page: index,
    pageSize: 250,
    size: 2,
    ids: ['1', '2'],
    rejected: [{ id: '2' }, {}],
    created: 1,
    updated: 0,
  });

  it('comes back in order, saved twice or not, and is gone when the run is cleared', async () => {
    const progress = progressOf(tables.state, `${collection.account}#leases#1`);
    const other = progressOf(tables.state, `${collection.account}#leases#2`);
    const pages = [page(1, 1), page(1, 2), page(1, 10), page(2, 1)];
    for (const each of [...pages.toReversed(), page(1, 2)]) await progress.savePage(each, now);
    await other.savePage(page(1, 1), now);
    const verified = {
      gone: [{ id: '9', requestedAt: 'a', answeredAt: 'b' }],
      there: ['8', '7'],
      forbidden: ['7'],
      rejected: ['8'],
      created: 0,
      updated: 1,
    };
    await progress.saveVerified(0, verified, now);
    await expect(progress.pages()).resolves.toEqual(pages);
    await expect(progress.verified()).resolves.toEqual([verified]);
    await progress.clear();
    await expect(progress.pages()).resolves.toEqual([]);
    await expect(progress.verified()).resolves.toEqual([]);
    await expect(other.pages()).resolves.toHaveLength(1);
  });
});

describe('the quarantine', () => {
  it('keeps one entry a row, for each resource apart, until it is released', async () => {
    const row = (id: string, runId: string) => ({ id, reason: 'r', seenAt: 's', runId });
    for (const runId of ['1', '2']) await quarantine(tables.state, collection, row('7', runId), now);
    await quarantine(tables.state, collection, row('8', '2'), now);
    await expect(quarantinedRows(tables.state, collection)).resolves.toEqual([row('7', '2'), row('8', '2')]);
    await releaseQuarantined(tables.state, { ...collection, resource: 'units' }, ['7']);
    await releaseQuarantined(tables.state, collection, ['7', 'unknown']);
    await expect(quarantinedRows(tables.state, collection)).resolves.toEqual([row('8', '2')]);
    await releaseQuarantined(tables.state, collection, []);
  });
});

describe('a held deletion', () => {
  const hold = { runId: 'r', heldAt: 'h', missing: 90, known: 100, limit: 10 };

  it('is approved by name, once it exists, and the approval is on record', async () => {
    const at = new Date('2031-05-06T07:08:09Z');
    await expect(approveHold(tables.state, collection, 'ann', at)).resolves.toBeUndefined();
    await placeHold(tables.state, collection, hold);
    await expect(readHold(tables.state, collection)).resolves.toEqual(hold);
    await expect(approveHold(tables.state, collection, 'ann', at)).resolves.toEqual({
      ...hold,
      approvedBy: 'ann',
      approvedAt: at.toISOString(),
    });
    const entries = await partition('audit#2031-05');
    expect(entries).toMatchObject([
      { action: 'approve-deletions', operator: 'ann', at: at.toISOString(), details: { ...collection, missing: 90 } },
    ]);
    expect(entries[0]).not.toHaveProperty('expiresAt');
  });

  it('must be approved anew when more is held, and is gone when it is lifted', async () => {
    await placeHold(tables.state, collection, hold);
    await approveHold(tables.state, collection, 'ann', now);
    await placeHold(tables.state, collection, { ...hold, runId: 'r2', missing: 95 });
    await expect(readHold(tables.state, collection)).resolves.toEqual({ ...hold, runId: 'r2', missing: 95 });
    await liftHold(tables.state, collection);
    await liftHold(tables.state, collection);
    await expect(readHold(tables.state, collection)).resolves.toBeUndefined();
  });
});

describe('reading many items', () => {
  it('asks for hundreds in several calls', async () => {
    const keys = Array.from({ length: 230 }, (_, index) => ({ pk: 'many', sk: String(index) }));
    for (const key of keys)
      await tables.state.client.send(new PutCommand({ TableName: tables.state.name, Item: { ...key, hash: 'x' } }));
    tables.requests.length = 0;
    await expect(batchGet(tables.state, keys, ['sk', 'hash'])).resolves.toHaveLength(230);
    expect(tables.requests).toHaveLength(3);
    await expect(batchGet(tables.state, [], ['sk'])).resolves.toEqual([]);
  });
});

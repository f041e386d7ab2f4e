import { beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { BreakerOpenError, ContractError, NotFoundError, UnavailableError } from '../errors.ts';
import type { ListPage, OneAnswer, RentvineClient } from '../rentvine/client.ts';
import type { Resource } from '../rentvine/resource.ts';
import { leases } from '../rentvine/resources/leases.ts';
import { transactions } from '../rentvine/resources/transactions.ts';
import { tryOneBy } from '../rentvine/testing/try-one.ts';
import { approveHold, readHold } from '../store/deletion-hold.ts';
import { fieldKnowledge } from '../store/field-knowledge.ts';
import { quarantinedRows } from '../store/quarantine.ts';
import { allRecords, liveIds, readRecord, type StoredRecord } from '../store/records.ts';
import { newRun, type Run, readRun } from '../store/runs.ts';
import { readSyncState } from '../store/sync-state.ts';
import { deletionLimit } from './deletion-guard.ts';
import { workOnRun } from './run-sync.ts';
import type { SliceEnd, SyncSlice } from './slice.ts';
import { refusedReason, storePage } from './store-answers.ts';

const tables = emptyTables();
let clockMs = 0;
const account = 'acme';
/** What Rentvine has, by id. */
let source: Map<string, Record<string, unknown>>;
/** What single reads do instead of answering what there is. */
let single: (id: string) => void;
let singleReads: string[];
let listReads = 0;
let onList: (page: number) => void | Promise<void>;
let resource: Resource = leases;
/** How the list shows its ids, which are in their order, at this moment. */
let arrange: (ids: string[]) => string[];
/** What the list claims to have, by the number of rows it has. */
let claims: ((rows: number) => number) | undefined;

beforeEach(() => {
  clockMs = Date.UTC(2026, 0, 1);
  source = new Map();
  single = () => {};
  singleReads = [];
  listReads = 0;
  onList = () => {};
  resource = leases;
  arrange = (ids) => ids;
  claims = undefined;
});

const tick = (): Date => {
  clockMs += 10;
  return new Date(clockMs);
};
const parsed = (id: string, data: Record<string, unknown>) => ({ id, data });

const readOne: RentvineClient['readOne'] = async (_, id): Promise<OneAnswer> => {
  singleReads.push(id);
  const requestedAt = tick();
  single(id);
  const data = source.get(id);
  if (data === undefined) throw new NotFoundError('gone', false);
  return { ...parsed(id, data), requestedAt, answeredAt: tick() };
};

const client: RentvineClient = {
  async listPage({ name }, { page, pageSize }): Promise<ListPage> {
    if (name !== resource.name) {
      return { rows: [], rejected: [], ids: [], size: 0, requestedAt: tick(), answeredAt: tick() };
    }
    listReads += 1;
    const requestedAt = tick();
    await onList(page);
    const ids = arrange([...source.keys()].sort((a, b) => Number(a) - Number(b)));
    const all = ids.map((id) => [id, source.get(id) ?? {}] as const);
    const slice = all.slice((page - 1) * pageSize, page * pageSize);
    const bad = slice.filter(([, data]) => 'bad' in data).map(([id]) => ({ id, reason: 'lease.bad is not good' }));
    return {
      rows: slice.filter(([, data]) => !('bad' in data)).map(([id, data]) => parsed(id, data)),
      rejected: bad,
      ids: slice.map(([id]) => id),
      size: slice.length,
      ...(claims !== undefined && { claim: { totalItems: claims(source.size) } }),
      requestedAt,
      answeredAt: tick(),
    };
  },
  readOne,
  tryOne: tryOneBy(readOne),
};

const slice = (rest: Partial<SyncSlice> = {}): SyncSlice => ({
  account: {
    name: account,
    baseUrl: 'http://localhost',
    auth: { scheme: 'basic', accessKey: 'key-key-key', secret: 'secret-secret' },
  },
  resource,
  client,
  records: tables.records,
  state: tables.state,
  guard: { percent: 5, atLeast: 10 },
  maxInFlight: 4,
  now: () => new Date(clockMs),
  endsAt: Number.MAX_SAFE_INTEGER,
  requests: () => 0,
  ...rest,
});
const plan = (runId: string): Run =>
  newRun({ runId, mode: 'full', activeOnly: false, pageSize: 20, correlationId: 'c-1' }, tick());
const collection = () => ({ account, resource: resource.name });
const sync = (runId: string, rest: Partial<SyncSlice> = {}): Promise<SliceEnd> => workOnRun(slice(rest), plan(runId));
const fill = (count: number) => {
  for (let id = 1; id <= count; id++) source.set(String(id), { rent: id });
};
const live = async () => {
  const ids: string[] = [];
  for await (const page of liveIds(tables.records, collection())) ids.push(...page);
  return ids.map(Number).sort((a, b) => a - b);
};
const everything = async () => {
  const records: StoredRecord[] = [];
  for await (const record of allRecords(tables.records, collection())) records.push(record);
  return records;
};

describe('a list that Rentvine does not have', () => {
  const absent = () => {
    onList = () => {
      throw new NotFoundError('Rentvine does not know the list (404)', true);
    };
  };
  const hours = (count: number) => {
    clockMs += count * 3_600_000;
  };

  it('is switched off for the account, and looked for again once a day', async () => {
    absent();
    const { run } = await sync('1');
    expect(run).toMatchObject({ status: 'covered', remark: expect.stringContaining('/leases/export (404)') });
    expect(run.error).toBeUndefined();
    expect(listReads).toBe(1);
    hours(23);
    expect((await sync('2')).run.status).toBe('covered');
    expect(listReads).toBe(1);
    const state = await readSyncState(tables.state, collection());
    expect(state).toMatchObject({ anyStartedAt: expect.any(String) });
    expect(state.fullStartedAt).toBeUndefined();
    hours(2);
    fill(3);
    onList = () => {};
    expect((await sync('3')).run).toMatchObject({ status: 'succeeded', counts: { created: 3 } });
    hours(1);
    expect((await sync('4')).run.status).toBe('succeeded');
  });

  it('is looked for at once when its path is corrected', async () => {
    absent();
    await sync('1');
    onList = () => {};
    fill(3);
    const paths = { leases: { list: '/leases/elsewhere' } };
    expect((await sync('2', { account: { ...slice().account, paths } })).run).toMatchObject({
      status: 'succeeded',
      counts: { created: 3 },
    });
  });

  it('is a failure where it was read before, or where nothing else is answered either', async () => {
    const failed = { status: 'failed', error: { code: 'NOT_FOUND' } };
    absent();
    const nowhere: RentvineClient = {
      ...client,
      listPage: () => Promise.reject(new NotFoundError('Rentvine does not know the list (404)', false)),
    };
    expect((await sync('1', { client: nowhere })).run).toMatchObject(failed);
    onList = () => {};
    fill(3);
    await sync('2');
    absent();
    expect((await sync('3')).run).toMatchObject(failed);
  });
});

describe('a row that cannot be kept', () => {
  it('is quarantined with its reason and counted, stops nothing, and never lets its record be marked deleted', async () => {
    fill(30);
    await sync('1');
    source.set('5', { bad: true });
    source.set('6', { text: 'x'.repeat(410_000) });
    const { kind, run } = await sync('2');
    expect(kind).toBe('finished');
    expect(run).toMatchObject({
      status: 'succeeded',
      counts: { quarantined: 2, unchanged: 28, deleted: 0, fetched: 30 },
    });
    expect(await quarantinedRows(tables.state, collection())).toMatchObject([
      { id: '5', reason: 'lease.bad is not good' },
      { id: '6', reason: refusedReason },
    ]);
    expect(await live()).toHaveLength(30);
    source.set('5', { rent: 5 });
    source.delete('6');
    await sync('3');
    expect(await quarantinedRows(tables.state, collection())).toEqual([]);
    expect(await live()).not.toContain(6);
  });

  it('is quarantined too when it is met while missing records are asked about one by one', async () => {
    fill(30);
    await sync('1');
    onList = () => {
      source.delete('5');
      source.delete('6');
      source.delete('7');
    };
    single = (id) => {
      if (id === '5') source.set('5', { text: 'x'.repeat(410_000) });
      if (id === '6') throw new ContractError('lease.rent does not fit');
      if (id === '7') source.set('7', { rent: 'found again' });
    };
    const { run } = await sync('2');
    expect(run).toMatchObject({ status: 'succeeded', counts: { quarantined: 2, deleted: 0, updated: 1 } });
    expect(await quarantinedRows(tables.state, collection())).toMatchObject([
      { id: '5', reason: refusedReason },
      { id: '6', reason: 'lease.rent does not fit' },
    ]);
    expect(await live()).toHaveLength(30);
  });
});

describe('promise 6: no accidental deletion', () => {
  it('allows five percent of what is known, and always ten', () => {
    const guard = { percent: 5, atLeast: 10 };
    expect([0, 100, 200, 201, 220, 10_000].map((known) => deletionLimit(guard, known))).toEqual([
      10, 10, 10, 10, 11, 500,
    ]);
  });

  it('marks deleted exactly what Rentvine says is gone', async () => {
    fill(40);
    await sync('1');
    for (const id of ['3', '4']) source.delete(id);
    const { run } = await sync('2');
    expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 2, unchanged: 38 } });
    expect((await everything()).filter(({ deletedAt }) => deletedAt).map(({ id }) => id)).toEqual(['3', '4']);
  });

  it('believes no single read that does not find even what the list has', async () => {
    fill(40);
    await sync('1');
    source.delete('3');
    single = () => {
      throw new NotFoundError('no such path', false);
    };
    const { run } = await sync('2');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'CONTRACT' } });
    expect(await live()).toHaveLength(40);
  });

  it('keeps one object that Rentvine fails on, and ends well, as long as others are answered', async () => {
    fill(40);
    await sync('1');
    for (const id of ['3', '4']) source.delete(id);
    single = (id) => {
      if (id === '3') throw new UnavailableError('500');
    };
    const { run } = await sync('2');
    expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 1, quarantined: 1 } });
    expect(await live()).toHaveLength(39);
    expect((await quarantinedRows(tables.state, collection())).map(({ id }) => id)).toEqual(['3']);
  });

  it('takes an account that goes down while a failing object is asked about for an outage, and not for that object’s failure', async () => {
    fill(40);
    await sync('1');
    for (const id of ['3', '4']) source.delete(id);
    let failures = 0;
    single = (id) => {
      if (id !== '3') return;
      failures += 1;
      throw failures === 1 ? new UnavailableError('500') : new BreakerOpenError('opened by others', 1_000);
    };
    await expect(sync('2')).resolves.toMatchObject({ kind: 'postponed', run: { error: { code: 'BREAKER_OPEN' } } });
    expect(await quarantinedRows(tables.state, collection())).toEqual([]);
  });

  it('takes a "not found" of the front end for an outage, and goes on from there later', async () => {
    fill(40);
    await sync('1');
    source.delete('3');
    single = () => {
      throw new NotFoundError('a page', true);
    };
    const end = await sync('2');
    expect(end).toMatchObject({
      kind: 'postponed',
      run: { status: 'waiting', phase: 'verify', error: { code: 'UNAVAILABLE' } },
    });
    expect(await live()).toHaveLength(40);
    single = () => {};
    listReads = 0;
    const { run } = await workOnRun(slice(), end.run);
    expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } });
    expect(listReads).toBe(0);
  });

  it('holds a deletion beyond the guard after few questions, until an operator approves it, for one run', async () => {
    fill(100);
    await sync('1');
    for (let id = 1; id <= 60; id++) source.delete(String(id));
    const { run } = await sync('2');
    expect(run).toMatchObject({ status: 'held', error: { code: 'DELETION_HELD' }, counts: { deleted: 0 } });
    expect(singleReads.length).toBeLessThan(50);
    expect(await readHold(tables.state, collection())).toMatchObject({
      runId: '2',
      missing: 60,
      known: 100,
      limit: 10,
    });
    expect(await live()).toHaveLength(100);
    await approveHold(tables.state, collection(), 'someone', tick());
    await expect(sync('3')).resolves.toMatchObject({ run: { status: 'succeeded', counts: { deleted: 60 } } });
    expect(await readHold(tables.state, collection())).toBeUndefined();
    expect(await live()).toHaveLength(40);
  });

  it('holds an empty answer where there were many rows', async () => {
    fill(100);
    await sync('1');
    source.clear();
    await expect(sync('2')).resolves.toMatchObject({ run: { status: 'held' } });
    expect(await live()).toHaveLength(100);
  });

  it('counts the same records when it is interrupted while it marks them, and finishes what it began', async () => {
    const guard = { percent: 10, atLeast: 1 };
    fill(100);
    await sync('1');
    for (let id = 1; id <= 10; id++) source.delete(String(id));
    let marked = 0;
    tables.intercept = ({ operation, body }) => {
      if (operation !== 'UpdateItem' || !String(body.UpdateExpression).startsWith('SET deletedAt')) return;
      marked += 1;
      if (marked > 5) throw new Error('the process was killed');
    };
    await expect(sync('2', { guard })).rejects.toThrow('killed');
    tables.intercept = () => {};
    const interrupted = await readRun(tables.state, collection(), '2');
    if (interrupted === undefined) throw new Error('the run is gone');
    singleReads = [];
    const { run } = await workOnRun(slice({ guard }), interrupted);
    expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 10 } });
    expect(singleReads).toEqual([]);
    expect(await live()).toHaveLength(90);
  });

  it('stops between deletions where time runs out', async () => {
    fill(150);
    await sync('1');
    for (let id = 1; id <= 120; id++) source.delete(String(id));
    await sync('2');
    await approveHold(tables.state, collection(), 'someone', tick());
    let deletions = 0;
    tables.intercept = ({ operation, body }) => {
      if (operation === 'UpdateItem' && String(body.UpdateExpression).startsWith('SET deletedAt')) deletions += 1;
    };
    const end = await sync('3', { now: () => new Date(clockMs + (deletions > 0 ? 1e9 : 0)), endsAt: clockMs + 1e8 });
    expect(end.kind).toBe('outOfTime');
    expect(deletions).toBeLessThan(120);
    await expect(workOnRun(slice(), end.run)).resolves.toMatchObject({
      run: { status: 'succeeded', counts: { deleted: 120 } },
    });
    expect(deletions).toBe(120);
  });
});

describe('where single objects cannot be read', () => {
  beforeEach(() => {
    resource = transactions;
  });

  it('a list that is cut short in every pass deletes nothing beyond its end', async () => {
    fill(30);
    await sync('1');
    for (const id of ['3', '26', '27', '28', '29', '30']) source.delete(id);
    await expect(sync('2')).resolves.toMatchObject({ run: { status: 'succeeded', counts: { deleted: 1 } } });
    expect(await live()).toHaveLength(29);
    expect(await live()).not.toContain(3);
  });

  it('two passes must both miss a record', async () => {
    fill(30);
    await sync('1');
    source.delete('3');
    const hidden = source.get('4') ?? {};
    source.delete('4');
    let passes = 0;
    onList = (page) => {
      if (page === 1) passes += 1;
      if (passes === 2) source.set('4', hidden);
    };
    // What the second pass brings back shows that the first had missed it, and so may have missed more.
    await expect(sync('2')).resolves.toMatchObject({ run: { status: 'succeeded', pass: 2, counts: { deleted: 0 } } });
    onList = () => {};
    await expect(sync('3')).resolves.toMatchObject({ run: { status: 'succeeded', counts: { deleted: 1 } } });
    expect(await live()).not.toContain(3);
    expect(await live()).toContain(4);
  });

  it('what another read stored since the run began is not marked deleted, though the run’s passes do not have it', async () => {
    fill(30);
    await sync('1');
    const startedAt = clockMs;
    onList = async (page) => {
      if (page !== 1 || (await readRecord(tables.records, collection(), '99')) !== undefined) return;
      const times = { requestedAt: new Date(startedAt + 25), answeredAt: new Date(startedAt + 26) };
      const now = () => new Date(clockMs);
      const fields = fieldKnowledge(tables.state, collection(), now);
      const store = { records: tables.records, collection: collection(), fields, now, correlationId: 'c-2' };
      await storePage(store, [{ id: '99', data: {} }], times);
    };
    source.delete('3');
    const { run } = await sync('2');
    expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } });
    expect(await live()).toContain(99);
  });
});

describe('promise 7: a run that cannot go on', () => {
  it('waits as long as the breaker says, keeps its pages, and is reported after standing still four times', async () => {
    fill(90);
    onList = (page) => {
      if (page > 2) throw new BreakerOpenError('not answering', 40_000);
    };
    let end = await sync('1');
    expect(end).toMatchObject({ kind: 'postponed', run: { status: 'waiting', stalled: 0 } });
    if (end.kind === 'postponed') expect(end.resumeAt.getTime() - clockMs).toBe(40_000);
    for (const stalled of [1, 2, 3]) {
      end = await workOnRun(slice(), end.run);
      expect(end).toMatchObject({ kind: 'postponed', run: { stalled } });
    }
    end = await workOnRun(slice(), end.run);
    expect(end).toMatchObject({ kind: 'finished', run: { status: 'failed', error: { code: 'BREAKER_OPEN' } } });
    onList = () => {};
    await expect(workOnRun(slice(), end.run)).resolves.toMatchObject({
      run: { status: 'succeeded', counts: { created: 90 } },
    });
  });

  it('writes no record when nothing has changed', async () => {
    fill(60);
    await sync('1');
    tables.requests.length = 0;
    await expect(sync('2')).resolves.toMatchObject({ run: { status: 'succeeded', counts: { unchanged: 60 } } });
    const writes = tables.requests.filter(
      ({ operation, body }) => /Item$/.test(operation) && body.TableName === tables.records.name,
    );
    expect(writes.filter(({ operation }) => operation !== 'GetItem')).toEqual([]);
  });
});

it('passes that agree by chance prove nothing of a list that changes places while it is read', async () => {
  fill(41);
  let pass = 0;
  onList = (page) => {
    if (page === 1) pass += 1;
  };
  // Each pass shows a row twice and passes over two, of which every pass has missed one.
  arrange = (ids) => [...ids.toReversed().filter((id) => id !== '30' && id !== String(10 + pass)), '41', '40'];
  const { run } = await sync('unordered');
  expect(run).toMatchObject({ status: 'failed', pass: 4, error: { code: 'CONTRACT' } });
  expect(run.error?.message).toContain('rows changed places');
});

describe('the total that a list claims', () => {
  const passes = async (runId: string) => {
    const { run } = await sync(runId);
    expect(run).toMatchObject({ status: 'succeeded', counts: { fetched: 47 } });
    return run;
  };

  it('costs nothing where it is right, too small or missing, and tells how far the run is', async () => {
    fill(47);
    expect(await passes('plain')).not.toHaveProperty('total');
    for (const claim of [(rows: number) => rows, (rows: number) => rows - 20, () => 0]) {
      claims = claim;
      const run = await passes(`claimed-${claim(47)}`);
      // How many pages are asked for beyond the end, while the last one is on its way, is a matter of time.
      expect(run).toMatchObject({ pass: 1, total: claim(47) });
      expect(run.remark).toBeUndefined();
    }
  });

  it('that is larger than what was found is a reason to read again; once disproved it is told, and believed no more', async () => {
    fill(47);
    claims = (rows) => rows + 3;
    const doubted = await passes('doubted');
    expect(doubted.pass).toBe(2);
    expect(doubted.remark).toBe(
      'the list says that it has 50 rows, and 47 were found in 2 passes that missed nothing: its total is wrong',
    );
    expect(await passes('within a week')).toMatchObject({ pass: 1 });
    clockMs += 8 * 86_400_000;
    expect(await passes('after a week')).toMatchObject({ pass: 2 });
  });

  it('never ends a read early', async () => {
    fill(47);
    claims = () => 5;
    await passes('first');
    expect(await live()).toHaveLength(47);
  });

  it('that falls during both of two passes leaves nothing proven by them', async () => {
    fill(60);
    let rows = 100;
    claims = () => (rows -= 1);
    const { run } = await sync('falling');
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'CONTRACT', message: expect.stringMatching(/lost rows/) },
    });
  });
});

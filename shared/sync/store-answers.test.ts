import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../infra/local/aws-error.ts';
import type { SeenRequest } from '../../test/aws-stub.ts';
import { emptyTables } from '../../test/local-tables.ts';
import { ConflictError } from '../errors.ts';
import { leases } from '../rentvine/resources/leases.ts';
import { parseRow } from '../rentvine/row.ts';
import { keyOf } from '../store/collection.ts';
import { fieldKnowledge } from '../store/field-knowledge.ts';
import { hashOf } from '../store/hash.ts';
import { readRecord, type Store, tombstone } from '../store/records.ts';
import { storeOne, storePage } from './store-answers.ts';

const tables = emptyTables();
let store: Store;

beforeEach(() => {
  store = newStore();
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const now = () => at(10_000);

/** As another function has it: with its own memory of what the kinds of read carry. */
function newStore(): Store {
  const collection = { account: 'acme', resource: 'leases' };
  const fields = fieldKnowledge(tables.state, collection, now);
  return { records: tables.records, collection, fields, now, correlationId: 'c-1' };
}

type Data = Record<string, unknown>;
const times = (from: number) => ({ requestedAt: at(from), answeredAt: at(from + 1) });
/** A page of a list, by the ids of its rows. */
const list = (from: number, rows: Readonly<Record<number, Data>>) =>
  storePage(
    store,
    Object.entries(rows).map(([id, data]) => ({ id, data })),
    times(from),
  );
const single = (from: number, data: Data, id = '7') => storeOne(store, { id, data, ...times(from) });
const stored = async (id = '7') => {
  const record = await readRecord(tables.records, store.collection, id);
  if (record === undefined) throw new Error(`There is no record ${id}.`);
  return record;
};
const requestsOf = async (work: () => Promise<unknown>): Promise<SeenRequest[]> => {
  const before = tables.requests.length;
  await work();
  return tables.requests.slice(before);
};
const isWrite = ({ operation }: SeenRequest) => /^(?:Put|Update|Delete|BatchWrite|BatchExecute)/.test(operation);
const writesOf = async (work: () => Promise<unknown>) => (await requestsOf(work)).filter(isWrite);

describe('a record is what its list row and its single read know together', () => {
  const rowOfLease = { leaseId: '7', rent: 1, code: 'A', balances: { due: 5 }, propertyId: '3' };
  const leaseAlone = { leaseId: '7', rent: 1, code: 'A', noticeDate: '2026-03-01' };
  const whole = { ...rowOfLease, noticeDate: '2026-03-01' };
  const nothing = { created: 0, updated: 0, rejected: [] };

  it('whichever comes first', async () => {
    await list(0, { 7: rowOfLease });
    await expect(single(5, leaseAlone)).resolves.toBe('updated');
    expect(await stored()).toMatchObject({ revision: 2, data: whole });
    await expect(single(10, leaseAlone, '8')).resolves.toBe('created');
    await expect(list(15, { 8: rowOfLease })).resolves.toEqual({ created: 0, updated: 1, rejected: [] });
    expect(await stored('8')).toMatchObject({ revision: 2, data: whole });
  });

  it('and neither kind counts a revision, or writes anything, because it came by', async () => {
    await list(0, { 7: rowOfLease, 8: rowOfLease });
    await single(5, leaseAlone);
    for (const [index, work] of [
      () => list(10, { 7: rowOfLease, 8: rowOfLease }),
      () => single(20, leaseAlone),
      () => list(30, { 8: rowOfLease, 7: rowOfLease }),
    ].entries()) {
      store = newStore();
      expect(await writesOf(work), `work ${index}`).toEqual([]);
    }
    expect(await stored()).toMatchObject({ revision: 2, data: whole });
  });

  it('which costs an unchanged page one look at its hashes, and one at what is known of the fields', async () => {
    const rows = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [index + 100, { ...rowOfLease, index }]));
    await list(0, rows);
    for (const id of Object.keys(rows)) await single(5, { noticeDate: 'n', rent: 1 }, id);
    store = newStore();
    const asked = await requestsOf(() => list(10, rows));
    expect(asked.map(({ operation }) => operation).sort()).toEqual(['GetItem', 'Query']);
    expect((await requestsOf(() => list(20, rows))).map(({ operation }) => operation)).toEqual(['Query']);
  });

  it('a field is removed by the kinds of read that carry it, and only by them', async () => {
    await list(0, { 7: rowOfLease });
    await single(5, leaseAlone);
    const { code: _code, ...withoutCode } = rowOfLease;
    await expect(list(10, { 7: withoutCode })).resolves.toMatchObject({ updated: 1 });
    expect((await stored()).data).toEqual({ ...withoutCode, noticeDate: '2026-03-01' });
    await expect(single(15, { leaseId: '7', rent: 1 })).resolves.toBe('updated');
    expect(await stored()).toMatchObject({ revision: 4, data: withoutCode });
    expect((await stored()).data).not.toHaveProperty('noticeDate');
  });

  it('also one that only another row of the page has, and one that lists have been seen to carry only later', async () => {
    await list(0, { 7: rowOfLease, 8: rowOfLease });
    await single(5, { ...leaseAlone, closedDate: 'c' });
    await expect(list(10, { 7: rowOfLease, 8: { ...rowOfLease, closedDate: 'd' } })).resolves.toMatchObject({
      updated: 2,
    });
    expect((await stored()).data).toEqual(whole);

    // Neither row of the page differs from what lists said last, but now they are known to carry what 9 lacks.
    await list(15, { 9: rowOfLease });
    await single(20, { ...leaseAlone, evicted: 'e' }, '9');
    await list(25, { 8: { ...rowOfLease, closedDate: 'd', evicted: 'f' } });
    await expect(list(30, { 9: rowOfLease })).resolves.toMatchObject({ updated: 1 });
    expect((await stored('9')).data).toEqual(whole);
  });

  it('a field that both have is the newer one’s, and the next row of it is nothing new', async () => {
    await list(0, { 7: rowOfLease });
    await single(5, { ...leaseAlone, rent: 2 });
    expect(await writesOf(() => list(10, { 7: { ...rowOfLease, rent: 2 } }))).toEqual([]);
    await expect(list(15, { 7: rowOfLease })).resolves.toMatchObject({ updated: 1 });
    expect((await stored()).data).toEqual(whole);
  });

  it('an older answer brings only what the other kind never carries, however late it arrives', async () => {
    await list(0, { 7: rowOfLease });
    await single(1, { ...leaseAlone, noticeDate: 'old' });
    await list(20, { 7: { ...rowOfLease, rent: 20 } });
    await expect(single(10, { ...leaseAlone, rent: 10 })).resolves.toBe('updated');
    expect((await stored()).data).toEqual({ ...whole, rent: 20 });
    expect((await stored()).asOf).toBe(at(20).toISOString());
    await expect(single(5, { ...leaseAlone, noticeDate: 'older' })).resolves.toBe('stale');
    expect(await writesOf(() => list(25, { 7: { ...rowOfLease, rent: 20 } }))).toEqual([]);
  });

  it('a lease’s tenants are the same ones however a single read wraps them', async () => {
    const read = (tenants: unknown) => {
      const parsed = parseRow(leases, { lease: { leaseID: 7, tenants } });
      if (!parsed.ok) throw new Error(parsed.rejected.reason);
      return parsed.row;
    };
    const inList = read([
      { contactID: '5', name: 'A', isActive: '1' },
      { contactID: '6', name: 'B', isActive: '1' },
    ]);
    const alone = read([
      { leaseTenant: { leaseTenantID: 61, contactID: '6', isPrimary: true }, contact: { contactID: '6', name: 'B' } },
      { leaseTenant: { leaseTenantID: 51, contactID: '5' }, contact: { contactID: '5', name: 'A' } },
    ]);
    await list(0, { 7: inList.data });
    await single(5, alone.data);
    expect((await stored()).data.tenants).toEqual([
      { contactId: '5', name: 'A', isActive: true, leaseTenantId: 51 },
      { contactId: '6', name: 'B', isActive: true, leaseTenantId: 61, isPrimary: true },
    ]);
    expect(await writesOf(() => list(10, { 7: inList.data }))).toEqual([]);
    expect(await writesOf(() => single(15, alone.data))).toEqual([]);
  });

  it('a record that was deleted comes back with what was known of it', async () => {
    await list(0, { 7: rowOfLease });
    await single(5, leaseAlone);
    const gone = { id: '7', requestedAt: at(10), answeredAt: at(11) };
    await tombstone(tables.records, store.collection, gone, { now: now(), correlationId: 'c' });
    await expect(list(9, { 7: { ...rowOfLease, rent: 2 } })).resolves.toEqual(nothing);
    await expect(list(20, { 7: rowOfLease })).resolves.toMatchObject({ updated: 1 });
    expect(await stored()).toMatchObject({ revision: 4, data: whole });
    expect((await stored()).deletedAt).toBeUndefined();
    await expect(single(8, { ...leaseAlone, noticeDate: 'before it was gone' })).resolves.toBe('stale');
  });
});

describe('a page of objects of which nothing is stored', () => {
  const rows = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [index + 1, { rent: index }]));

  it('takes a request for 25 of them', async () => {
    const requests = await requestsOf(async () => {
      expect(await list(0, rows(250))).toEqual({ created: 250, updated: 0, rejected: [] });
    });
    expect(requests.filter(isWrite).map(({ operation }) => operation)).toEqual([
      'UpdateItem',
      ...Array.from({ length: 10 }, () => 'BatchExecuteStatement'),
    ]);
    expect(requests.length).toBeLessThanOrEqual(25);
  });

  it('leaves what others have made meanwhile, and what is deleted, to be merged one by one', async () => {
    await list(0, { 3: { rent: 1 }, 4: { rent: 1 } });
    await tombstone(tables.records, store.collection, { id: '4', ...times(5) }, { now: now(), correlationId: 'c-2' });
    let inBetween = false;
    tables.intercept = async ({ operation }) => {
      if (operation !== 'BatchExecuteStatement' || inBetween) return;
      inBetween = true;
      await storeOne(newStore(), { id: '5', data: { rent: 4, noticeDate: 'n' }, ...times(20) });
    };
    expect(await list(10, rows(6))).toEqual({ created: 3, updated: 2, rejected: [] });
    expect(inBetween).toBe(true);
    expect(await stored('5')).toMatchObject({ revision: 1, data: { rent: 4, noticeDate: 'n' } });
    expect(await stored('4')).toMatchObject({ revision: 3, data: { rent: 3 } });
    expect((await stored('4')).deletedAt).toBeUndefined();
  });

  it('is created one by one where the role may not insert', async () => {
    tables.intercept = ({ operation }) => {
      if (operation === 'BatchExecuteStatement') throw new AwsError('com.amazonaws#AccessDeniedException', 'no');
    };
    expect(await list(0, rows(30))).toEqual({ created: 30, updated: 0, rejected: [] });
    expect(await stored('30')).toMatchObject({ revision: 1, data: { rent: 29 } });
  });
});

describe('records that an earlier release wrote', () => {
  const legacy = async (data: Data) => {
    await tables.records.client.send(
      new UpdateCommand({
        TableName: tables.records.name,
        Key: keyOf(store.collection, '7'),
        UpdateExpression:
          'SET #data = :data, #hash = :hash, revision = if_not_exists(revision, :zero) + :one, asOf = :asOf, ' +
          'answeredAt = :answeredAt, changedAt = :asOf, correlationId = :c',
        ExpressionAttributeNames: { '#data': 'data', '#hash': 'hash' },
        ExpressionAttributeValues: {
          ':data': data,
          ':hash': hashOf(data),
          ':zero': 0,
          ':one': 1,
          ':asOf': at(0).toISOString(),
          ':answeredAt': at(1).toISOString(),
          ':c': 'c-0',
        },
      }),
    );
  };

  it('are not written anew, and lose nothing that a single read brought', async () => {
    await legacy({ rent: 1, code: 'A', noticeDate: 'n' });
    expect(await writesOf(() => single(5, { rent: 1, noticeDate: 'n' }))).toMatchObject([{ operation: 'UpdateItem' }]);
    const writes = await writesOf(() => list(10, { 7: { rent: 1, code: 'A' } }));
    expect(writes.map(({ body }) => body.TableName)).toEqual([tables.state.name]);
    expect(await stored()).toMatchObject({ revision: 1, data: { rent: 1, code: 'A', noticeDate: 'n' } });
    expect(await writesOf(() => list(15, { 7: { rent: 1, code: 'A' } }))).toEqual([]);
  });

  it('are not overwritten by what is older, of either kind', async () => {
    await legacy({ rent: 1 });
    await list(-5, { 7: { rent: 0 } });
    await expect(single(-5, { rent: 0, noticeDate: 'n' })).resolves.toBe('stale');
    expect(await stored()).toMatchObject({ revision: 1, data: { rent: 1 } });
  });

  it('and one that it writes again is compared by what it wrote', async () => {
    await list(-9, { 7: { rent: 1 } });
    await single(-5, { rent: 1, noticeDate: 'n' });
    await legacy({ rent: 2 });
    await list(-7, { 7: { rent: 0, due: 1 } });
    expect(await stored()).toMatchObject({ revision: 3, data: { rent: 2 } });
    await expect(list(10, { 7: { rent: 1 } })).resolves.toMatchObject({ updated: 1 });
    expect(await stored()).toMatchObject({ revision: 4, data: { rent: 1 } });
  });
});

describe('two at once', () => {
  it('know what the other kind of read carries as soon as there is a record of it', async () => {
    await list(0, { 7: { rent: 1, due: 1 } });
    const other = newStore();
    await storeOne(other, { id: '7', data: { rent: 20, noticeDate: 'n' }, ...times(20) });
    await list(10, { 7: { rent: 10, due: 10 } });
    expect((await stored()).data).toEqual({ rent: 20, due: 10, noticeDate: 'n' });
  });

  it('keep what they learn, though it could not be written down at first', async () => {
    tables.intercept = ({ body }) => {
      if (body.TableName === tables.state.name && 'UpdateExpression' in body)
        throw new AwsError('com.amazonaws#InternalServerError', 'no', 500);
    };
    await expect(list(0, { 7: { rent: 1 } })).rejects.toMatchObject({ name: 'InternalServerError' });
    tables.intercept = () => {};
    await list(5, { 7: { rent: 1 } });
    const { fields } = newStore();
    await fields.refresh();
    expect([...fields.carried.list.fields.keys()]).toEqual(['rent']);
  });

  it('each merge into what the other has written', async () => {
    await list(0, { 7: { rent: 1, balances: { due: 5 } } });
    let inBetween = 0;
    tables.intercept = async ({ operation, body }) => {
      if (operation !== 'PutItem' || inBetween > 0 || !JSON.stringify(body).includes('noticeDate')) return;
      inBetween += 1;
      await list(3, { 7: { rent: 1, balances: { due: 0 } } });
    };
    await expect(single(5, { rent: 2, noticeDate: 'n' })).resolves.toBe('updated');
    expect(inBetween).toBe(1);
    expect(await stored()).toMatchObject({ revision: 3, data: { rent: 2, balances: { due: 0 }, noticeDate: 'n' } });
  });

  it('create one record', async () => {
    await Promise.all([list(0, { 7: { rent: 1, due: 5 } }), single(0, { rent: 1, noticeDate: 'n' })]);
    expect(await stored()).toMatchObject({ revision: 2, data: { rent: 1, due: 5, noticeDate: 'n' } });
  });

  it('give up with a conflict on a record that never rests', async () => {
    let due = 0;
    await list(0, { 7: { due } });
    tables.intercept = async ({ operation, body }) => {
      if (operation !== 'PutItem' || !JSON.stringify(body).includes('noticeDate')) return;
      due += 1;
      await list(due, { 7: { due } });
    };
    await expect(single(500, { noticeDate: 'n' })).rejects.toThrow(ConflictError);
  });

  it('learn what the fields of a kind of read are without losing what the other has learnt', async () => {
    const [one, other] = [newStore(), newStore()];
    await Promise.all([one.fields.learn('list', [{ a: 1 }]), other.fields.learn('list', [{ b: { c: 1 } }])]);
    const { fields } = newStore();
    await fields.refresh();
    expect([...fields.carried.list.fields.keys()].sort()).toEqual(['a', 'b']);
    expect(await writesOf(() => newStore().fields.learn('list', [{ a: 2, b: { c: 2 } }]))).toEqual([]);
  });
});

import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../infra/local/aws-error.ts';
import { emptyTables } from '../../test/local-tables.ts';
import type { ParsedRow } from '../rentvine/row.ts';
import { refusedReason, storeOne, storePage } from '../sync/store-answers.ts';
import type { ReadKind } from './carried-fields.ts';
import { collectionOf } from './collection.ts';
import { fieldKnowledge } from './field-knowledge.ts';
import { hashOf } from './hash.ts';
import { readListViews } from './record-hashes.ts';
import type { ListView } from './record-version.ts';
import {
  allRecords,
  liveIds,
  readRecord,
  readVersion,
  type Store,
  storeAnswer,
  tombstone,
  type WriteOutcome,
} from './records.ts';

const tables = emptyTables();
let next = 0;
let collection = { account: 'acme', resource: 'leases' };

/** For examples within one test: each has a collection of its own. */
const fresh = () => {
  next += 1;
  collection = { account: `acme-${next}`, resource: 'leases' };
};

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const change = { now: at(10_000), correlationId: 'c-1' };
const store = (): Store => ({
  records: tables.records,
  collection,
  fields: fieldKnowledge(tables.state, collection, () => at(10_000)),
  now: () => at(10_000),
  correlationId: 'c-1',
});

interface Read {
  readonly data: Record<string, unknown>;
  readonly from: number;
  readonly to: number;
  readonly kind: ReadKind;
  readonly modified: number | undefined;
}
const read = (
  data: Record<string, unknown>,
  from: number,
  to = from + 1,
  { kind = 'list', modified }: { readonly kind?: ReadKind; readonly modified?: number } = {},
): Read => ({ data, from, to, kind, modified });

const write = async ({ data, from, to, kind, modified }: Read, id = '7'): Promise<WriteOutcome> => {
  const into = store();
  await into.fields.learn(kind, [data]);
  const times = { asOf: at(from).toISOString(), answeredAt: at(to).toISOString() };
  const answer = {
    id,
    kind,
    data,
    hash: hashOf(data),
    ...times,
    ...(modified !== undefined && { sourceModifiedAt: at(modified).toISOString() }),
  };
  const before = await readVersion(tables.records, collection, id);
  return storeAnswer(into, answer, before);
};
const remove = (from: number, to = from + 1): Promise<boolean> =>
  tombstone(tables.records, collection, { id: '7', requestedAt: at(from), answeredAt: at(to) }, change);
const stored = () => readRecord(tables.records, collection, '7');
const writesIn = async (work: () => Promise<unknown>): Promise<number> => {
  const before = tables.requests.length;
  await work();
  return tables.requests
    .slice(before)
    .filter(({ operation }) => /^(?:Put|Update|Delete|BatchWrite|BatchExecute)/.test(operation)).length;
};
const row = (data: Record<string, unknown>, rest: Partial<ParsedRow> = {}): ParsedRow => ({
  id: '7',
  data,
  ...rest,
});

describe('promise 3: a record never goes backwards', () => {
  interface Seen {
    readonly from: number;
    readonly to: number;
    /** What the read saw: a version of the object, or that it is gone. */
    readonly state: number | 'gone';
    readonly by: 'list' | 'one';
  }

  /** An object that changes at given moments, and may end; reads that each see it at one moment between request and answer. */
  const history = fc
    .record({
      changes: fc
        .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 5 })
        .map((times) => times.sort((a, b) => a - b)),
      ends: fc.option(fc.integer({ min: 50, max: 120 }), { nil: undefined }),
      reads: fc.array(
        fc.record({
          from: fc.integer({ min: 0, max: 100 }),
          seenAfter: fc.integer({ min: 0, max: 30 }),
          answeredAfter: fc.integer({ min: 1, max: 30 }),
          by: fc.constantFrom('list', 'one'),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    })
    .map(({ changes, ends, reads }) => {
      const stateAt = (time: number): number | 'gone' =>
        ends !== undefined && time >= ends ? 'gone' : changes.filter((moment) => moment <= time).length;
      return reads.map(({ from, seenAfter, answeredAfter, by }): Seen & { seenAt: number } => {
        const seenAt = from + seenAfter;
        return { from, to: seenAt + answeredAfter, state: stateAt(seenAt), by, seenAt };
      });
    })
    // A list does not answer that something is gone, it answers without it.
    .map((reads) => reads.map((read) => (read.state === 'gone' ? { ...read, by: 'one' as const } : read)));

  const deliver = async (read: Seen, hasModified: boolean): Promise<void> => {
    if (read.state === 'gone') {
      await remove(read.from, read.to);
      return;
    }
    const modified = at(read.state).toISOString();
    const answer = {
      ...row({ version: read.state, ...(hasModified && { dateTimeModified: modified }) }),
      ...(hasModified && { sourceModifiedAt: modified }),
      requestedAt: at(read.from),
      answeredAt: at(read.to),
    };
    if (read.by === 'one') await storeOne(store(), answer);
    else await storePage(store(), [answer], answer);
  };

  /** What is stored, as the reads would say it; a tombstone for what was never read alive is not stored. */
  const final = async (): Promise<number | 'gone' | undefined> => {
    const record = await stored();
    if (record === undefined) return undefined;
    return record.deletedAt === undefined ? Number(record.data.version) : 'gone';
  };

  it('ends in the newest state seen, in any order of arrival, where objects carry their modification time', async () => {
    await fc.assert(
      fc.asyncProperty(
        history.chain((reads) => fc.shuffledSubarray(reads, { minLength: reads.length, maxLength: reads.length })),
        async (arriving) => {
          fresh();
          // Who says that an unknown object is gone says nothing new, so an object is known before it is missed.
          await write(read({ version: 0, dateTimeModified: at(0).toISOString() }, -10, -9, { modified: 0 }));
          for (const read of arriving) await deliver(read, true);
          const newest = arriving.reduce((latest, read) => (read.seenAt > latest.seenAt ? read : latest));
          const isGone = arriving.some(({ state }) => state === 'gone');
          expect(await final()).toBe(isGone ? 'gone' : newest.state);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends in the newest state of objects without a modification time where their reads do not overlap', async () => {
    const apart = fc
      .array(
        fc.record({
          pause: fc.integer({ min: 0, max: 5 }),
          takes: fc.integer({ min: 1, max: 9 }),
          by: fc.constantFrom('list', 'one'),
        }),
        {
          minLength: 1,
          maxLength: 6,
        },
      )
      .map((reads) => {
        let time = 0;
        return reads.map(({ pause, takes, by }, index): Seen => {
          const from = time + pause;
          time = from + takes;
          return { from, to: time, state: index, by };
        });
      })
      .chain((reads) =>
        fc.tuple(fc.constant(reads), fc.shuffledSubarray(reads, { minLength: reads.length, maxLength: reads.length })),
      );
    await fc.assert(
      fc.asyncProperty(apart, async ([reads, arriving]) => {
        fresh();
        for (const read of arriving) await deliver(read, false);
        expect(await final()).toBe(reads.length - 1);
      }),
      { numRuns: 40 },
    );
  });

  it('lets the later request win where reads of an object without a modification time overlap', async () => {
    await write(read({ version: 'later' }, 5, 9));
    await expect(write(read({ version: 'earlier' }, 4, 30))).resolves.toBe('stale');
    expect((await stored())?.data).toEqual({ version: 'later' });
  });

  it('takes a slow read of an older modification time for older, though it was answered last', async () => {
    await write(read({ rent: 2 }, 5, 6, { modified: 4 }));
    await expect(write(read({ rent: 1 }, 5.5, 60, { modified: 3 }))).resolves.toBe('stale');
  });

  it('does not revive a record by a read that overlaps the answer that it is gone, but by any later one', async () => {
    await write(read({ rent: 1 }, 0));
    await expect(remove(10, 20)).resolves.toBe(true);
    await expect(write(read({ rent: 2 }, 15, 30))).resolves.toBe('stale');
    await expect(write(read({ rent: 1 }, 20, 21))).resolves.toBe('updated');
    expect(await stored()).toMatchObject({ revision: 3, data: { rent: 1 } });
    expect((await stored())?.deletedAt).toBeUndefined();
  });

  it('does not mark deleted what was read again after the answer that it is gone', async () => {
    await write(read({ rent: 1 }, 20));
    await expect(remove(10, 20)).resolves.toBe(false);
    await expect(remove(10, 20.5)).resolves.toBe(true);
    await expect(remove(30)).resolves.toBe(false);
  });

  it('knows nothing of what was never stored', async () => {
    await expect(remove(10)).resolves.toBe(false);
    await expect(stored()).resolves.toBeUndefined();
  });
});

describe('promise 5: twice is fine', () => {
  it('ends the same, with the same revision, when everything comes twice', async () => {
    const versions = [read({ rent: 1 }, 0), read({ rent: 2 }, 5), read({ rent: 2 }, 5), read({ rent: 1 }, 0)];
    const outcomes: WriteOutcome[] = [];
    for (const each of versions) outcomes.push(await write(each));
    expect(outcomes).toEqual(['created', 'updated', 'unchanged', 'stale']);
    expect(await stored()).toMatchObject({ revision: 2, data: { rent: 2 } });
    await expect(remove(10)).resolves.toBe(true);
    await expect(remove(10)).resolves.toBe(false);
    expect(await stored()).toMatchObject({ revision: 3, data: { rent: 2 } });
  });

  it('lets one of two equal writes at once through', async () => {
    const outcomes = await Promise.all([write(read({ rent: 1 }, 0)), write(read({ rent: 1 }, 0))]);
    expect(outcomes.sort()).toEqual(['created', 'unchanged']);
  });
});

describe('storing', () => {
  it('writes nothing for an unchanged page, whatever the order of its keys and nulls', async () => {
    const times = { requestedAt: at(0), answeredAt: at(1) };
    const later = { requestedAt: at(50), answeredAt: at(51) };
    const rows = Array.from({ length: 120 }, (_, id) => row({ id, a: { b: 1, c: null }, d: [1] }, { id: String(id) }));
    await expect(storePage(store(), rows, times)).resolves.toEqual({ created: 120, updated: 0, rejected: [] });
    const reordered = rows.map(({ id }) => row({ d: [1], a: { b: 1 }, id: Number(id), e: null }, { id }));
    expect(await writesIn(() => storePage(store(), reordered, later))).toBe(0);
  });

  it('keeps data as it was given, DynamoDB’s reserved words included', async () => {
    const data = {
      data: 1,
      hash: 'x',
      name: 'n',
      status: [],
      size: { ttl: null },
      'odd key.#:': -0.1,
      big: 2 ** 53 - 1,
    };
    await write(read(data, 0));
    expect((await stored())?.data).toEqual(data);
    expect(hashOf((await stored())?.data)).toBe((await stored())?.hash);
  });

  it('round-trips any JSON object with the same hash', async () => {
    const values = fc.object({
      key: fc.string({ minLength: 1 }).filter((key) => key !== '__proto__' && key !== 'constructor'),
      values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)],
      maxDepth: 3,
    });
    await fc.assert(
      fc.asyncProperty(values, async (data) => {
        fresh();
        expect(await write(read(data, 0))).toBe('created');
        expect(hashOf((await stored())?.data)).toBe(hashOf(data));
        expect(await write(read(data, 50))).toBe('unchanged');
      }),
      { numRuns: 30 },
    );
  });

  it('lists what belongs to a property, and forgets what has moved away', async () => {
    const belongingTo = async (property: string) => {
      const { Items } = await tables.records.client.send(
        new QueryCommand({
          TableName: tables.records.name,
          IndexName: 'by-property',
          KeyConditionExpression: 'byPropertyPk = :pk',
          ExpressionAttributeValues: { ':pk': `${collection.account}#${property}` },
        }),
      );
      return (Items ?? []).map((item) => item.byPropertySk);
    };
    await write(read({ rent: 1, propertyId: '3' }, 0));
    expect(await belongingTo('3')).toEqual(['leases#7']);
    await write(read({ rent: 2, propertyId: '4' }, 5));
    expect([await belongingTo('3'), await belongingTo('4')]).toEqual([[], ['leases#7']]);
    await write(read({ rent: 3 }, 8, 9, { kind: 'single' }));
    expect(await belongingTo('4')).toEqual(['leases#7']);
    await write(read({ rent: 3 }, 10));
    expect(await belongingTo('4')).toEqual([]);
  });

  it('says of live records only what they hold and which they are', async () => {
    await write(read({ rent: 1 }, 0));
    await write(read({ rent: 1 }, 0), '8');
    await remove(10);
    const ids: string[] = [];
    for await (const page of liveIds(tables.records, collection)) ids.push(...page);
    const all: string[] = [];
    for await (const record of allRecords(tables.records, collection)) all.push(record.id);
    expect([ids, all]).toEqual([['8'], ['7', '8']]);
    expect([...(await readListViews(tables.records, collection, ['7', '8', '9'])).keys()]).toEqual(['8']);
    expect(collectionOf(`${collection.account}#leases`)).toEqual(collection);
  });
});

describe('the hashes of a page', () => {
  const operations = async (work: () => Promise<unknown>): Promise<string[]> => {
    const before = tables.requests.length;
    await work();
    return tables.requests.slice(before).map(({ operation }) => operation);
  };
  const page = (from: number, count = 30): string[] =>
    Array.from({ length: count }, (_, index) => String(from + index));
  const fill = async (ids: readonly string[]) => {
    const rows = ids.map((id) => row({ rent: Number(id) }, { id }));
    await storePage(store(), rows, { requestedAt: at(0), answeredAt: at(1) });
  };
  const expected = (ids: readonly string[]) =>
    new Map(ids.map((id) => [id, { hash: hashOf({ rent: Number(id) }), beyond: [] }]));

  it('are read in one request where its ids lie close together, without those that are gone', async () => {
    await fill(page(1000, 60));
    await tombstone(
      tables.records,
      collection,
      { id: '1003', requestedAt: at(9), answeredAt: at(10) },
      { now: at(10), correlationId: 'c' },
    );
    let views = new Map<string, ListView>();
    const asked = await operations(async () => {
      views = await readListViews(tables.records, collection, page(1000));
    });
    expect(views).toEqual(expected(page(1000).filter((id) => id !== '1003')));
    expect(asked).toEqual(['Query']);
  });

  it('are the same where longer ids lie between them as text, and these are not read again and again', async () => {
    await fill([...page(100), ...page(1000, 300), ...page(2000)]);
    await expect(readListViews(tables.records, collection, [...page(100), 'x'])).resolves.toEqual(expected(page(100)));
    const asked = await operations(async () => {
      await expect(readListViews(tables.records, collection, page(100))).resolves.toEqual(expected(page(100)));
    });
    expect(asked).toEqual(['BatchGetItem']);
    await expect(readListViews(tables.records, collection, page(1280, 40))).resolves.toEqual(expected(page(1280, 20)));
  });
});

describe('a record that DynamoDB cannot hold', () => {
  const impossible: [string, Record<string, unknown>][] = [
    ['is larger than 400 KB', { text: 'x'.repeat(410_000) }],
    ['holds a number that cannot be kept exactly', { serial: 1e22 }],
    ['holds an object that the SDK takes for something else', { inner: { constructor: { name: 'Set' } } }],
  ];
  it.each(impossible)('is refused alone when it %s: the rest of its page is stored', async (_, data) => {
    const rows = [row({ rent: 1 }, { id: '1' }), row(data, { id: '2' }), row({ rent: 3 }, { id: '3' })];
    const times = { requestedAt: at(0), answeredAt: at(1) };
    await expect(storePage(store(), rows, times)).resolves.toEqual({
      created: 2,
      updated: 0,
      rejected: [{ id: '2', reason: refusedReason }],
    });
    await expect(storeOne(store(), { ...row(data), ...times })).resolves.toBe('refused');
  });

  it('is told from a table that cannot be written to', async () => {
    tables.intercept = ({ operation }) => {
      if (operation === 'PutItem') throw new AwsError('com.amazonaws#AccessDeniedException', 'no');
    };
    await expect(write(read({ rent: 1 }, 0))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

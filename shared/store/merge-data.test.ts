import { describe, expect, it } from 'vitest';
import { CarriedFields, type Data, isCarried, type ReadKind } from './carried-fields.ts';
import { listViewOf, mergeData } from './merge-data.ts';

const carriedBy = (...answers: readonly Data[]) => {
  const fields = new CarriedFields();
  for (const answer of answers) fields.learn(answer);
  return fields.root;
};

interface MergeExample {
  readonly stored: Data;
  readonly answer: Data;
  readonly kind?: ReadKind;
  /** What the other kind of read has answered before. */
  readonly other?: Data;
  /** What this kind of read has answered before. */
  readonly before?: Data;
  readonly isOlder?: boolean;
}
const merge = ({ stored, answer, kind = 'list', other = {}, before = {}, isOlder = false }: MergeExample) =>
  mergeData(stored, answer, {
    own: carriedBy(before, answer),
    other: carriedBy(other),
    onlyWhatOtherLacks: isOlder,
    keepsOrder: kind === 'single',
  });

describe('one more answer about an object', () => {
  it('removes what its kind of read carries and it lacks, and leaves what that kind has never carried', () => {
    const stored = { rent: 1, code: 'A', noticeDate: '2026-03-01' };
    expect(merge({ stored, answer: { rent: 2 }, before: { code: 'B' } })).toEqual({
      rent: 2,
      noticeDate: '2026-03-01',
    });
    expect(merge({ stored, answer: { rent: 1, code: null }, before: { code: 'B' } })).toEqual({
      ...stored,
      code: null,
    });
  });

  it('takes null, and what is always empty, for nothing said', () => {
    const stored = { code: 'V-17', emails: ['a@b'], note: null };
    expect(merge({ stored, answer: { code: '', emails: [], note: '' } })).toEqual({ ...stored, note: '' });
    expect(merge({ stored, answer: { code: ' ', emails: [] }, before: { code: 'B', emails: ['c'] } })).toEqual({
      code: ' ',
      emails: [],
      note: null,
    });
    expect(merge({ stored: {}, answer: { code: null } })).toEqual({});
  });

  it('takes the same value in another type for the same', () => {
    const stored = { size: '850', hasPool: true, isOpen: 0, code: '007' };
    expect(merge({ stored, answer: { size: 850, hasPool: '1', isOpen: false, code: '7' } })).toEqual({
      ...stored,
      code: '7',
    });
    expect(merge({ stored: { size: 0 }, answer: { size: '1' } })).toEqual({ size: '1' });
  });

  it('that is older than one of the other kind brings only what that kind never carries', () => {
    const stored = { rent: 2, address: { city: 'X' }, charges: [{ chargeId: '1', amount: 5 }] };
    const answer = {
      rent: 1,
      code: 'A',
      noticeDate: 'n',
      address: { city: 'Y', geo: 1 },
      charges: [
        { chargeId: '2', amount: 4, memo: 'gone' },
        { chargeId: '1', amount: 4, memo: 'm' },
      ],
    };
    expect(merge({ stored, answer, other: { ...stored, code: 'B' }, isOlder: true })).toEqual({
      rent: 2,
      noticeDate: 'n',
      address: { city: 'X', geo: 1 },
      charges: [{ chargeId: '1', amount: 5, memo: 'm' }],
    });
    expect(merge({ stored: { tags: ['a'] }, answer: { tags: ['b'] }, other: { tags: ['a'] }, isOlder: true })).toEqual({
      tags: ['a'],
    });
  });
});

describe('the items of a list', () => {
  it('are the same where their own id is, whatever else they belong to', () => {
    const stored = { charges: [{ chargeId: '1', accountId: '7', amount: 1, memo: 'kept' }] };
    const answer = {
      charges: [
        { chargeId: '2', accountId: '7', amount: 3 },
        { chargeId: '1', accountId: '8', amount: 2 },
      ],
    };
    expect(merge({ stored, answer }).charges).toEqual([
      { chargeId: '2', accountId: '7', amount: 3 },
      { chargeId: '1', accountId: '8', amount: 2, memo: 'kept' },
    ]);
  });

  it('are never taken for each other because what they belong to is the same', () => {
    const stored = { tenants: [{ contactId: '5', leaseId: '1', note: 'of 5' }] };
    const answer = { tenants: [{ contactId: '6', leaseId: '1' }] };
    expect(merge({ stored, answer }).tenants).toEqual(answer.tenants);
    const leaseTenants = {
      leaseTenants: [
        { leaseId: '1', note: 'x' },
        { leaseId: '1', note: 'y' },
      ],
    };
    expect(merge({ stored: leaseTenants, answer: { leaseTenants: [{ leaseId: '1' }] } }).leaseTenants).toEqual([
      { leaseId: '1' },
    ]);
  });

  it('without ids are the same where none contradicts what is stored in its place, else they are replaced together', () => {
    const stored = {
      lines: [
        { amount: 1, memo: 'a', of: { account: 4 } },
        { amount: 2, memo: 'b', of: { account: 5 } },
      ],
    };
    const same = {
      lines: [
        { amount: '1', of: { account: 4 } },
        { amount: 2, of: { account: 5 } },
      ],
    };
    expect(merge({ stored, answer: same })).toEqual(stored);
    for (const lines of [
      [{ amount: 1 }],
      [{ amount: 1 }, { amount: 3 }],
      [{ amount: 1 }, { amount: 2, of: { account: 6 } }],
    ]) {
      expect(merge({ stored, answer: { lines } })).toEqual({ lines });
    }
    expect(merge({ stored: { lines: [{ memo: 'a' }] }, answer: { lines: [{ amount: 1 }] } })).toEqual({
      lines: [{ amount: 1 }],
    });
  });

  it('keep the order in which lists have them, and what is new in a single read comes last', () => {
    const [a, b, c] = ['1', '2', '3'].map((id) => ({ id }));
    const stored = { charges: [a, b], tags: ['x', 'y'] };
    const answer = { charges: [c, b, a], tags: ['y', 'x'] };
    expect(merge({ stored, answer, kind: 'single', other: stored })).toEqual({ charges: [a, b, c], tags: ['x', 'y'] });
    expect(merge({ stored, answer, kind: 'single' })).toEqual(answer);
    expect(merge({ stored, answer, kind: 'list', other: stored })).toEqual(answer);
  });
});

describe('what a kind of read carries', () => {
  it('is what it has ever answered with a value, at any depth', () => {
    const fields = new CarriedFields();
    expect(fields.learn({ a: 1, n: null, e: '', l: [], o: { x: '' }, t: [{ name: 'x' }, { 'p/q~r': false }] })).toEqual(
      {
        carried: ['/a', '/t/name', '/t/p~1q~0r', '/t'],
        empty: ['/e', '/l', '/o/x', '/o'],
      },
    );
    expect(fields.learn({ a: 2, t: [{ name: 'y' }], e: ' ' })).toEqual({ carried: [], empty: [] });
    expect(fields.learn({ e: 'now', o: { x: 0 } })).toEqual({ carried: ['/e', '/o/x', '/o'], empty: [] });
    expect(['/t/p~1q~0r', '/o/x', '', '/l', '/none/x'].map((pointer) => isCarried(fields.root, pointer))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('is the same after it was written down and read again', () => {
    const fields = new CarriedFields();
    const found = fields.learn({ a: { b: [{ 'c/d': 1, e: '' }] }, f: [] });
    const again = new CarriedFields();
    again.add(found);
    expect(again.root).toEqual(fields.root);
  });

  it('has an end: what is beyond counts as never carried', () => {
    const fields = new CarriedFields();
    fields.learn(Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`field${at}`, at])));
    expect(['/field1999', '/field2000'].map((pointer) => isCarried(fields.root, pointer))).toEqual([true, false]);
    const long = new CarriedFields();
    expect(long.learn({ ['x'.repeat(100_000)]: 1 })).toEqual({ carried: [], empty: [] });
  });
});

describe('the row in which a list shows a record', () => {
  it('has what lists carry, empty what they leave empty, and names what is beyond', () => {
    const list = carriedBy({ id: '1', code: '', tags: [], of: {}, charges: [{ chargeId: '1', memo: '' }] });
    const data = {
      id: '7',
      code: 'A',
      tags: ['x'],
      of: { a: 1 },
      noticeDate: 'n',
      empty: '',
      charges: [{ chargeId: '3', memo: 'm', paid: 1 }],
    };
    expect(listViewOf(data, list)).toEqual({
      row: { id: '7', code: '', tags: [], of: {}, charges: [{ chargeId: '3', memo: '' }] },
      beyond: ['/code', '/tags', '/of', '/noticeDate', '/charges/memo', '/charges/paid'],
    });
  });

  it('stands for everything where too much is beyond it', () => {
    const data = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`field${at}`, at]));
    expect(listViewOf(data, carriedBy()).beyond).toEqual(['']);
  });
});

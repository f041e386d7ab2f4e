import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldType, SeenFields } from '../rentvine/field-catalogue.ts';
import { afterRead, type FieldsRead } from './after-read.ts';
import { emptyCatalogue, type FieldCatalogue, type FieldChange } from './field-catalogue.ts';

type Told = FieldChange & { readonly at: string };
interface Field {
  readonly seen?: number;
  readonly types?: readonly FieldType[];
}
type Fields = Readonly<Record<string, Field>>;

const hourMs = 3_600_000;
const startMs = Date.parse('2026-01-01T00:00:00Z');
const atHour = (hour: number): string => new Date(startMs + hour * hourMs).toISOString();

const seen = (rows: number, fields: Fields, dropped: Readonly<Record<string, number>> = {}): SeenFields => ({
  rows,
  fields: Object.entries(fields).map(([path, field]) => ({
    path,
    seen: field.seen ?? rows,
    types: field.types ?? ['text'],
  })),
  dropped: Object.entries(dropped).map(([path, count]) => ({ path, count })),
  ignored: [],
});
const full = (hour: number, what: SeenFields, run: Partial<FieldsRead['fullRun']> = {}): FieldsRead => ({
  kind: 'list',
  seen: what,
  at: atHour(hour),
  fullRun: { id: `run-${hour}`, slice: 1, isProven: true, ...run },
});
const partial = (hour: number, what: SeenFields): FieldsRead => ({ kind: 'list', seen: what, at: atHour(hour) });
const single = (hour: number, what: SeenFields): FieldsRead => ({ kind: 'single', seen: what, at: atHour(hour) });

/** A catalogue after some reads, one after the other, and what each of them told. */
function history(...reads: readonly FieldsRead[]): { catalogue: FieldCatalogue; told: Told[][]; wrote: boolean[] } {
  let catalogue = emptyCatalogue;
  const told: Told[][] = [];
  const wrote: boolean[] = [];
  for (const read of reads) {
    const result = afterRead(catalogue, read);
    // Whoever keeps it writes only what has news.
    if (result.hasNews) catalogue = result.catalogue;
    told.push(result.changes.map((change) => ({ ...change, at: read.at })));
    wrote.push(result.hasNews);
  }
  return { catalogue, told, wrote };
}
const lastTold = (...reads: readonly FieldsRead[]) =>
  history(...reads)
    .told.at(-1)
    ?.map(({ change, field }) => `${change} ${field}`);

const usual = { leaseId: {}, code: {}, tenants: { types: ['list'] }, 'tenants.name': { seen: 60 } } as const;
const baseline = full(0, seen(50, usual));

describe('what is told of fields', () => {
  it('is nothing of what is there before and in the first proven full read', () => {
    const early = partial(0, seen(3, { oddity: {} }));
    const unproven = full(1, seen(50, { ...usual, interim: {} }), { isProven: false });
    const { told, catalogue } = history(
      early,
      unproven,
      full(2, seen(50, { ...usual, more: {} })),
      full(3, seen(50, usual)),
    );
    expect(told.slice(0, 3)).toEqual([[], [], []]);
    expect(catalogue.baselineAt).toBe(atHour(2));
    expect(Object.keys(catalogue.fields)).toEqual(expect.arrayContaining(['oddity', 'interim', 'more', 'code']));
  });

  it('is what comes after that, from a full read, a part of the list or a single read, with its types', () => {
    const gained = { ...usual, petPolicy: { types: ['object', 'null'] } } as const;
    const { told } = history(baseline, partial(1, seen(2, gained)));
    expect(told[1]).toEqual([{ at: atHour(1), field: 'petPolicy', change: 'new', read: 'list', types: ['object'] }]);
    expect(lastTold(baseline, full(1, seen(50, gained)))).toEqual(['new petPolicy']);
    expect(lastTold(baseline, single(1, seen(20, usual)), single(2, seen(1, gained)))).toEqual(['new petPolicy']);
  });

  it('is nothing of what the first single reads show: they always know other fields than lists', () => {
    const both = history(baseline, single(1, seen(19, { noticeDate: {} })), single(2, seen(1, { vendorCode: {} })));
    expect(both.told.flat()).toEqual([]);
    expect(both.catalogue.fields.noticeDate).toMatchObject({ single: { first: atHour(1) } });
    expect(both.catalogue.fields.noticeDate).not.toHaveProperty('list');
  });

  it('is a JSON type that a field never had, and not null, nor the first type of what was always null', () => {
    const withNull = { ...usual, closedDate: { types: ['null'] } } as const;
    const first = full(0, seen(50, withNull));
    expect(lastTold(first, full(1, seen(50, { ...withNull, code: { types: ['text', 'null'] } })))).toEqual([]);
    expect(lastTold(first, full(1, seen(50, { ...usual, closedDate: {} })))).toEqual([]);
    const { told } = history(first, full(1, seen(50, { ...withNull, code: { types: ['number', 'text'] } })));
    expect(told[1]).toEqual([
      {
        at: atHour(1),
        field: 'code',
        change: 'retyped',
        read: 'list',
        types: ['text', 'number'],
        previousTypes: ['text'],
      },
    ]);
    expect(
      lastTold(
        first,
        full(1, seen(50, { ...usual, closedDate: {} })),
        partial(2, seen(1, { closedDate: { types: ['list'] } })),
      ),
    ).toEqual(['retyped closedDate']);
  });

  it('is a field that no row of a proven full read has, and not one that is null, nor anything for other reads', () => {
    const { code: _code, ...less } = usual;
    expect(lastTold(baseline, full(1, seen(50, less)))).toEqual(['vanished code']);
    expect(lastTold(baseline, full(1, seen(50, { ...less, code: { types: ['null'] } })))).toEqual([]);
    expect(lastTold(baseline, full(1, seen(50, less), { isProven: false }))).toEqual([]);
    expect(lastTold(baseline, partial(1, seen(50, less)))).toEqual([]);
    expect(lastTold(baseline, single(1, seen(50, less)))).toEqual([]);
  });

  it('is not that a field is gone which only single reads had', () => {
    const known = [baseline, single(1, seen(30, { ...usual, noticeDate: {} }))];
    expect(lastTold(...known, full(2, seen(50, usual)))).toEqual([]);
  });

  it('is not that a field is new which lists have no more and single reads still have', () => {
    const { code: _code, ...less } = usual;
    const gone = [baseline, single(1, seen(30, usual)), full(2, seen(50, less))];
    expect(lastTold(...gone)).toEqual(['vanished code']);
    expect(lastTold(...gone, single(30, seen(1, usual)))).toEqual([]);
    expect(lastTold(...gone, partial(30, seen(1, usual)))).toEqual(['new code']);
  });

  it('is not that a field is gone where too few objects could have had it', () => {
    const sparse = full(0, seen(50, { ...usual, petPolicy: { seen: 4 } }));
    expect(lastTold(sparse, full(1, seen(50, usual)))).toEqual([]);
    expect(lastTold(baseline, full(1, seen(0, {})))).toEqual([]);
    expect(lastTold(baseline, full(1, seen(2, { leaseId: {} })))).toEqual([]);
    const often = full(0, seen(50, { ...usual, petPolicy: { seen: 10 } }));
    expect(lastTold(often, full(1, seen(50, usual)))).toEqual(['vanished petPolicy']);
    expect(lastTold(often, full(1, seen(30, usual)))).toEqual([]);
  });

  it('is an object that is gone, and not all that was in it as well; an empty list says nothing of what could be in it', () => {
    const { tenants: _tenants, 'tenants.name': _name, ...without } = usual;
    expect(lastTold(baseline, full(1, seen(50, without)))).toEqual(['vanished tenants']);
    expect(lastTold(baseline, full(1, seen(50, { ...without, tenants: { types: ['list'] } })))).toEqual([]);
    const withPhone = full(0, seen(50, { ...usual, 'tenants.phone': { seen: 60 } }));
    expect(lastTold(withPhone, full(1, seen(50, usual)))).toEqual(['vanished tenants.phone']);
  });

  it('is not that a field is gone when it is left out from now on, nor that it is new when it is kept again', () => {
    const { code: _code, ...less } = usual;
    const kept = history(baseline, full(1, seen(50, less, { code: 50 })), full(2, seen(50, usual)));
    expect(kept.told.flat()).toEqual([]);
  });

  it('is nothing of names that stand for any number of keys', () => {
    const { told } = history(baseline, full(1, seen(50, { ...usual, '(unnamed)': {}, 'tenants.(unnamed)': {} })));
    expect(told.flat()).toEqual([]);
  });
});

describe('a full run of several slices', () => {
  const { code: _code, ...less } = usual;
  const slice = (number: number, what: SeenFields, isProven = false) =>
    full(5, what, { id: 'run', slice: number, isProven });

  it('is judged by what all of them have seen together', () => {
    expect(lastTold(baseline, slice(1, seen(25, usual)), slice(2, seen(25, less), true))).toEqual([]);
    expect(lastTold(baseline, slice(1, seen(25, less)), slice(2, seen(25, less), true))).toEqual(['vanished code']);
    expect(lastTold(baseline, slice(1, seen(50, less)), slice(2, seen(0, {}), true))).toEqual(['vanished code']);
  });

  it('shows nothing to be gone, and is no baseline, where a slice of it is not accounted for', () => {
    expect(lastTold(baseline, slice(1, seen(25, less)), slice(3, seen(25, less), true))).toEqual([]);
    expect(lastTold(baseline, slice(2, seen(25, less)), slice(3, seen(25, less), true))).toEqual([]);
    expect(history(slice(2, seen(25, less), true)).catalogue.baselineAt).toBeUndefined();
    const other = full(5, seen(25, less), { id: 'another', slice: 1, isProven: false });
    expect(lastTold(baseline, other, slice(2, seen(25, less), true))).toEqual([]);
  });
});

describe('a field that comes and goes', () => {
  const { code: _code, ...less } = usual;
  const there = (hour: number) => full(hour, seen(50, usual));
  const gone = (hour: number) => full(hour, seen(50, less));

  it('is told of as new and as vanished once a day each, and as it is in the end', () => {
    const { told } = history(there(0), gone(1), there(2), gone(3), there(4), gone(5), gone(24), gone(25), gone(26));
    expect(told.flat().map(({ change, at }) => [change, at])).toEqual([
      ['vanished', atHour(1)],
      ['new', atHour(2)],
      ['vanished', atHour(25)],
    ]);
  });
});

describe('what a catalogue costs', () => {
  it('is no write for a read that shows nothing new, but one a day for when fields were last seen', () => {
    const reads = [1, 2, 12, 23, 24, 25].map((hour) => partial(hour, seen(5, usual)));
    expect(history(baseline, ...reads).wrote).toEqual([true, false, false, false, false, true, false]);
  });

  it('is a write for whatever is new, also before anything is told', () => {
    const early = [partial(0, seen(5, usual)), partial(1, seen(5, { zone: {} })), partial(2, seen(5, { zone: {} }))];
    expect(history(...early, partial(3, seen(5, {}, { ssn: 1 }))).wrote).toEqual([true, true, false, true]);
  });

  it('is bounded, whatever keys come, and what lies less deep is kept first', () => {
    const keys = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`answers.to ${index}`, {}]));
    const dropped = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`pii ${index}`, 1]));
    const long = { [`x${'y'.repeat(500)}`]: {} };
    const { catalogue, told } = history(baseline, full(1, seen(50, { ...keys, ...long, zone: {} }, dropped)));
    expect(JSON.stringify(catalogue).length).toBeLessThan(350_000);
    expect(catalogue.fields).toHaveProperty('zone');
    expect(Object.keys(catalogue.fields).every((path) => path.length <= 200)).toBe(true);
    expect(told[1]?.length).toBe(100);
  });
});

describe('dropped names', () => {
  it('are counted in the last full read, slices together, with when they were first and last seen', () => {
    const { catalogue } = history(
      full(0, seen(50, usual, { birthDate: 40 })),
      partial(1, seen(2, usual, { birthDate: 2, ssn: 1 })),
      full(2, seen(20, usual, { birthDate: 20 }), { id: 'run', isProven: false }),
      full(2, seen(25, usual, { birthDate: 21, ssn: 3 }), { id: 'run', slice: 2 }),
    );
    expect(catalogue.dropped).toEqual({
      birthDate: { count: 41, first: atHour(0), last: atHour(2) },
      ssn: { count: 3, first: atHour(1), last: atHour(2) },
    });
  });
});

describe('whatever is read', () => {
  const names = ['a', 'b', 'c', 'c.d'] as const;
  const anyTypes = fc.subarray<FieldType>(['text', 'number', 'object', 'null'], { minLength: 1 });
  const anyFields = fc
    .subarray([...names])
    .chain((paths) =>
      fc.tuple(...paths.map((path) => fc.tuple(fc.constant(path), fc.integer({ min: 1, max: 40 }), anyTypes))),
    )
    .map((fields) => Object.fromEntries(fields.map(([path, count, types]) => [path, { seen: count, types }])));
  const anyRead = fc.record({
    afterHours: fc.integer({ min: 0, max: 15 }),
    how: fc.constantFrom('proven', 'proven', 'unproven', 'partial', 'single'),
    what: anyFields.map((fields) => seen(40, fields)),
  });
  const anyReads = fc.array(anyRead, { maxLength: 25 }).map((reads) => {
    let hour = 0;
    return reads.map(({ afterHours, how, what }): FieldsRead => {
      hour += afterHours;
      if (how === 'single') return single(hour, what);
      return how === 'partial' ? partial(hour, what) : full(hour, what, { isProven: how === 'proven' });
    });
  });

  it('tells each kind of change of each field at most once within any day', () => {
    fc.assert(
      fc.property(anyReads, (reads) => {
        const times = new Map<string, number[]>();
        for (const { field, change, at } of history(...reads).told.flat()) {
          const before = times.get(`${field} ${change}`) ?? [];
          times.set(`${field} ${change}`, [...before, Date.parse(at)]);
        }
        for (const all of times.values()) {
          for (const [index, time] of all.entries()) {
            if (index > 0) expect(time - (all[index - 1] ?? 0)).toBeGreaterThanOrEqual(24 * hourMs);
          }
        }
      }),
    );
  });

  it('is told in such a way that who follows it knows after a quiet day what is there, and all types', () => {
    fc.assert(
      fc.property(anyReads, (reads) => {
        const quiet = full(25 * 15 + 24, reads.at(-1)?.seen ?? seen(40, {}));
        const { catalogue, told } = history(baselineOf(reads), ...reads, quiet);
        const known = new Map(baselineOf(reads).seen.fields.map(({ path }) => [path, true]));
        for (const { field, change } of told.flat()) known.set(field, change !== 'vanished');
        for (const [path, field] of Object.entries(catalogue.fields)) {
          if (field.list === undefined || !known.has(path)) continue;
          expect(known.get(path), path).toBe(field.vanishedAt === undefined);
          if (known.get(path)) expect(field.told.types, path).toEqual(field.types);
        }
      }),
    );
  });

  it('never says that a field is gone which the very read shows, nor anything before the baseline', () => {
    fc.assert(
      fc.property(anyReads, (reads) => {
        const { told } = history(...reads);
        const firstProven = reads.findIndex(({ fullRun }) => fullRun?.isProven);
        for (const [index, changes] of told.entries()) {
          if (firstProven < 0 || index <= firstProven) expect(changes).toEqual([]);
          const shown = reads[index]?.seen.fields.map(({ path }) => path) ?? [];
          for (const { field, change, read } of changes) {
            if (change === 'vanished')
              expect(read === 'list' && shown.includes(field) && reads[index]?.kind === 'list').toBe(false);
          }
        }
      }),
    );
  });

  it('tells the same where a catalogue is read back from its text', () => {
    fc.assert(
      fc.property(anyReads, (reads) => {
        let [one, other] = [emptyCatalogue, emptyCatalogue];
        for (const read of reads) {
          const [a, b] = [afterRead(one, read), afterRead(other, read)];
          expect(b.changes).toEqual(a.changes);
          one = a.catalogue;
          other = JSON.parse(JSON.stringify(b.catalogue));
        }
      }),
    );
  });

  const baselineOf = (reads: readonly FieldsRead[]): FieldsRead => ({
    ...full(0, reads[0]?.seen ?? seen(40, {})),
    at: new Date(startMs - 48 * hourMs).toISOString(),
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CarriedFields, type Data, isCarried, type ReadKind } from './carried-fields.ts';
import { hashOf } from './hash.ts';
import type { ReadTimes } from './read-order.ts';
import { firstVersion, type ObjectAnswer, type RecordVersion, versionAfter } from './record-version.ts';

/** Which kinds of read carry a field. */
type Carriers = 'list' | 'single' | 'both';
const carriers = fc.constantFrom<Carriers>('list', 'single', 'both');
const isCarriedBy = (field: Carriers, kind: ReadKind) => field === 'both' || field === kind;

/** A field of an object that has another value in each of its states, until it has none from `endsAt` on. */
interface FieldModel {
  readonly by: Carriers;
  readonly endsAt: number;
}

/** An object that changes, and what each kind of read shows of it. */
interface ObjectModel {
  readonly fields: Readonly<Record<string, FieldModel>>;
  readonly nested: Readonly<Record<string, FieldModel>>;
  readonly items: {
    readonly by: Carriers;
    readonly fields: Readonly<Record<string, Carriers>>;
    /** Each item is there for some of the states. */
    readonly lives: readonly { readonly from: number; readonly to: number }[];
  };
  readonly hasModified: boolean;
}

const states = 5;
const fieldModel = fc.record({ by: carriers, endsAt: fc.constantFrom(1, 3, states, states) });
const named = <T>(prefix: string, model: fc.Arbitrary<T>) =>
  fc.array(model, { maxLength: 3 }).map((all) => Object.fromEntries(all.map((each, at) => [`${prefix}${at}`, each])));
const objectModel = (hasModified: boolean): fc.Arbitrary<ObjectModel> =>
  fc.record({
    fields: named('field', fieldModel),
    nested: named('nested', fieldModel),
    items: fc.record({
      by: carriers,
      fields: named('part', carriers),
      lives: fc.array(fc.record({ from: fc.nat(states - 1), to: fc.integer({ min: 1, max: states }) }), {
        maxLength: 3,
      }),
    }),
    hasModified: fc.constant(hasModified),
  });

/** What a read of one kind answers about the object in one of its states. */
function shown({ fields, nested, items, hasModified }: ObjectModel, state: number, kind: ReadKind): Data {
  const valuesOf = (models: ObjectModel['fields']) =>
    Object.fromEntries(
      Object.entries(models)
        .filter(([, { by, endsAt }]) => isCarriedBy(by, kind) && state < endsAt)
        .map(([name]) => [name, state]),
    );
  const alive = items.lives
    .map((life, at) => ({ ...life, chargeId: String(at) }))
    .filter(({ from, to }) => from <= state && state < to)
    .map(({ chargeId }) => ({
      chargeId,
      ...Object.fromEntries(
        Object.entries(items.fields)
          .filter(([, by]) => isCarriedBy(by, kind))
          .map(([name]) => [name, state]),
      ),
    }));
  return {
    id: '7',
    // A read that says nothing new leaves no trace, so each kind has something of its own that is new.
    [`${kind}Only`]: state,
    ...(hasModified && { dateTimeModified: state }),
    ...valuesOf(fields),
    address: { country: 'US', ...valuesOf(nested) },
    ...(isCarriedBy(items.by, kind) && { charges: kind === 'single' ? alive.reverse() : alive }),
  };
}

/** What should be stored once the newest list has shown one state and the newest single read another. */
function expected(object: ObjectModel, newest: Readonly<Record<ReadKind, number>>): Record<string, unknown> {
  const stateOf = (by: Carriers) => (by === 'both' ? Math.max(newest.list, newest.single) : newest[by]);
  const valuesOf = (models: ObjectModel['fields']) =>
    Object.fromEntries(
      Object.entries(models)
        .map(([name, { by, endsAt }]) => [name, stateOf(by) < endsAt ? stateOf(by) : undefined])
        .filter(([, value]) => value !== undefined),
    );
  const { by, fields, lives } = object.items;
  const charges = lives.flatMap(({ from, to }, at) => {
    const isAlive = from <= stateOf(by) && stateOf(by) < to;
    const parts = Object.entries(fields).filter(([, part]) => part === 'both' || part === by || by === 'both');
    const seen = parts
      .map(([name, part]) => [name, stateOf(part === 'both' ? by : part)] as const)
      .filter(([, state]) => from <= state);
    return isAlive ? [{ chargeId: String(at), ...Object.fromEntries(seen) }] : [];
  });
  return {
    id: '7',
    listOnly: newest.list,
    singleOnly: newest.single,
    ...(object.hasModified && { dateTimeModified: Math.max(newest.list, newest.single) }),
    ...valuesOf(object.fields),
    address: { country: 'US', ...valuesOf(object.nested) },
    charges,
  };
}

interface Seen {
  readonly kind: ReadKind;
  readonly state: number;
  readonly from: number;
  readonly seenAt: number;
  readonly to: number;
}

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const answerOf = (object: ObjectModel, { kind, state, from, to }: Seen): ObjectAnswer => {
  const data = shown(object, state, kind);
  const times: ReadTimes = { asOf: at(from), answeredAt: at(to) };
  return {
    id: '7',
    kind,
    data,
    hash: hashOf(data),
    ...times,
    ...(object.hasModified && { sourceModifiedAt: at(state) }),
  };
};

/** What the kinds carry, as shown by another object that has everything in some state. */
function taught(object: ObjectModel) {
  const carried = { list: new CarriedFields(), single: new CarriedFields() };
  for (const kind of ['list', 'single'] as const) {
    for (let state = 0; state < states; state++) carried[kind].learn(shown(object, state, kind));
  }
  return { list: carried.list.root, single: carried.single.root };
}

/** Everything in a record by its path, items by their ids. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, `${path}[${item.chargeId}]`));
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

const byId = (data: Data): Data => ({
  ...data,
  charges: [...(data.charges as { chargeId: string }[])].sort((a, b) => a.chargeId.localeCompare(b.chargeId)),
});

/** Reads of an object that changes at four moments. Each sees it at one moment between its request and its answer. */
const overlapping = fc
  .record({
    changes: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: states - 1, maxLength: states - 1 }),
    reads: fc.array(
      fc.record({
        kind: fc.constantFrom<ReadKind>('list', 'single'),
        from: fc.nat(100),
        seenAfter: fc.nat(30),
        answeredAfter: fc.integer({ min: 1, max: 30 }),
      }),
      { minLength: 1, maxLength: 7 },
    ),
  })
  .map(({ changes, reads }) =>
    reads.map(({ kind, from, seenAfter, answeredAfter }): Seen => {
      const seenAt = from + seenAfter;
      const state = changes.filter((moment) => moment <= seenAt).length;
      return { kind, from, seenAt, to: seenAt + answeredAfter, state };
    }),
  );

/** Reads that come one after another, each of which may find the object changed. */
const apart = fc
  .array(fc.record({ kind: fc.constantFrom<ReadKind>('list', 'single'), isChanged: fc.boolean() }), {
    minLength: 1,
    maxLength: 7,
  })
  .map((reads) => {
    let state = 0;
    return reads.map(({ kind, isChanged }, index): Seen => {
      if (isChanged && state < states - 1) state += 1;
      return { kind, state, from: index * 10, seenAt: index * 10 + 3, to: index * 10 + 6 };
    });
  });

const first: readonly Seen[] = [
  { kind: 'list', state: 0, from: -20, seenAt: -19, to: -18 },
  { kind: 'single', state: 0, from: -10, seenAt: -9, to: -8 },
];

const cases: [string, boolean, fc.Arbitrary<Seen[]>][] = [
  ['an object with a modification time, however its reads overlap', true, overlapping],
  ['an object without one, whose reads do not overlap', false, apart],
];

describe.each(cases)('promise 3, never backwards, for each part of %s', (_, hasModified, reads) => {
  const arriving = reads.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
  );

  it('ends in the newest value of each field, in any order of arrival, twice', () => {
    fc.assert(
      fc.property(objectModel(hasModified), arriving, (object, [all, order]) => {
        const carried = taught(object);
        let record: RecordVersion | undefined;
        const removed = new Set<string>();
        let revisions = 0;
        const deliver = (read: Seen) => {
          const answer = answerOf(object, read);
          const next = record === undefined ? firstVersion(answer, carried) : versionAfter(record, answer, carried);
          if (typeof next === 'string') return;
          revisions += 1;
          const before = new Map(leaves(record?.data ?? {}));
          const after = new Map(leaves(next.data));
          for (const [path, value] of after) {
            expect(removed, `${path} comes back`).not.toContain(path);
            if (typeof value === 'number') expect(value, path).toBeGreaterThanOrEqual(Number(before.get(path) ?? 0));
          }
          for (const path of before.keys()) if (!after.has(path)) removed.add(path);
          record = next;
        };
        for (const read of [...first, ...order]) deliver(read);
        const newest = (kind: ReadKind) =>
          Math.max(...[...first, ...all].filter((read) => read.kind === kind).map(({ state }) => state));
        const wanted = expected(object, { list: newest('list'), single: newest('single') });
        expect({ charges: [], ...byId({ charges: [], ...record?.data }) }).toEqual(wanted);

        const before = revisions;
        for (const read of order) deliver(read);
        expect(revisions, 'revisions for what is known').toBe(before);
      }),
      { numRuns: 300 },
    );
  });

  it('and knows how the next row shows it, so that a list of what is known already is nothing new', () => {
    fc.assert(
      fc.property(objectModel(hasModified), arriving, fc.boolean(), (object, [, order], endsWithList) => {
        const carried = taught(object);
        const last = (kind: ReadKind, from: number): Seen => ({
          kind,
          state: states - 1,
          from,
          seenAt: from,
          to: from + 1,
        });
        const ending = endsWithList
          ? [last('single', 500), last('list', 600)]
          : [last('list', 500), last('single', 600)];
        const [start, ...others] = [...first, ...order, ...ending].map((read) => answerOf(object, read));
        if (start === undefined) return;
        const record = others.reduce(
          (stored, answer) => {
            const next = versionAfter(stored, answer, carried);
            return typeof next === 'string' ? stored : next;
          },
          firstVersion(start, carried),
        );
        const row = shown(object, states - 1, 'list');
        expect(record.listView?.hash ?? record.hash).toBe(hashOf(row));
        expect(versionAfter(record, answerOf(object, last('list', 700)), carried)).toBe('unchanged');
        expect(versionAfter(record, answerOf(object, last('single', 700)), carried)).toBe('unchanged');
      }),
      { numRuns: 300 },
    );
  });
});

describe('what the kinds of read carry is learnt on the way', () => {
  it('and a read removes only what its kind was seen to carry; the same ones again change nothing', () => {
    const companion = fc.record({
      kind: fc.constantFrom<ReadKind>('list', 'single'),
      which: fc.constantFrom('a', 'b'),
    });
    const visits = fc.array(fc.tuple(companion, fc.nat(states - 1)), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(objectModel(false), visits, (object, reads) => {
        const fields = { list: new CarriedFields(), single: new CarriedFields() };
        const carried = { list: fields.list.root, single: fields.single.root };
        const records = new Map<string, RecordVersion>();
        let time = 0;
        const visit = (which: string, kind: ReadKind, state: number) => {
          time += 10;
          const answer = answerOf(object, { kind, state, from: time, seenAt: time, to: time + 1 });
          fields[kind].learn(answer.data);
          const before = records.get(which);
          const next = before === undefined ? firstVersion(answer, carried) : versionAfter(before, answer, carried);
          if (typeof next === 'string') return false;
          const after = new Set(leaves(next.data).map(([path]) => path));
          for (const [path] of leaves(before?.data ?? {})) {
            const pointer = path.replaceAll(/\[\d+\]/g, '').replaceAll('.', '/');
            if (!after.has(path) && !path.includes('[')) expect(isCarried(carried[kind], pointer), path).toBe(true);
          }
          records.set(which, next);
          return true;
        };
        // Another object in its own states shows what else a kind of read may carry.
        for (const [{ kind, which }, state] of reads) visit(which, kind, state);
        const last = new Map(reads.map(([{ kind, which }, state]) => [`${which} ${kind}`, { kind, which, state }]));
        const again = [...last.values()];
        for (const { which, kind } of again) visit(which, kind, states - 1);
        for (const { which, kind } of again) visit(which, kind, states - 1);
        for (const { which, kind } of again) expect(visit(which, kind, states - 1), `${which} ${kind}`).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

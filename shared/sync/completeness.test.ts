import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PageEvidence, provenByOnePass, provenByRepetition, provenOrder } from './completeness.ts';

const page = (number: number, pageSize: number, ids: readonly (number | string)[]): PageEvidence => ({
  page: number,
  pageSize,
  size: ids.length,
  ids: ids.map(String),
});
const end = page(99, 4, []);
const reasonOf = (pages: readonly PageEvidence[], capacity?: number) => {
  const proof = provenByOnePass(pages, capacity);
  return proof.proven ? 'proven' : proof.reason;
};

describe('one pass', () => {
  // 4 rows a page: rows 1-4, then page 2 of 3 (rows 4-6).
  const first = page(1, 4, [1, 2, 3, 4]);
  const second = page(2, 3, [4, 5]);

  it('proves a list whose pages join and whose last page shows the end', () => {
    expect(reasonOf([first, second, end])).toBe('proven');
    expect(reasonOf([page(1, 4, [9, 8, 7, 6]), page(2, 3, [6, 5]), end])).toBe('proven');
    expect(reasonOf([page(1, 4, [])])).toBe('proven');
  });

  it('proves nothing before the list’s end', () => {
    expect(reasonOf([])).toMatch('to its end');
    expect(reasonOf([first, second])).toMatch('to its end');
  });

  it('proves nothing where pages do not join, because rows vanished in between or pages only touch', () => {
    expect(reasonOf([first, page(2, 3, [5, 6]), end])).toMatch('do not join');
    expect(reasonOf([first, page(2, 4, [5]), end])).toMatch('do not join');
  });

  it('proves nothing of a list that is not in the order of its ids', () => {
    expect(reasonOf([page(1, 4, [2, 1, 3, 4]), second, end])).toMatch('order');
    expect(reasonOf([first, page(2, 3, [4, 3]), end])).toMatch('order');
    expect(reasonOf([page(1, 4, ['a', 'b', 'c', 'd']), page(2, 3, ['d', 'e']), end])).toMatch('order');
    expect(reasonOf([page(1, 4, [1, 2, 2, 4]), second, end])).toMatch('order');
    expect(reasonOf([page(1, 1, [1]), page(2, 1, [2]), end])).toMatch('order');
  });

  it('proves nothing where a row was pushed back: something came before it that may have been behind it', () => {
    expect(reasonOf([first, page(2, 3, [3, 4]), end])).toMatch('changed places');
  });

  it('proves nothing where the last page may have been cut off', () => {
    expect(reasonOf([first, page(2, 3, [4, 5, 6]), end])).toMatch('cut off');
    expect(reasonOf([first, end])).toMatch('cut off');
    // One page of 3 where 4 were asked for: the end, if the server is known to give 4, or else its cap.
    expect(reasonOf([page(1, 4, [1, 2, 3]), end])).toMatch('cut off');
    expect(reasonOf([page(1, 4, [1, 2, 3]), end], 3)).toMatch('cut off');
    expect(reasonOf([page(1, 4, [1, 2, 3]), end], 4)).toBe('proven');
    expect(reasonOf([page(1, 4, [1]), end], 4)).toBe('proven');
  });

  it('proves nothing where rows have no readable id', () => {
    expect(reasonOf([{ ...first, size: 5 }, second, end])).toMatch('no readable id');
  });
});

describe('repetition', () => {
  const proven = (...passes: number[][]) => provenByRepetition(passes.map((ids) => new Set(ids.map(String)))).proven;

  it('proves it when the last pass brings nothing new but what was made meanwhile', () => {
    expect(proven([1, 2, 3], [1, 2, 3])).toBe(true);
    expect(proven([1, 2, 3], [1, 3, 4, 5])).toBe(true);
    expect(proven([], [])).toBe(true);
    expect(proven([1, 3], [1, 2, 3], [1, 2, 3])).toBe(true);
  });

  it('does not when the last pass brings what earlier ones had missed', () => {
    expect(proven([1, 3], [1, 2, 3])).toBe(false);
    expect(proven([1, 2, 3])).toBe(false);
    expect(proven()).toBe(false);
    expect(proven([], [1])).toBe(false);
    expect(proven([1, 5], [1, 2, 5], [1, 2, 4, 5])).toBe(false);
  });

  it('takes no id for a later one that is not a number', () => {
    expect(provenByRepetition([new Set(['a']), new Set(['a', 'b'])]).proven).toBe(false);
    // As text, 10 comes before 9.
    expect(proven([1, 9], [1, 9, 10])).toBe(true);
    expect(proven([1, 10], [1, 9, 10])).toBe(false);
  });
});

describe('a list in no order', () => {
  /** Every page of every pass cut out of the list in another order; from the second pass on, as passes are repeated. */
  const passesOver = (rows: number, cap: number, random: Iterator<number>): PageEvidence[][] =>
    [1, 2, 3, 4].map(() =>
      Array.from({ length: Math.ceil(rows / cap) }, (_, at) => {
        const ids = shuffled(rows, random).slice(at * cap, (at + 1) * cap);
        return { page: at + 1, pageSize: cap, size: ids.length, ids };
      }),
    );

  it('is not proven because passes agree by chance: next to never, where a row was missed', () => {
    let [agreed, missed] = [0, 0];
    const sizes = fc.record({
      cap: fc.integer({ min: 5, max: 40 }),
      times: fc.double({ min: 1.2, max: 6, noNaN: true }),
    });
    fc.assert(
      fc.property(
        sizes,
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        ({ cap, times }, random) => {
          const rows = Math.ceil(cap * times);
          const passes = passesOver(rows, cap, random);
          const sets = passes.map((pages) => new Set(pages.flatMap(({ ids }) => ids)));
          const at = [1, 2, 3].find((pass) => provenByRepetition(sets.slice(0, pass + 1)).proven);
          const isMissed = (pass: number) => new Set(sets.slice(0, pass + 1).flatMap((ids) => [...ids])).size < rows;
          if (at !== undefined && isMissed(at)) agreed += 1;
          const proven = [1, 2, 3].find(
            (pass) =>
              provenByRepetition(sets.slice(0, pass + 1)).proven &&
              provenOrder(passes[pass] ?? [], sets[pass - 1] ?? new Set()).proven,
          );
          if (proven !== undefined && isMissed(proven)) missed += 1;
        },
      ),
      { numRuns: 1_000, seed: 7 },
    );
    expect(agreed).toBeGreaterThan(50);
    // A list of two short pages is now and then read in its order by chance: nothing shows that.
    expect(missed).toBeLessThan(agreed / 10);
  });

  it('is told from one whose rows only vanish, only appear, or of which few are modified', () => {
    const ids = Array.from({ length: 300 }, (_, index) => String(index + 1));
    const before = new Set(ids);
    const pass = (...pages: string[][]) =>
      pages.map((each, at) => ({ page: at + 1, pageSize: 100, size: each.length, ids: each }));
    const vanished = pass(ids.slice(0, 100), ids.slice(110, 210), ids.slice(215));
    const appeared = pass(ids.slice(0, 100), ids.slice(95, 195), ids.slice(190, 290), ids.slice(290));
    const modified = pass(ids.slice(0, 100), ids.slice(99, 199), ['1', ...ids.slice(200)]);
    for (const pages of [vanished, appeared, modified]) expect(provenOrder(pages, before)).toEqual({ proven: true });
    const jumping = pass(ids.slice(0, 100), ids.slice(90, 190), ids.slice(200));
    expect(provenOrder(jumping, before).proven).toBe(false);
  });
});

/** The ids 1 to `count` in an order of their own. */
function shuffled(count: number, random: Iterator<number>): string[] {
  const ids = Array.from({ length: count }, (_, index) => ({ id: String(index + 1), at: random.next().value }));
  return ids.toSorted((a, b) => a.at - b.at).map(({ id }) => id);
}

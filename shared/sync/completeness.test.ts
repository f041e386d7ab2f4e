import { describe, expect, it } from 'vitest';
import { type PageEvidence, provenByOnePass, provenByRepetition } from './completeness.ts';

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

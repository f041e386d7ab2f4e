import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denseRanges } from './id-ranges.ts';

const numbers = (from: number, to: number, step = 1): string[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => String(from + index * step));

describe('ids that lie close together', () => {
  it('are one range, in whatever order they come', () => {
    const { ranges, others } = denseRanges(numbers(1_000, 1_249).reverse());
    expect(ranges.map(({ first, last, ids }) => [first, last, ids.length])).toEqual([['1000', '1249', 250]]);
    expect(others).toEqual([]);
  });

  it('are a range for each length, because as text 1000 comes before 999', () => {
    const { ranges } = denseRanges(numbers(900, 1_100));
    expect(ranges.map(({ first, last }) => [first, last])).toEqual([
      ['900', '999'],
      ['1000', '1100'],
    ]);
  });

  it('are no range where most of what lies between was not asked for', () => {
    expect(denseRanges(numbers(1_000, 9_000, 50)).ranges).toEqual([]);
    expect(denseRanges(numbers(1_000, 1_400, 4)).ranges).toEqual([]);
    expect(denseRanges(['5', '6', '7']).ranges).toEqual([]);
    expect(denseRanges([...numbers(1_000, 1_100), '5000', 'x', '007']).others).toEqual(['5000', 'x', '007']);
  });

  it('are each in exactly one place, and between the ends of their range as text', () => {
    const id = fc.oneof(fc.integer({ min: 0, max: 300 }).map(String), fc.string(), fc.constantFrom('007', '1e3', '-1'));
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 300 }), (ids) => {
        const { ranges, others } = denseRanges(ids);
        expect([...ranges.flatMap((range) => range.ids), ...others].sort()).toEqual([...ids].sort());
        for (const { first, last, ids: inside } of ranges) {
          for (const each of inside) expect(each >= first && each <= last).toBe(true);
        }
      }),
    );
  });
});

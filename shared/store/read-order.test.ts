import { describe, expect, it } from 'vitest';
import { isNewer, type ReadTimes, type RecordReads, reachOf, readsAfter } from './read-order.ts';

const read = (from: number, to: number, modified?: number): ReadTimes => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
  return { asOf: at(from), answeredAt: at(to), sourceModifiedAt: modified === undefined ? undefined : at(modified) };
};

describe('of two reads of an object', () => {
  it.each<[string, ReadTimes, ReadTimes, boolean]>([
    ['the later one is newer where they do not overlap', read(5, 6), read(1, 5), true],
    ['whatever modification time it shows', read(5, 6, 1), read(1, 5, 2), true],
    ['and the earlier one is not', read(1, 2, 9), read(2, 5, 1), false],
    ['where they overlap, the later modification decides', read(1, 9, 4), read(3, 4, 2), true],
    ['also against a later request', read(3, 4, 2), read(1, 9, 4), false],
    ['of the same modification, the later request', read(3, 4, 2), read(1, 9, 2), true],
    ['and without one, the later request', read(3, 9), read(2, 8), true],
    ['also where only one has it', read(2, 8, 7), read(3, 9), false],
    ['and the same read is not newer than itself', read(2, 8), read(2, 8), false],
  ])('%s', (_, one, than, expected) => {
    expect(isNewer(one, than)).toBe(expected);
  });
});

describe('a read', () => {
  const [early, middle, late] = [read(1, 2), read(3, 4), read(5, 6)];

  it('may change what it is newer than: all of a record, only what the other kind never carries, or nothing', () => {
    expect(reachOf('list', late, { newest: 'single', times: middle, other: early })).toBe('all');
    expect(reachOf('list', late, { newest: 'list', times: middle })).toBe('all');
    expect(reachOf('list', middle, { newest: 'single', times: late, other: early })).toBe('whatOtherLacks');
    expect(reachOf('single', early, { newest: 'list', times: middle })).toBe('whatOtherLacks');
    expect(reachOf('single', early, { newest: 'single', times: middle })).toBe('nothing');
    expect(reachOf('single', middle, { newest: 'single', times: late, other: early })).toBe('nothing');
  });

  it('leaves its times in its own part', () => {
    const reads: RecordReads = { newest: 'single', times: middle, other: early };
    expect(readsAfter(reads, 'list', late, true)).toEqual({ newest: 'list', times: late, other: middle });
    expect(readsAfter(reads, 'list', late, false)).toEqual({ newest: 'single', times: middle, other: late });
    expect(readsAfter(reads, 'single', late, true)).toEqual({ newest: 'single', times: late, other: early });
    expect(readsAfter(reads, 'single', late, false)).toEqual({ newest: 'single', times: late, other: early });
  });
});

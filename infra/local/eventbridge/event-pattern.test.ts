import { expect, test } from 'vitest';
import { parsePattern } from './event-pattern.ts';

const event = { source: 'a', detail: { resource: 'leases', count: 5, tags: ['x', 'y'], note: null } };

test.each([
  [{ source: ['a', 'b'] }, true],
  [{ source: ['b'] }, false],
  [{ source: ['a'], detail: { count: [6] } }, false],
  [{ detail: { resource: [{ prefix: 'lea' }] } }, true],
  [{ detail: { resource: [{ suffix: 'lea' }] } }, false],
  [{ detail: { resource: [{ 'anything-but': ['leases'] }] } }, false],
  [{ detail: { resource: [{ 'anything-but': { prefix: 'un' } }] } }, true],
  [{ detail: { tags: ['y'] } }, true],
  [{ detail: { missing: [{ exists: false }] } }, true],
  [{ detail: { missing: [{ exists: true }] } }, false],
  [{ detail: { note: [null] } }, true],
])('%j matches: %s', (pattern, expected) => {
  expect(parsePattern(pattern)(event)).toBe(expected);
});

test('a pattern with an operator that is not supported is refused by its name', () => {
  expect(() => parsePattern({ detail: { count: [{ numeric: ['>', 3] }] } })).toThrow(
    'operator numeric is not supported',
  );
});

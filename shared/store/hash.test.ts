import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf } from './hash.ts';

/** The same in plain words: nulls left out, keys sorted. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}

// Letters only: a JavaScript object puts keys that are numbers first, whatever the order they came in.
const key = fc.constantFrom('a', 'b', 'c', 'd', 'é"', '\n');
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, 1.5, ''),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

describe('the hash of a record', () => {
  it('is that of its content without nulls, whatever the order of its keys and whatever was hashed before', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(hashOf(value)).toBe(hash('sha256', JSON.stringify(canonical(value)), 'base64url'));
      }),
      { numRuns: 500 },
    );
  });
});

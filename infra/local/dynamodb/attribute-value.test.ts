import { expect, test } from 'vitest';
import { sameValue } from './attribute-value.ts';

test('attribute values are equal whatever the order of keys and sets', () => {
  expect(sameValue({ a: { SS: ['x', 'y'] }, b: { N: '1' } }, { b: { N: '1' }, a: { SS: ['y', 'x'] } })).toBe(true);
  expect(sameValue({ a: { L: [{ S: 'x' }, { S: 'y' }] } }, { a: { L: [{ S: 'y' }, { S: 'x' }] } })).toBe(false);
  expect(sameValue({ a: { S: '1' } }, { a: { N: '1' } })).toBe(false);
  expect(sameValue({ a: { S: '1' } }, { a: { S: '1' }, b: { S: '' } })).toBe(false);
});

import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mendConditionParser } from './condition-parser.ts';

type Parse = (text: string, options: { context: object }) => unknown;

const require = createRequire(import.meta.url);
const file = require.resolve('dynalite/db/conditionParser');
mendConditionParser(require);
const mended: { parse: Parse } = require(file);
const original = new Module(file);
Reflect.get(original, '_compile').call(original, readFileSync(file, 'utf8'), file);

const originalParse: Parse = Reflect.get(original.exports, 'parse');

const names = { attrNames: { '#n': 'name', '#o': 'other' } };
const values = { attrVals: { ':a': { S: 'a' }, ':n': { N: '1' } } };

function outcome(parse: Parse, text: string): unknown {
  const context = {
    ...names,
    ...values,
    unusedAttrNames: { '#n': true, '#o': true },
    unusedAttrVals: { ':a': true, ':n': true },
    isReserved: (word: string) => word === 'reserved',
    compare: () => true,
  };
  try {
    return { result: parse(text, { context }), context: JSON.stringify(context) };
  } catch (error) {
    return String(error);
  }
}

const operand = fc.constantFrom(
  'a',
  'b.c',
  'list[0]',
  '#n',
  '#o.x',
  ':a',
  ':n',
  'reserved',
  '#missing',
  ':missing',
  '(a)',
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '?'), operand).map((parts) => parts.join(' ')),
    fc
      .constantFrom('attribute_exists', 'attribute_not_exists', 'size', 'nothing')
      .chain((name) => operand.map((path) => `${name}(${path})`)),
    fc.tuple(operand, operand).map(([low, high]) => `a BETWEEN ${low} AND ${high}`),
    fc.tuple(operand, operand).map((items) => `a IN (${items.join(', ')})`),
    tie('condition').map((inner) => `(${inner})`),
    tie('condition').map((inner) => `NOT ${inner}`),
    fc.tuple(tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition')).map((parts) => parts.join(' ')),
  ),
}));

test('a condition means what dynalite itself makes of it, wrong ones included', () => {
  fc.assert(
    fc.property(condition, (text) => {
      expect(outcome(mended.parse, text)).toEqual(outcome(originalParse, text));
    }),
    { numRuns: 300 },
  );
});

test('the work for a condition does not multiply with its parentheses', () => {
  const nested = (depth: number): string => (depth === 0 ? 'a = :a' : `(b = :n OR (c = :n AND ${nested(depth - 1)}))`);
  const namesLookedAt = (parse: Parse, depth: number): number => {
    let count = 0;
    const isReserved = () => {
      count += 1;
      return false;
    };
    parse(nested(depth), {
      context: { ...names, ...values, unusedAttrNames: {}, unusedAttrVals: {}, isReserved, compare: () => true },
    });
    return count;
  };
  expect(namesLookedAt(originalParse, 2)).toBeGreaterThan(20 * namesLookedAt(mended.parse, 2));
  expect(namesLookedAt(mended.parse, 20)).toBeLessThan(12 * namesLookedAt(mended.parse, 2));
});

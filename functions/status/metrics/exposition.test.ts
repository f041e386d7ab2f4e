import { expect, it } from 'vitest';
import { parseExposition } from '../../../test/status/exposition-parser.ts';
import { exposition } from './exposition.ts';

it('writes what a strict parser reads back, whatever is in labels and help', () => {
  const labels = { account: 'a "quoted" \\ back-slash\nand a line', other: '' };
  const text = exposition([
    { name: 'odd_total', help: 'A \\ and\na line.', samples: [{ labels, value: 1.5 }, { value: -1e21 }] },
    { name: 'numbers', help: 'x', samples: [{ labels: { of: 'inf' }, value: Infinity }, { value: Number.NaN }] },
  ]);
  const families = parseExposition(text);
  expect(families.get('aictive_odd_total')).toEqual({
    help: 'A \\\\ and\\na line.',
    type: 'gauge',
    samples: [
      { labels, value: 1.5 },
      { labels: {}, value: -1e21 },
    ],
  });
  expect(families.get('aictive_numbers')?.samples.map(({ value }) => value)).toEqual([Infinity, Number.NaN]);
});

it('leaves a family without samples out', () => {
  expect(exposition([{ name: 'nothing', help: 'x', samples: [] }])).toBe('');
});

it.each([
  ['a sample of another family', '# HELP a x\n# TYPE a gauge\na 1\nb 1\n'],
  ['a series that comes twice', '# HELP a x\n# TYPE a gauge\na{b="1"} 1\na{b="1"} 2\n'],
  ['an open quote', '# HELP a x\n# TYPE a gauge\na{b="1} 1\n'],
  ['a value that is no number', '# HELP a x\n# TYPE a gauge\na one\n'],
  ['no end of line', '# HELP a x\n# TYPE a gauge\na 10'],
])('the parser of these tests refuses %s', (_, text) => {
  expect(() => parseExposition(text)).toThrow();
});

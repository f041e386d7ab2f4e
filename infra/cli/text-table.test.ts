import { expect, it } from 'vitest';
import { formatTable } from './text-table.ts';

it('shows rows under their keys in words, numbers to the right, whatever a row leaves out', () => {
  const rows = [
    { id: 'a', freshAt: undefined, count: 7 },
    { id: 'longer', freshAt: 'today', count: 1200, note: 'new' },
  ];
  expect(formatTable(rows)).toBe(
    [
      'id      fresh at  count  note',
      '------  --------  -----  ----',
      'a                     7',
      'longer  today      1200  new',
    ].join('\n'),
  );
  expect(formatTable([])).toBe('');
});

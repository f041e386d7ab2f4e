import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableInLine } from './say.ts';
import { formatTable } from './text-table.ts';

const hostile = '\u001b]0;title\u0007\u001b[2J\u009b31m\u202eevil\r\u007f';

describe('text from data', () => {
  it('reaches no terminal with a control character in it, and is left alone otherwise', () => {
    expect(printable(hostile)).toBe('\\u001b]0;title\\u0007\\u001b[2J\\u009b31m\\u202eevil\\u000d\\u007f');
    expect(printable('Größe: 5 m²\n😀')).toBe('Größe: 5 m²\n😀');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[^\P{Cc}\n]/u);
      }),
    );
  });

  it('stays the same JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const json = JSON.stringify([value, text, hostile]);
        expect(JSON.parse(printable(json))).toEqual(JSON.parse(json));
      }),
    );
  });

  it('stays in its line of a table', () => {
    const rows = [{ message: `first\nsecond ${hostile}` }];
    const lines = formatTable(rows).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toBe(printableInLine(rows[0]?.message ?? ''));
  });
});

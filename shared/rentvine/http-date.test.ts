import { expect, test } from 'vitest';
import { parseHttpDate, retryAfterMs } from './http-date.ts';

test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
  'the HTTP date %s is read as GMT',
  (text) => {
    expect(parseHttpDate(text)).toEqual(new Date('1994-11-06T08:49:37Z'));
  },
);

test.each([null, '', '-1', '5', '2026-11-22T10:00:00Z', 'Sun', 'Sun, whenever', 'Sun, 06 Nov 1994 99:49:37 GMT'])(
  '%j is no HTTP date',
  (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  },
);

test('a wait that would shut the account out for good is not believed', () => {
  const day = 86_400_000;
  expect(retryAfterMs(new Headers({ 'retry-after': '9'.repeat(400) }), 0)).toBe(day);
  expect(retryAfterMs(new Headers({ 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' }), 0)).toBe(day);
});

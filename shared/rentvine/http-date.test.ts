import fc from 'fast-check';
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

test.each([
  'Tue, 31 Feb 2026 10:00:00 GMT',
  'Tuesday, 31-Feb-26 10:00:00 GMT',
  'Tue Feb 31 10:00:00 2026',
  'Sat, 28 Feb 2026 24:00:00 GMT',
  'Mon, 06 Nov 1994 08:49:37 GMT',
])('%j is no day of the calendar, and read as none', (text) => {
  expect(parseHttpDate(text)).toBeUndefined();
});

test('every second from 1970 to 2100 is read as it is written, in all three forms', () => {
  const date = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(date, (any) => {
      const exact = new Date(Math.floor(any.getTime() / 1000) * 1000);
      const [weekday = '', day = '', month = '', year = '', time = ''] = exact.toUTCString().split(/[ ,]+/);
      expect(parseHttpDate(exact.toUTCString())).toEqual(exact);
      expect(parseHttpDate(`${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`)).toEqual(exact);
      // Two digits of a year mean 1950 to 2049.
      const long = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(exact);
      if (exact.getUTCFullYear() < 2050) {
        expect(parseHttpDate(`${long}, ${day}-${month}-${year.slice(2)} ${time} GMT`)).toEqual(exact);
      }
    }),
  );
});

test('a wait that would shut the account out for good is not believed', () => {
  const day = 86_400_000;
  expect(retryAfterMs(new Headers({ 'retry-after': '9'.repeat(400) }), 0)).toBe(day);
  expect(retryAfterMs(new Headers({ 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' }), 0)).toBe(day);
});

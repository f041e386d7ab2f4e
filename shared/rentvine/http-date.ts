/**
 * Reads an HTTP date (RFC 9110 §5.6.7): the preferred form, and the two obsolete ones that recipients must still accept.
 * Anything else is `undefined`. `Date.parse` alone would read `-1` as the year 2001 and 31 February as 3 March, and an
 * incremental read starts at the server's date.
 */
export function parseHttpDate(value: string | null): Date | undefined {
  const [, weekday, day] = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?[ A-Za-z]* (\d\d?)[\w :-]+$/.exec(value ?? '') ?? [];
  if (value === null || weekday === undefined) return undefined;
  // The asctime form has no zone and means GMT all the same.
  const parsed = new Date(value.endsWith(' GMT') ? value : `${value} GMT`);
  if (Number.isNaN(parsed.getTime())) return undefined;
  return parsed.getUTCDate() === Number(day) && parsed.toUTCString().startsWith(weekday) ? parsed : undefined;
}

/** The longest wait that is believed. One odd header must not shut an account out for good. */
const maxWaitMs = 24 * 60 * 60_000;

/**
 * The wait in milliseconds that a `Retry-After` header asks for (RFC 9110 §10.2.3: seconds or an HTTP date); a date in
 * the past is 0, no header or nonsense is `undefined`. A date is compared with the server's own `Date` where there is
 * one, because its clock and ours may be an hour apart.
 *
 * @param now our clock, epoch milliseconds
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, maxWaitMs);
  const until = parseHttpDate(value);
  if (until === undefined) return undefined;
  const serverNow = parseHttpDate(headers.get('date'))?.getTime() ?? now;
  return Math.min(Math.max(until.getTime() - serverNow, 0), maxWaitMs);
}

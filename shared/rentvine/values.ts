import { field, objectReader, type Reader } from './reader.ts';
import type { ResourceData } from './resource-data.ts';

/**
 * Readers of the values of Rentvine's wire format, which spells one value in many ways (rentvine-api.md, "envelopes and
 * types"). Each accepts every spelling that has been seen, reads empty strings and nulls as absent, and rejects the rest,
 * so that the row is quarantined and not stored wrong. Absent values are left out of the data.
 */

function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** An id becomes part of keys: DynamoDB takes 1,024 bytes of sort key. */
const maxIdLength = 200;

function readId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && value.length <= maxIdLength ? value.trim() : undefined;
}

/** Reads `"1250.00"`, `"-1,250"`, `1250.5` or `"$12"` as integer cents; exact, no floating-point sum on the way. */
export function readCents(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  // What is left of a sum of floats that should be zero comes as 5.68e-14.
  const isRemnant = typeof value === 'number' && Math.abs(value) < 1e-6;
  const match = /^(-)?\$?(-)?(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d*))?$/.exec(isRemnant ? '0' : String(value).trim());
  if (match === null || (match[3] === undefined && !match[4])) return undefined;
  const fraction = `${match[4] ?? ''}000`;
  const roundUp = Number(fraction.charAt(2)) >= 5 ? 1 : 0;
  const cents = Number((match[3] ?? '0').replaceAll(',', '')) * 100 + Number(fraction.slice(0, 2)) + roundUp;
  if (!Number.isSafeInteger(cents)) return undefined;
  return (match[1] ?? match[2]) && cents !== 0 ? -cents : cents;
}

const booleans = new Map<string, boolean>([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['y', true],
  ['0', false],
  ['false', false],
  ['no', false],
  ['n', false],
]);

/** How nearly every date comes. What comes otherwise is read more slowly. */
const usualDate = /^(\d{4})-(\d\d)-(\d\d)$/;
const usualDateTime = /^(\d{4})-(\d\d)-(\d\d)[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;
const longMonths = new Set([1, 3, 5, 7, 8, 10, 12]);

/** Whether a match of the above has a day that exists, in the Gregorian calendar. */
function isRealDay([, year, month, day]: RegExpExecArray): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (d < 1 || m < 1 || m > 12) return false;
  if (m === 2) return d <= ((y % 4 === 0 && y % 100 !== 0) || y % 400 === 0 ? 29 : 28);
  return d <= (longMonths.has(m) ? 31 : 30);
}

function readDateParts(text: string): { date: string; time: string | undefined } | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\S+))?$/.exec(text.trim().replace(/ (?=Z$|[+-]\d\d:?\d\d$)/, ''));
  return match !== null && isRealDay(match) ? { date: match[0].slice(0, 10), time: match[4] } : undefined;
}

function readDate(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const usual = usualDate.exec(value);
  if (usual !== null) return isRealDay(usual) ? value : undefined;
  return readDateParts(value)?.date;
}

/**
 * Reads a date-time as ISO 8601 UTC. The zone of the zoneless form is unknown; it is read as UTC, here and nowhere else.
 */
export function readDateTime(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const usual = usualDateTime.exec(value);
  if (usual !== null) return isRealDay(usual) ? `${value.slice(0, 10)}T${value.slice(11)}.000Z` : undefined;
  const parts = readDateParts(value);
  if (parts === undefined) return undefined;
  const time = parts.time ?? '00:00:00';
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`;
  const parsed = new Date(`${parts.date}T${zoned}`);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed.toISOString();
}

/** MySQL's way of saying "no date". */
const isZeroDate = (value: unknown): boolean => typeof value === 'string' && /^\s*0000-00-00/.test(value);

const unlessZero =
  <T>(reader: Reader<T>): Reader<T> =>
  (value, problems) =>
    isZeroDate(value) ? undefined : reader(value, problems);

export const id = field('an id', readId);
export const text = field('text', readText);
export const cents = field('an amount of money', readCents);
export const boolean = field('a yes or no', (value) =>
  typeof value === 'boolean' ? value : booleans.get((readText(value) ?? '').trim().toLowerCase()),
);
export const number = field('a number', (value) => {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const parsed = Number(
    String(value)
      .trim()
      .replaceAll(/,(?=\d{3})/g, ''),
  );
  return Number.isFinite(parsed) ? parsed : undefined;
});
export const date = unlessZero(field('a date', readDate));
export const dateTime = unlessZero(field('a date-time', readDateTime));

/** One of Rentvine's objects; `money` are canonical names of the fields that hold dollars (see `objectReader`). */
export const object = (fields: Readonly<Record<string, Reader>>, money: readonly string[] = []): Reader<ResourceData> =>
  objectReader(fields, money, cents);

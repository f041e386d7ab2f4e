import * as z from 'zod';
import { canonicalize } from './canonical.ts';

/**
 * Codecs for the values of Rentvine's wire format, which spells one value in many ways (rentvine-api.md, "envelopes and
 * types"). Each accepts every spelling that has been seen, reads empty strings and nulls as absent, and rejects the rest,
 * so that the row is quarantined and not stored wrong. Absent values are left out of the data.
 */

const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'string' && value.trim() === '');

/** Wraps a reader of one non-blank value as an optional field; the reader answers `undefined` for what does not fit. */
function field<T>(expected: string, read: (value: unknown) => T | undefined) {
  return z
    .unknown()
    .transform((value, context): T | undefined => {
      if (isBlank(value)) return undefined;
      const result = read(value);
      if (result === undefined) {
        context.addIssue({ code: 'custom', message: `is not ${expected}` });
        return z.NEVER;
      }
      return result;
    })
    .optional();
}

function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** An id becomes part of keys: DynamoDB takes 1,024 bytes of sort key. */
const longestId = 200;

function readId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && value.length <= longestId ? value.trim() : undefined;
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

function readDateParts(value: unknown): { date: string; time: string | undefined } | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\S+))?$/.exec(value.trim().replace(/ (?=Z$|[+-]\d\d:?\d\d$)/, ''));
  if (match?.[1] === undefined) return undefined;
  const parsed = new Date(`${match[1]}T00:00:00Z`);
  const exists = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(match[1]);
  return exists ? { date: match[1], time: match[2] } : undefined;
}

/** MySQL's way of saying "no date". */
const isZeroDate = (value: unknown): boolean => typeof value === 'string' && /^0000-00-00/.test(value.trim());

/**
 * Reads a date-time as ISO 8601 UTC. The zone of the zoneless form is unknown; it is read as UTC, here and nowhere else.
 */
export function readDateTime(value: unknown): string | undefined {
  const parts = readDateParts(value);
  if (parts === undefined) return undefined;
  const time = parts.time ?? '00:00:00';
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`;
  const parsed = new Date(`${parts.date}T${zoned}`);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed.toISOString();
}

/** Schemas never change, and making one costs as much as parsing many values: all fields of a kind share theirs. */
function shared<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const id = shared(() => field('an id', readId));
export const requiredId = shared(() => id().refine((value) => value !== undefined, { message: 'is missing' }));
export const text = shared(() => field('text', readText));
export const cents = shared(() => field('an amount of money', readCents));
export const boolean = shared(() =>
  field('a yes or no', (value) => booleans.get((readText(value) ?? '').trim().toLowerCase())),
);
export const number = shared(() =>
  field('a number', (value) => {
    if (typeof value !== 'number' && typeof value !== 'string') return undefined;
    const parsed = Number(
      String(value)
        .trim()
        .replaceAll(/,(?=\d{3})/g, ''),
    );
    return Number.isFinite(parsed) ? parsed : undefined;
  }),
);
export const date = shared(() =>
  z.preprocess(
    zeroToBlank,
    field('a date', (value) => readDateParts(value)?.date),
  ),
);
export const dateTime = shared(() => z.preprocess(zeroToBlank, field('a date-time', readDateTime)));
/** A list that may come as a JSON string inside the JSON, or as nothing. */
export const list = <T extends z.ZodType>(item: T) => z.preprocess(parseEmbedded, z.array(item).optional());

function zeroToBlank(value: unknown): unknown {
  return isZeroDate(value) ? undefined : value;
}

function parseEmbedded(value: unknown): unknown {
  if (isBlank(value)) return undefined;
  if (typeof value !== 'string') return value;
  try {
    return canonicalize(JSON.parse(value));
  } catch {
    return value;
  }
}

/**
 * The schema of one of Rentvine's objects: the named fields typed, all others kept as they came. Money fields are stored
 * under their name with `Cents` behind it, so that the unit is in the name.
 *
 * @param fields typed fields by canonical name
 * @param money canonical names of the fields that hold dollars
 */
export function object<F extends z.ZodRawShape>(fields: F, money: readonly string[] = []) {
  const typed = z.looseObject({ ...fields, ...Object.fromEntries(money.map((name) => [name, cents()])) });
  return typed.transform((value) => {
    const others = Object.entries(value).filter(([key, inner]) => inner !== undefined && !money.includes(key));
    const amounts = money.map((name) => [`${name}Cents`, value[name]]).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries([...others, ...amounts]);
  });
}

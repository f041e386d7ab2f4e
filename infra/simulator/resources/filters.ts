import { zonelessIn } from '../generator/dates.ts';
import { centsOf, numberAt, textAt, type WireObject } from '../generator/wire-object.ts';
import { InvalidRequest } from '../server/field-errors.ts';

export type Matcher = (object: WireObject) => boolean;

/** What nobody has published about filters, as this server does it. */
export interface FilterSettings {
  /** Whether `…Min` and `…Max` let an object of exactly that second or day through. */
  readonly inclusive: boolean;
  /** IANA name of the zone in which date-times without a zone are meant. */
  readonly zone: string;
}

/**
 * Reads one filter's values into a test of an object.
 *
 * @throws InvalidRequest for a value that is none
 */
export type Filter = (values: readonly string[], key: string, settings: FilterSettings) => Matcher;

export type Filters = Readonly<Record<string, Filter>>;

type End = 'Min' | 'Max';

const passes = (own: string, limit: string, end: End, inclusive: boolean): boolean =>
  own === limit ? inclusive : end === 'Min' ? own > limit : own < limit;

/** `dateTimeModifiedMin=YYYY-MM-DD HH:MM:SS` */
const dateTimeBound =
  (field: string, end: End): Filter =>
  ([text = ''], key, { inclusive, zone }) => {
    if (!isZoneless(text)) throw new InvalidRequest(key, `${key} is not YYYY-MM-DD HH:MM:SS`);
    return (object) => {
      const own = textAt(object, field);
      return own !== '' && passes(zonelessIn(own, zone), text, end, inclusive);
    };
  };

/** `datePostedMin=YYYY-MM-DD`. Days are included whatever the setting: a day has no instant to leave out. */
const dayBound =
  (field: string, end: End): Filter =>
  ([text = ''], key) => {
    if (!isDate(text)) throw new InvalidRequest(key, `${key} is not YYYY-MM-DD`);
    return (object) => {
      const own = textAt(object, field).slice(0, 10);
      return own !== '' && passes(own, text, end, true);
    };
  };

export const modified: Filters = {
  dateTimeModifiedMin: dateTimeBound('dateTimeModified', 'Min'),
  dateTimeModifiedMax: dateTimeBound('dateTimeModified', 'Max'),
};

export const modifiedMin: Filters = { dateTimeModifiedMin: dateTimeBound('dateTimeModified', 'Min') };

export const days = (field: string, min: string, max: string): Filters => ({
  [min]: dayBound(field, 'Min'),
  [max]: dayBound(field, 'Max'),
});

const isDate = (text: string): boolean => {
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text) && text.length === 10;
};

const isZoneless = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(text) && isDate(text.slice(0, 10));

const truths: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
]);

/** `isActive=1` */
export const flagged =
  (matches: (object: WireObject) => boolean): Filter =>
  ([text = ''], key) => {
    const wanted = truths.get(text);
    if (wanted === undefined) throw new InvalidRequest(key, `${key} must be 1 or 0`);
    return (object) => matches(object) === wanted;
  };

export const flag = (field: string): Filter => flagged((object) => object[field] === true);

/** `leaseIDs[]=1&leaseIDs[]=2`, and `propertyID=1` */
export const oneOf =
  (field: string): Filter =>
  (values, key) => {
    if (!values.every((value) => /^\d+$/.test(value))) throw new InvalidRequest(key, `${key} must be ids`);
    const wanted = new Set(values.map(Number));
    return (object) => wanted.has(numberAt(object, field) ?? Number.NaN);
  };

/** `search=hill`: any of the fields contains the text, whatever its case. */
export const contains =
  (...fields: readonly string[]): Filter =>
  ([text = '']) => {
    const wanted = text.toLowerCase();
    return (object) => fields.some((field) => textAt(object, field).toLowerCase().includes(wanted));
  };

const amount =
  (fits: (cents: number, limit: number) => boolean): Filter =>
  ([text = ''], key) => {
    if (!/^-?\d+(\.\d{1,2})?$/.test(text)) throw new InvalidRequest(key, `${key} is not an amount`);
    const limit = centsOf(text);
    return (object) => fits(centsOf(object.amount), limit);
  };

export const amounts: Filters = {
  amountMin: amount((cents, limit) => cents >= limit),
  amountMax: amount((cents, limit) => cents <= limit),
};

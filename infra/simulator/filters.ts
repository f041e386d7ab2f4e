import type { Resource, ResourceName } from '../../shared/rentvine/resource.ts';
import { InvalidRequest } from './field-errors.ts';
import { centsOf, textAt, type WireObject } from './generator/wire-object.ts';
import type { Selection } from './listing.ts';

type Matcher = (object: WireObject) => boolean;

/** Reads one filter's values into a test of an object. */
type Filter = (values: readonly string[], key: string) => Matcher;

const bothEnds: readonly ('Min' | 'Max')[] = ['Min', 'Max'];

/** Filters as rentvine-api.md lists them. A filter that a resource does not have is ignored, like any unknown key. */
const listed: Partial<Record<ResourceName, Readonly<Record<string, Filter>>>> = {
  properties: { isActive: flag('isActive') },
  units: { isActive: flag('isActive') },
  leases: {
    'leaseIDs[]': oneOf('leaseID'),
    'primaryLeaseStatusIDs[]': oneOf('primaryLeaseStatusID'),
    'leaseStatusIDs[]': oneOf('leaseStatusID'),
  },
  transactions: {
    isVoided: flag('isVoided'),
    'transactionTypeIDs[]': oneOf('transactionTypeID'),
    'propertyIDs[]': oneOf('propertyID'),
    'primaryLedgerIDs[]': oneOf('primaryLedgerID'),
    amountMin: amount((cents, limit) => cents >= limit),
    amountMax: amount((cents, limit) => cents <= limit),
  },
  applications: { 'applicationStatusIDs[]': oneOf('applicationStatusID') },
};

/**
 * The rows that a list request asks for.
 *
 * @param inclusive whether `dateTimeModifiedMin` lets an object of exactly that second through
 * @throws InvalidRequest for a value that is none
 */
export function parseFilters(resource: Resource, query: URLSearchParams, inclusive: boolean): Selection {
  const filters: Record<string, Filter> = { ...listed[resource.name], ...dateFilters(resource, inclusive) };
  const matchers: Matcher[] = [];
  const keys: string[] = [];
  for (const [key, filter] of Object.entries(filters)) {
    const values = query.getAll(key).filter((value) => value !== '');
    if (values.length === 0) continue;
    matchers.push(filter(values, key));
    keys.push(`${key}=${values.join(',')}`);
  }
  return { key: keys.join('&'), matches: (object) => matchers.every((matches) => matches(object)) };
}

function dateFilters({ changeFilter }: Resource, inclusive: boolean): Record<string, Filter> {
  if (changeFilter === undefined) return {};
  const isDateTime = changeFilter.by === 'dateTimeModified';
  const filter = (end: 'Min' | 'Max'): Filter => {
    return ([text = ''], key) => {
      const fits = isDateTime ? isZoneless(text) : isDate(text);
      if (!fits) throw new InvalidRequest(key, `${key} is not ${isDateTime ? 'YYYY-MM-DD HH:MM:SS' : 'YYYY-MM-DD'}`);
      const limit = isDateTime ? `${text.replace(' ', 'T')}.000Z` : text;
      return (object) => {
        const own = textAt(object, changeFilter.by);
        if (own === '') return false;
        if (own === limit) return end === 'Max' || !isDateTime || inclusive;
        return end === 'Min' ? own > limit : own < limit;
      };
    };
  };
  return Object.fromEntries(bothEnds.map((end) => [`${changeFilter.by}${end}`, filter(end)]));
}

const isDate = (text: string): boolean => {
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text) && text.length === 10;
};

const isZoneless = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(text) && isDate(text.slice(0, 10));

function flag(field: string): Filter {
  return ([text = ''], key) => {
    if (!['1', '0', 'true', 'false'].includes(text)) throw new InvalidRequest(key, `${key} must be 1 or 0`);
    const wanted = text === '1' || text === 'true';
    return (object) => (object[field] === true) === wanted;
  };
}

function oneOf(field: string): Filter {
  return (values, key) => {
    if (!values.every((value) => /^\d+$/.test(value))) throw new InvalidRequest(key, `${key} must be ids`);
    const wanted = new Set(values.map(Number));
    return (object) => {
      const own = object[field];
      return typeof own === 'number' && wanted.has(own);
    };
  };
}

function amount(passes: (cents: number, limit: number) => boolean): Filter {
  return ([text = ''], key) => {
    if (!/^-?\d+(\.\d{1,2})?$/.test(text)) throw new InvalidRequest(key, `${key} is not an amount`);
    const limit = centsOf(text);
    return (object) => passes(centsOf(object.amount), limit);
  };
}

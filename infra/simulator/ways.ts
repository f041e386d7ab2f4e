import * as z from 'zod';
import { isResourceName, type ResourceName, resources } from './resources/catalogue.ts';

/**
 * The ways in which an account's server may behave where Rentvine's behaviour is not published or differs from account
 * to account. Every one can be chosen alone and together with others, at the start and while the server runs.
 */

export const goneSounds = [
  'json404',
  'text404',
  'fieldErrors',
  'json403',
  'json410',
  'empty500',
  'null',
  'emptyObject',
  'errorBody',
  'sentence',
] as const;
export const listEnds = ['empty', 'json404', 'fieldErrors', 'lastPage'] as const;
export const pageHeaderWays = ['present', 'absent', 'tooSmall', 'tooLarge', 'stale', 'garbled'] as const;
export const valueSpellings = ['mixed', 'strings', 'native'] as const;
export const keySpellings = ['ID', 'Id', 'snake'] as const;
export const rowOrders = ['idAscending', 'idDescending', 'modifiedDescending', 'unstable'] as const;

export type GoneSound = (typeof goneSounds)[number];
export type ListEnd = (typeof listEnds)[number];
export type PageHeaders = (typeof pageHeaderWays)[number];

export const resourceName = z.custom<ResourceName>((value) => typeof value === 'string' && isResourceName(value), {
  error: 'is not a resource',
});

/** One value for all resources, or one for each that is named; the others keep the default. */
const perResource = <T extends z.ZodType>(value: T) => z.union([value, z.partialRecord(resourceName, value)]);

/** A name for each of some resources. */
const names = z.partialRecord(resourceName, z.string().min(1));

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '';
  } catch {
    return false;
  }
};

export const waysSchema = z.strictObject({
  /** `real`: a list's row and a single read carry different fields, as they do. `same`: both carry all. */
  projections: z.enum(['real', 'same']).default('real'),
  /** Single reads: `{ lease, ...siblings }`, `{ lease }`, or the bare object. */
  singleReads: z.enum(['withSiblings', 'alone', 'flat']).default('withSiblings'),
  /** How the server says that there is no such object. */
  gone: perResource(z.enum(goneSounds)).default('json404'),
  /** What comes for a page beyond the last one. */
  listEnd: perResource(z.enum(listEnds)).default('empty'),
  /** Whether lists carry pagination headers, and whether they tell the truth. */
  pageHeaders: perResource(z.enum(pageHeaderWays)).default('present'),
  /** The largest page, whatever `pageSize` asks for. */
  pageCap: z.int().positive().default(500),
  /** `array`, or the key under which a list is wrapped: `data`, `results`, or one that nobody knows. */
  envelope: z.string().min(1).default('array'),
  /** How values are written. */
  values: z.enum(valueSpellings).default('mixed'),
  /** How keys are written. */
  keys: z.enum(keySpellings).default('ID'),
  /** Other keys than the usual ones for an object's id, and for the object in its row. */
  idKeys: names.default({}),
  rowKeys: names.default({}),
  /** Lists that are elsewhere, at this path only: a reference that is wrong. */
  paths: names.default({}),
  /** The order of lists. */
  order: z.enum(rowOrders).default('idAscending'),
  /** Whether the bounds of `dateTimeModified` filters include that very second. */
  filterBounds: z.enum(['inclusive', 'exclusive']).default('inclusive'),
  /** The zone in which date-times without one are written and read. */
  zone: z.string().refine(isZone, { error: 'must be a time zone such as America/Denver' }).default('UTC'),
  /** Resources that the key's role may not read: 403. */
  forbidden: z.array(resourceName).default([]),
  /** Resources that the server does not have: their paths answer 404. */
  absent: z.array(resourceName).default([]),
  /** The part of the portfolio that the key sees: these properties, and what belongs to them. All if not given. */
  sees: z.array(z.int()).nullable().default(null),
  /** What single reads answer of an object that exists and is not seen. */
  hidden: z.enum(['gone', 'json403']).default('gone'),
});

/** What a test, the command line or the control path gives. */
export type WaysInput = Partial<z.input<typeof waysSchema>>;
export type Ways = z.output<typeof waysSchema>;

/** The value of a way for one resource. */
export function wayFor<T extends string>(
  way: T | Partial<Record<ResourceName, T>>,
  name: ResourceName,
  otherwise: T,
): T {
  return typeof way === 'string' ? way : (way[name] ?? otherwise);
}

/** What an option means, and which values it takes. */
export interface Help {
  readonly meaning: string;
  readonly values: string;
}

const resourceNames = resources.map(({ name }) => name).join(', ');

/** What each way means, for people. */
export const waysHelp: Readonly<Record<keyof Ways, Help>> = {
  projections: {
    meaning: 'whether a list row and a single read carry different fields (lease noticeDate only in the single read)',
    values: 'real, same',
  },
  singleReads: { meaning: 'what stands around the object in a single read', values: 'withSiblings, alone, flat' },
  gone: { meaning: 'how the server says that an object does not exist', values: goneSounds.join(', ') },
  listEnd: { meaning: 'what comes for a page beyond the last', values: listEnds.join(', ') },
  pageHeaders: { meaning: 'pagination headers of lists, and their honesty', values: pageHeaderWays.join(', ') },
  pageCap: { meaning: 'largest page, whatever pageSize asks for', values: 'a number' },
  envelope: { meaning: 'what lists are wrapped in', values: 'array, data, results, or any other key' },
  values: { meaning: 'spelling of numbers, booleans, dates', values: valueSpellings.join(', ') },
  keys: { meaning: 'spelling of keys', values: keySpellings.join(', ') },
  idKeys: { meaning: "other key of an object's id", values: 'renewals=renewalID' },
  rowKeys: { meaning: 'other key of the object in its row', values: 'renewals=leaseRenewal' },
  paths: { meaning: 'other path of a list', values: 'renewals=/renewals' },
  order: { meaning: 'order of lists', values: rowOrders.join(', ') },
  filterBounds: { meaning: 'whether dateTimeModified filters include their bound', values: 'inclusive, exclusive' },
  zone: { meaning: 'zone of date-times without one', values: 'UTC, America/Denver, …' },
  forbidden: { meaning: 'resources that the key may not read: 403', values: resourceNames },
  absent: { meaning: 'resources whose paths answer 404', values: 'as for forbidden' },
  sees: { meaning: 'ids of the properties that the key sees, with all below them', values: '1,2,5' },
  hidden: { meaning: 'what a single read answers of something that the key does not see', values: 'gone, json403' },
};

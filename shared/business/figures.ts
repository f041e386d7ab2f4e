import * as z from 'zod/mini';

const count = z.int().check(z.minimum(0));
const cents = z.int();

/** The priorities that Rentvine lists; `other` is for those it does not, and for work orders without one. */
export const priorities = ['low', 'medium', 'high', 'other'] as const;
export type Priority = (typeof priorities)[number];

/**
 * Where a rent roll comes from: the current recurring charges of active leases on accounts that are rent, or, where a company
 * has none at all or they were never read in full, the rent that Rentvine keeps with the unit.
 */
export const rentRollSources = ['recurringCharges', 'unitRent'] as const;
export type RentRollSource = (typeof rentRollSources)[number];

const placeFigures = {
  /** Units that are let: active ones, of properties that are not inactive. */
  units: count,
  /** Those of them that have an active lease on the day. */
  occupied: count,
  vacant: count,
  /** Vacant units in percent of all; absent where there are none. */
  vacancyRate: z.optional(z.number().check(z.minimum(0), z.maximum(100))),
  /** What the occupied units bring in rent every month; absent where of no charge anything says whether it is rent. */
  rentRollCents: z.optional(cents),
};

/** The figures of one property or portfolio; their rent roll comes from where the account's does. */
export const placeFiguresSchema = z.object({ id: z.string(), ...placeFigures });

export const occupancySchema = z.object({
  ...placeFigures,
  /** Absent in figures that were measured before it was told: then it is `unitRent`. */
  rentRollSource: z.optional(z.enum(rentRollSources)),
  /** Current charges that are left out because nothing says whether they are rent, or how much they are. */
  unclearCharges: z.optional(count),
});

export const collectedSchema = z.object({
  /** Lease payments posted in the day's month, UTC, less those that came back in it. */
  cents,
  /** What came back, and is subtracted. */
  returnedCents: cents,
  /** Returned payments of the month whose sign is not the one that the account writes them with: left out. */
  unclearReturns: count,
});

export const leaseFiguresSchema = z.object({
  /** What is past due on leases of any status: who has moved out may still owe. */
  pastDueCents: cents,
  /** Leases on which anything is past due. */
  pastDueLeases: count,
  /** Leases active on the day that end on it or within so many days after it. A lease without an end date never does. */
  leasesEnding: z.object({ '30': count, '60': count, '90': count }),
});

/**
 * One account's business figures of one day, UTC. A group is absent while one of the resources that it is made of was never
 * read in full: half the leases would make half the units vacant.
 */
export const businessFiguresSchema = z.object({
  /** ISO 8601: the time that the figures are about. */
  measuredAt: z.iso.datetime(),
  occupancy: z.optional(occupancySchema),
  leases: z.optional(leaseFiguresSchema),
  /** What `collected` comes to. */
  collectedThisMonthCents: z.optional(cents),
  /** Lease payments of the month by type and sign of the transactions. */
  collected: z.optional(collectedSchema),
  /** Work orders that are neither closed nor cancelled, by priority. */
  openWorkOrders: z.optional(z.object({ low: count, medium: count, high: count, other: count })),
});

export type Occupancy = z.output<typeof occupancySchema>;
export type PlaceFigures = z.output<typeof placeFiguresSchema>;
export type Collected = z.output<typeof collectedSchema>;
export type LeaseFigures = z.output<typeof leaseFiguresSchema>;
export type OpenWorkOrders = Record<Priority, number>;
export type BusinessFigures = z.output<typeof businessFiguresSchema>;

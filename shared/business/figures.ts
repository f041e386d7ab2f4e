import * as z from 'zod';

const count = z.int().min(0);
const cents = z.int();

/** The priorities that Rentvine lists; `other` is for those it does not, and for work orders without one. */
export const priorities = ['low', 'medium', 'high', 'other'] as const;
export type Priority = (typeof priorities)[number];

export const occupancySchema = z.object({
  /** Units that are let: active ones, of properties that are not inactive. */
  units: count,
  /** Those of them that have an active lease on the day. */
  occupied: count,
  vacant: count,
  /** Vacant units in percent of all; absent where there are none. */
  vacancyRate: z.number().min(0).max(100).optional(),
  /** The monthly rent of the occupied units, each counted once: Rentvine keeps the rent with the unit. */
  rentRollCents: cents,
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
  occupancy: occupancySchema.optional(),
  leases: leaseFiguresSchema.optional(),
  /** Lease payments posted in the day's month, UTC, voided ones left out; returned payments are not subtracted. */
  collectedThisMonthCents: cents.optional(),
  /** Work orders that are not closed, by priority. */
  openWorkOrders: z.object({ low: count, medium: count, high: count, other: count }).optional(),
});

export type Occupancy = z.output<typeof occupancySchema>;
export type LeaseFigures = z.output<typeof leaseFiguresSchema>;
export type OpenWorkOrders = Record<Priority, number>;
export type BusinessFigures = z.output<typeof businessFiguresSchema>;

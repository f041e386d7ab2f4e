import { dayMs, isoDate } from './dates.ts';
import { makePools, type Pools } from './pools.ts';
import { fractionOf } from './random.ts';

/** How many there are of what everything else is placed in. */
export interface PlanCounts {
  readonly portfolios: number;
  readonly properties: number;
  readonly units: number;
  readonly leases: number;
  readonly tenants: number;
  readonly owners: number;
  readonly vendors: number;
}

/** How companies differ that were made of the same seed. */
export interface PlanStyle {
  /** `unit.rent` is a placeholder nearly everywhere, as has been seen; what tenants pay is in the recurring charges. */
  readonly placeholderRents: boolean;
  /** Which personal values objects carry: those that are known, or many more under names of a list of its own. */
  readonly personal: 'known' | 'planted';
}

/** Who lives where: everything that more than one resource has to agree on. Numbers are indices from 0, not ids. */
export interface Plan {
  readonly seed: number;
  readonly nowMs: number;
  readonly counts: PlanCounts;
  readonly style: PlanStyle;
  readonly pools: Pools;
  readonly propertyOfUnit: Int32Array;
  readonly unitsOfProperty: Int32Array;
  readonly unitOfLease: Int32Array;
  /** The active lease of a unit, -1 where it is vacant. */
  readonly leaseOfUnit: Int32Array;
  /** Leases below this index are closed, from it on active or pending. */
  readonly firstActiveLease: number;
  readonly firstPendingLease: number;
}

const streams = { unit: 21, lease: 22, leaseDates: 23, rent: 24, oddRent: 25, placeholder: 26 } as const;
const occupiedShare = 0.92;
const coTenantsOfTen = 3;

export function makePlan(seed: number, nowMs: number, counts: PlanCounts, style: PlanStyle): Plan {
  const { propertyOfUnit, unitsOfProperty } = spreadUnits(seed, counts);
  const firstPendingLease = counts.leases - Math.floor(counts.leases * 0.02);
  const active = Math.min(firstPendingLease, Math.floor(counts.units * occupiedShare));
  const firstActiveLease = firstPendingLease - active;
  const unitOfLease = new Int32Array(counts.leases);
  const leaseOfUnit = new Int32Array(counts.units).fill(-1);
  for (let lease = 0; lease < counts.leases; lease++) {
    const isActive = lease >= firstActiveLease && lease < firstPendingLease;
    const unit = isActive
      ? Math.floor(((lease - firstActiveLease) * counts.units) / active)
      : Math.floor(fractionOf(seed, streams.lease, lease) * counts.units);
    unitOfLease[lease] = unit;
    if (isActive) leaseOfUnit[unit] = lease;
  }
  return {
    seed,
    nowMs,
    counts,
    style,
    pools: makePools(seed),
    propertyOfUnit,
    unitsOfProperty,
    unitOfLease,
    leaseOfUnit,
    firstActiveLease,
    firstPendingLease,
  };
}

/** Every property gets a unit; about half of them, the buildings, share the rest. */
function spreadUnits(seed: number, { properties, units }: PlanCounts) {
  const propertyOfUnit = new Int32Array(units);
  const unitsOfProperty = new Int32Array(properties);
  const extra = Math.max(0, units - properties);
  const weightOf = (property: number) => {
    const fraction = fractionOf(seed, streams.unit, property);
    return property === 0 ? 1 : fraction < 0.5 ? 0 : fraction;
  };
  let totalWeight = 0;
  for (let property = 0; property < properties; property++) totalWeight += weightOf(property);
  let weightSoFar = 0;
  let unit = 0;
  for (let property = 0; property < properties && unit < units; property++) {
    weightSoFar += weightOf(property);
    const isLast = property === properties - 1;
    const end = isLast ? units : Math.min(units, property + 1 + Math.floor((extra * weightSoFar) / totalWeight));
    unitsOfProperty[property] = end - unit;
    propertyOfUnit.fill(property, unit, end);
    unit = end;
  }
  return { propertyOfUnit, unitsOfProperty };
}

/** The value at `index` of an index array that is known to have it. */
export function at(array: Int32Array, index: number): number {
  const value = array[index];
  if (value === undefined) throw new RangeError(`There is no index ${index}.`);
  return value;
}

export const portfolioOfProperty = (plan: Plan, property: number): number => property % plan.counts.portfolios;

/** Contacts share one series of ids: owners first, then vendors, then tenants. */
export const ownerContactID = (owner: number): number => owner + 1;
export const vendorContactID = (plan: Plan, vendor: number): number => plan.counts.owners + vendor + 1;
export const tenantContactID = (plan: Plan, tenant: number): number =>
  plan.counts.owners + plan.counts.vendors + tenant + 1;

/** The tenants of a lease: one, and for three leases of ten a second one. */
export function tenantsOfLease(plan: Plan, lease: number): readonly number[] {
  const { leases, tenants } = plan.counts;
  if (tenants === 0) return [];
  const coTenant = leases + Math.floor(lease / 10) * coTenantsOfTen + (lease % 10);
  return lease % 10 < coTenantsOfTen && coTenant < tenants ? [lease % tenants, coTenant] : [lease % tenants];
}

/** A lease that the tenant is on, -1 for somebody who is on none. */
export function leaseOfTenant(plan: Plan, tenant: number): number {
  const { leases, tenants } = plan.counts;
  if (tenant < leases) return tenant + tenants * Math.floor((leases - 1 - tenant) / tenants);
  const rank = tenant - leases;
  const lease = Math.floor(rank / coTenantsOfTen) * 10 + (rank % coTenantsOfTen);
  return lease < leases ? lease : -1;
}

export type LeaseState = 'closed' | 'active' | 'pending';

export function leaseState(plan: Plan, lease: number): LeaseState {
  if (lease < plan.firstActiveLease) return 'closed';
  return lease < plan.firstPendingLease ? 'active' : 'pending';
}

/** When a lease began (`startMs`) and, for a closed one, when it ended; whole days, UTC. */
export function leaseDates(plan: Plan, lease: number): { readonly startMs: number; readonly endMs: number } {
  const today = Math.floor(plan.nowMs / dayMs) * dayMs;
  const fraction = fractionOf(plan.seed, streams.leaseDates, lease);
  const state = leaseState(plan, lease);
  if (state === 'pending') {
    const startMs = today + (5 + Math.floor(fraction * 55)) * dayMs;
    return { startMs, endMs: startMs + 365 * dayMs };
  }
  if (state === 'active') {
    const startMs = today - (20 + Math.floor(fraction * 1_200)) * dayMs;
    return { startMs, endMs: startMs + (1 + Math.floor((today - startMs) / (365 * dayMs))) * 365 * dayMs };
  }
  const successor = at(plan.leaseOfUnit, at(plan.unitOfLease, lease));
  const until = successor < 0 ? today : leaseDates(plan, successor).startMs;
  const endMs = until - (5 + Math.floor(fraction * 300)) * dayMs;
  return { startMs: endMs - 365 * (1 + Math.floor(fraction * 3)) * dayMs, endMs };
}

/** Monthly rent of a unit in cents: 750 to 2,500 dollars in steps of five, for one unit in ten with 50 cents on top. */
export const rentCents = (plan: Plan, unit: number): number =>
  (750 + 5 * Math.floor(fractionOf(plan.seed, streams.rent, unit) * 351)) * 100 +
  (fractionOf(plan.seed, streams.oddRent, unit) < 0.1 ? 50 : 0);

/** What stands on the unit as its rent: 1,500 or 1,700 dollars for nearly every unit where that is a placeholder. */
export function unitRentCents(plan: Plan, unit: number): number {
  const fraction = fractionOf(plan.seed, streams.placeholder, unit);
  if (!plan.style.placeholderRents || fraction > 0.96) return rentCents(plan, unit);
  return fraction < 0.6 ? 1_500_00 : 1_700_00;
}

/** `YYYY-MM-DD` some days from the company's "now". */
export const dateFromNow = (plan: Plan, days: number): string => isoDate(plan.nowMs + days * dayMs);

/** A time in the past year that is at least two days ago: nothing in a new company looks freshly changed. */
export const pastYearMs = (plan: Plan, fraction: number): number =>
  plan.nowMs - 2 * dayMs - Math.floor(fraction * 360 * 86_400) * 1_000;

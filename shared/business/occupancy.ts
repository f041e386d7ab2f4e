import { isActiveOn } from './active-lease.ts';
import type { Occupancy, PlaceFigures, RentRollSource } from './figures.ts';
import type { LeaseRecord, PropertyRecord, RecurringChargeRecord, UnitRecord } from './records.ts';
import { rentChargeTally } from './rent-charges.ts';

interface CountedUnit {
  readonly propertyId: string | undefined;
  readonly rentCents: number;
  isOccupied: boolean;
  chargedCents: number;
}

/** An account's occupancy, and the same for each of its properties and portfolios. */
export interface OccupancyByPlace {
  readonly all: Occupancy;
  readonly byProperty: readonly PlaceFigures[];
  readonly byPortfolio: readonly PlaceFigures[];
}

/**
 * Counts units, who lives in them, and what they pay. Give it all properties first, then all units, then all leases, then the
 * accounts of the ledger and the recurring charges, each in any order; a lease counts for the unit that it names. It remembers
 * properties, units and active leases: memory grows by some hundred bytes a unit.
 *
 * A unit counts unless it is inactive itself or of an inactive property: what a company no longer manages is neither occupied
 * nor vacant. A property that is not known does not matter.
 *
 * Rent is what the recurring charges of active leases come to, those on accounts that are rent. The rent that Rentvine keeps
 * with a unit has been seen to be a placeholder, so it counts only where a company has no recurring charges at all.
 *
 * @param day YYYY-MM-DD
 */
export function occupancyTally(day: string) {
  const inactiveProperties = new Set<string>();
  const portfolioOf = new Map<string, string>();
  const units = new Map<string, CountedUnit>();
  const unitOfLease = new Map<string, CountedUnit>();
  const charges = rentChargeTally(day);

  return {
    addProperty({ propertyId, portfolioId, isActive }: PropertyRecord): void {
      if (propertyId === undefined) return;
      if (isActive === false) inactiveProperties.add(propertyId);
      if (portfolioId !== undefined) portfolioOf.set(propertyId, portfolioId);
    },
    addUnit({ unitId, propertyId, isActive, rentCents = 0 }: UnitRecord): void {
      if (unitId === undefined || isActive === false || inactiveProperties.has(propertyId ?? '')) return;
      units.set(unitId, { propertyId, rentCents, isOccupied: false, chargedCents: 0 });
    },
    addLease(lease: LeaseRecord): void {
      const unit = lease.unitId === undefined ? undefined : units.get(lease.unitId);
      if (unit === undefined || !isActiveOn(day, lease)) return;
      unit.isOccupied = true;
      if (lease.leaseId !== undefined) unitOfLease.set(lease.leaseId, unit);
    },
    addGlAccount: charges.addGlAccount,
    addRecurringCharge(charge: RecurringChargeRecord): void {
      const unit = unitOfLease.get(charge.leaseId ?? '');
      charges.add(charge, unit !== undefined, (cents) => {
        if (unit !== undefined) unit.chargedCents += cents;
      });
    },
    result(): OccupancyByPlace {
      const { hasCharges, unclear, isKnown } = charges.result();
      const source: RentRollSource = hasCharges ? 'recurringCharges' : 'unitRent';
      const sum = (counted: Iterable<CountedUnit>): Omit<PlaceFigures, 'id'> => {
        const { rentRollCents, ...figures } = figuresOf(counted, source);
        return { ...figures, ...(isKnown && { rentRollCents }) };
      };
      return {
        all: {
          ...sum(units.values()),
          rentRollSource: source,
          ...(unclear > 0 && { unclearCharges: unclear }),
        },
        byProperty: byPlace(units.values(), ({ propertyId }) => propertyId, sum),
        byPortfolio: byPlace(units.values(), ({ propertyId }) => portfolioOf.get(propertyId ?? ''), sum),
      };
    },
  };
}

function figuresOf(counted: Iterable<CountedUnit>, source: RentRollSource) {
  let units = 0;
  let occupied = 0;
  let rentRollCents = 0;
  for (const { isOccupied, rentCents, chargedCents } of counted) {
    units += 1;
    if (!isOccupied) continue;
    occupied += 1;
    rentRollCents += source === 'unitRent' ? rentCents : chargedCents;
  }
  const vacant = units - occupied;
  return { units, occupied, vacant, ...(units > 0 && { vacancyRate: (vacant / units) * 100 }), rentRollCents };
}

/** The figures of each place that has units, in the order of their ids. */
function byPlace(
  counted: Iterable<CountedUnit>,
  placeOf: (unit: CountedUnit) => string | undefined,
  sum: (units: Iterable<CountedUnit>) => Omit<PlaceFigures, 'id'>,
): PlaceFigures[] {
  const places = new Map<string, CountedUnit[]>();
  for (const unit of counted) {
    const id = placeOf(unit);
    if (id === undefined) continue;
    const known = places.get(id);
    if (known === undefined) places.set(id, [unit]);
    else known.push(unit);
  }
  return [...places]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([id, units]) => ({ id, ...sum(units) }));
}

import { isActiveOn } from './active-lease.ts';
import type { Occupancy } from './figures.ts';
import type { LeaseRecord, PropertyRecord, UnitRecord } from './records.ts';

/**
 * Counts units and who lives in them. Give it all properties first, then all units, then all leases, each in any order; a
 * lease counts for the unit that it names. It remembers units and inactive properties, not leases: memory grows by some
 * hundred bytes a unit.
 *
 * A unit counts unless it is inactive itself or of an inactive property: what a company no longer manages is neither occupied
 * nor vacant. A property that is not known does not matter.
 *
 * @param day YYYY-MM-DD
 */
export function occupancyTally(day: string) {
  const inactiveProperties = new Set<string>();
  const rents = new Map<string, number>();
  const occupied = new Set<string>();
  return {
    addProperty({ propertyId, isActive }: PropertyRecord): void {
      if (propertyId !== undefined && isActive === false) inactiveProperties.add(propertyId);
    },
    addUnit({ unitId, propertyId, isActive, rentCents = 0 }: UnitRecord): void {
      if (unitId === undefined || isActive === false || inactiveProperties.has(propertyId ?? '')) return;
      rents.set(unitId, rentCents);
    },
    addLease(lease: LeaseRecord): void {
      if (lease.unitId !== undefined && rents.has(lease.unitId) && isActiveOn(day, lease)) occupied.add(lease.unitId);
    },
    result(): Occupancy {
      const units = rents.size;
      const vacant = units - occupied.size;
      let rentRollCents = 0;
      for (const unitId of occupied) rentRollCents += rents.get(unitId) ?? 0;
      return {
        units,
        occupied: occupied.size,
        vacant,
        ...(units > 0 && { vacancyRate: (vacant / units) * 100 }),
        rentRollCents,
      };
    },
  };
}

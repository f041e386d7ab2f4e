import fc from 'fast-check';
import { expect, it } from 'vitest';
import { occupancyTally } from './occupancy.ts';
import { type LeaseRecord, leaseSchema, type PropertyRecord, type UnitRecord } from './records.ts';

const day = '2026-03-01';
const active = { primaryLeaseStatusId: '2', startDate: '2025-01-01', endDate: '2026-12-31' };

function occupancy({
  properties = [],
  units = [],
  leases = [],
}: {
  properties?: PropertyRecord[];
  units?: UnitRecord[];
  leases?: Partial<LeaseRecord>[];
}) {
  const tally = occupancyTally(day);
  for (const property of properties) tally.addProperty(property);
  for (const unit of units) tally.addUnit(unit);
  for (const lease of leases) tally.addLease(leaseSchema.parse(lease));
  return tally.result();
}

const unit = (unitId: string, more: Partial<UnitRecord> = {}): UnitRecord => ({
  unitId,
  propertyId: '1',
  isActive: true,
  rentCents: 100_000,
  ...more,
});

it('counts a unit as occupied while it has an active lease, and its rent in the rent roll once', () => {
  const units = [unit('1', { rentCents: 125_050 }), unit('2', { rentCents: 99_999 }), unit('3'), unit('4')];
  // A renewal overlaps with the lease that it follows.
  const leases = [
    { ...active, unitId: '1' },
    { ...active, unitId: '1' },
    { ...active, unitId: '2' },
  ];
  expect(occupancy({ units, leases })).toEqual({
    units: 4,
    occupied: 2,
    vacant: 2,
    vacancyRate: 50,
    rentRollCents: 225_049,
  });
});

it.each([
  ['pending', { ...active, primaryLeaseStatusId: '1' }, false],
  ['closed', { ...active, primaryLeaseStatusId: '3' }, false],
  ['of a status that nobody knows', { ...active, primaryLeaseStatusId: '9' }, false],
  ['of no status', { startDate: '2025-01-01' }, false],
  ['active from today', { ...active, startDate: day }, true],
  ['active from tomorrow', { ...active, startDate: '2026-03-02' }, false],
  ['active and past its end, so from month to month', { ...active, endDate: '2026-02-01' }, true],
  ['active, moved out of yesterday', { ...active, moveOutDate: '2026-02-28' }, false],
  ['active, moved out of today', { ...active, moveOutDate: day }, true],
  ['active, without dates', { primaryLeaseStatusId: '2' }, true],
])('a unit whose lease is %s', (_, lease, isOccupied) => {
  expect(occupancy({ units: [unit('1')], leases: [{ ...lease, unitId: '1' }] }).occupied).toBe(isOccupied ? 1 : 0);
});

it('leaves out units that are inactive, or of an inactive property, with their leases', () => {
  const units = [
    unit('1'),
    unit('2', { isActive: false }),
    unit('3', { propertyId: '2' }),
    unit('4', { propertyId: '9' }),
  ];
  const leases = units.map(({ unitId }) => ({ ...active, unitId }));
  const properties = [
    { propertyId: '1', isActive: true },
    { propertyId: '2', isActive: false },
  ];
  expect(occupancy({ properties, units, leases })).toMatchObject({ units: 2, occupied: 2, rentRollCents: 200_000 });
});

it('counts units whose record does not say whether they are active, or what they cost', () => {
  expect(occupancy({ units: [{ unitId: '1' }], leases: [{ ...active, unitId: '1' }] })).toMatchObject({
    units: 1,
    occupied: 1,
    rentRollCents: 0,
  });
});

it('has no vacancy rate where there are no units', () => {
  expect(occupancy({ leases: [{ ...active, unitId: '1' }] })).toEqual({
    units: 0,
    occupied: 0,
    vacant: 0,
    rentRollCents: 0,
  });
});

it('adds up, whatever the records say, to the cent', () => {
  const ids = fc.constantFrom('1', '2', '3', '4', '5', undefined);
  const units = fc.uniqueArray(
    fc.record({
      unitId: ids,
      propertyId: ids,
      isActive: fc.constantFrom(true, false, undefined),
      rentCents: fc.option(fc.integer({ min: 0, max: 1_000_000_000 }), { nil: undefined }),
    }),
    { selector: ({ unitId }) => unitId },
  );
  const leases = fc.array(
    fc.record({
      unitId: ids,
      primaryLeaseStatusId: fc.constantFrom('1', '2', '3', '9'),
      startDate: fc.constant(undefined),
    }),
  );
  fc.assert(
    fc.property(units, leases, (someUnits, someLeases) => {
      const result = occupancy({ units: someUnits, leases: someLeases });
      const counted = someUnits.filter(({ unitId, isActive }) => unitId !== undefined && isActive !== false);
      const occupied = counted.filter((each) =>
        someLeases.some((lease) => lease.unitId === each.unitId && lease.primaryLeaseStatusId === '2'),
      );
      expect(result.units).toBe(counted.length);
      expect(result.occupied).toBe(occupied.length);
      expect(result.occupied + result.vacant).toBe(result.units);
      expect(result.rentRollCents).toBe(occupied.reduce((sum, { rentCents = 0 }) => sum + rentCents, 0));
      if (result.units > 0) expect(result.vacancyRate).toBeCloseTo((result.vacant / result.units) * 100);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { occupancyTally } from './occupancy.ts';
import {
  type GlAccountRecord,
  type LeaseRecord,
  leaseSchema,
  type PropertyRecord,
  type RecurringChargeRecord,
  recurringChargeSchema,
  type UnitRecord,
} from './records.ts';

const day = '2026-03-01';
const active = { primaryLeaseStatusId: '2', startDate: '2025-01-01', endDate: '2026-12-31' };

interface Company {
  readonly properties?: PropertyRecord[];
  readonly units?: UnitRecord[];
  readonly leases?: Partial<LeaseRecord>[];
  readonly glAccounts?: GlAccountRecord[];
  readonly charges?: Partial<RecurringChargeRecord>[];
}

function measure({ properties = [], units = [], leases = [], glAccounts = [], charges = [] }: Company) {
  const tally = occupancyTally(day);
  for (const property of properties) tally.addProperty(property);
  for (const unit of units) tally.addUnit(unit);
  for (const lease of leases) tally.addLease(leaseSchema.parse(lease));
  for (const account of glAccounts) tally.addGlAccount(account);
  for (const charge of charges) tally.addRecurringCharge(recurringChargeSchema.parse(charge));
  return tally.result();
}
const occupancy = (company: Company) => measure(company).all;

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
    rentRollSource: 'unitRent',
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
    rentRollSource: 'unitRent',
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

describe('the rent roll', () => {
  const glAccounts = [
    { accountId: '9', isRent: true },
    { accountId: '10', isRent: false },
  ];
  const company = (charges: Partial<RecurringChargeRecord>[], more: Company = {}): Company => ({
    units: [unit('1'), unit('2')],
    leases: [
      { ...active, leaseId: '11', unitId: '1' },
      { ...active, leaseId: '12', unitId: '2', primaryLeaseStatusId: '3' },
    ],
    glAccounts,
    charges,
    ...more,
  });
  const rent = (more: Partial<RecurringChargeRecord> = {}) => ({
    leaseId: '11',
    accountId: '9',
    amountCents: 90_000,
    ...more,
  });

  it('is what active leases are charged on accounts that are rent, not the rent that is kept with the unit', () => {
    const charges = [
      rent(),
      rent({ amountCents: 40_000 }),
      rent({ accountId: '10', amountCents: 5_000 }),
      rent({ leaseId: '12' }),
    ];
    expect(occupancy(company(charges))).toMatchObject({
      occupied: 1,
      rentRollCents: 130_000,
      rentRollSource: 'recurringCharges',
    });
  });

  it.each<[string, Partial<RecurringChargeRecord>, boolean]>([
    ['that ended yesterday', { endDate: '2026-02-28' }, false],
    ['that ends today', { endDate: day }, true],
    ['that begins today', { startDate: day }, true],
    ['that begins tomorrow', { startDate: '2026-03-02' }, false],
    ['without dates', {}, true],
    ['that is not active', { isActive: false }, false],
    ['whose row says that its account is rent', { accountId: undefined, account: { isRent: true } }, true],
    ['whose row says that it is not', { account: { isRent: false } }, false],
    ['that calls its account otherwise', { accountId: undefined, chargeAccountId: '9' }, true],
  ])('a charge %s', (_, charge, counts) => {
    expect(occupancy(company([rent(charge), rent({ amountCents: 1 })])).rentRollCents).toBe(counts ? 90_001 : 1);
  });

  it('is nothing, not the units’ rents, where all charges have ended', () => {
    expect(occupancy(company([rent({ endDate: '2026-01-31' })]))).toMatchObject({
      rentRollCents: 0,
      rentRollSource: 'recurringCharges',
    });
    expect(occupancy(company([]))).toMatchObject({ rentRollCents: 100_000, rentRollSource: 'unitRent' });
  });

  it('leaves out charges of which nothing says whether they are rent, and tells how many', () => {
    const charges = [rent(), rent({ accountId: '77' }), rent({ amountCents: undefined })];
    expect(occupancy(company(charges))).toMatchObject({ rentRollCents: 90_000, unclearCharges: 2 });
    const { rentRollCents, unclearCharges } = occupancy(company([rent()], { glAccounts: [] }));
    expect([rentRollCents, unclearCharges]).toEqual([undefined, 1]);
  });
});

it('is told by property and by portfolio too, and adds up to the whole', () => {
  const properties = [
    { propertyId: '1', portfolioId: '5' },
    { propertyId: '2', portfolioId: '5' },
    { propertyId: '10', portfolioId: '6' },
    { propertyId: '11', portfolioId: '6', isActive: false },
  ];
  const units = [
    unit('1'),
    unit('2'),
    unit('3', { propertyId: '2' }),
    unit('4', { propertyId: '10' }),
    unit('5', { propertyId: '11' }),
  ];
  const leases = ['1', '3', '4', '5'].map((unitId) => ({ ...active, unitId, leaseId: unitId }));
  const { all, byProperty, byPortfolio } = measure({ properties, units, leases });
  expect(byProperty).toEqual([
    { id: '1', units: 2, occupied: 1, vacant: 1, vacancyRate: 50, rentRollCents: 100_000 },
    { id: '2', units: 1, occupied: 1, vacant: 0, vacancyRate: 0, rentRollCents: 100_000 },
    { id: '10', units: 1, occupied: 1, vacant: 0, vacancyRate: 0, rentRollCents: 100_000 },
  ]);
  expect(byPortfolio.map(({ id, units: count }) => [id, count])).toEqual([
    ['5', 3],
    ['6', 1],
  ]);
  for (const places of [byProperty, byPortfolio]) {
    expect(places.reduce((sum, place) => sum + (place.rentRollCents ?? 0), 0)).toBe(all.rentRollCents);
    expect(places.reduce((sum, place) => sum + place.occupied, 0)).toBe(all.occupied);
  }
});

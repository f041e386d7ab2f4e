import { isoSecond } from '../generator/dates.ts';
import { at, type Plan, pastYearMs, unitRentCents } from '../generator/plan.ts';
import { between, pick, randomFor } from '../generator/random.ts';
import { dollars, type WireObject } from '../generator/wire-object.ts';
import { flag, modified } from './filters.ts';
import { properties, property } from './properties.ts';
import type { SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';

const stream = 33;

function unit(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, stream, index);
  const lease = at(plan.leaseOfUnit, index);
  const propertyIndex = at(plan.propertyOfUnit, index);
  const isMultiUnit = at(plan.unitsOfProperty, propertyIndex) > 1;
  // A unit's own address is often empty: it is the property's.
  const ownAddress = random() < 0.25 ? property(plan, propertyIndex) : undefined;
  const beds = between(random, 0, 5);
  return {
    unitID: index + 1,
    propertyID: propertyIndex + 1,
    name: isMultiUnit ? `Unit ${between(random, 1, 30)}${pick(random, ['A', 'B', 'C', ''])}` : 'Main',
    address: ownAddress?.address ?? null,
    address2: null,
    city: ownAddress?.city ?? null,
    stateID: ownAddress?.stateID ?? null,
    postalCode: ownAddress?.postalCode ?? null,
    beds,
    fullBaths: between(random, 1, 3),
    halfBaths: between(random, 0, 1),
    size: random() < 0.1 ? null : 380 + beds * 260 + between(random, 0, 300),
    rent: dollars(unitRentCents(plan, index)),
    isActive: random() > 0.03,
    isVacant: lease < 0,
    leaseID: lease < 0 ? null : lease + 1,
    dateTimeModified: isoSecond(pastYearMs(plan, random())),
    ...(random() < 0.1 ? { keyBoxCode: `K-${between(random, 100, 999)}` } : {}),
  };
}

export const units: SimulatedResource<'units'> = {
  name: 'units',
  rowKey: 'unit',
  idKey: 'unitID',
  objectTypeID: 7,
  listPath: '/properties/units/export',
  otherListPaths: ['/properties/units', '/properties/{propertyID}/units'],
  onePath: '/properties/{propertyID}/units/{unitID}',
  count: { small: 300 },
  needs: properties,
  dates: 'modified',
  make: unit,
  siblings: { property: named(properties) },
  filters: { ...modified, isActive: flag('isActive') },
  webhook: { namespace: 'property', subject: 'unit' },
  writes: { required: ['propertyID'] },
  example: { rent: '1234.50' },
};

import { dayMs, isoDate, isoSecond } from '../generator/dates.ts';
import { personalCustomFields } from '../generator/personal.ts';
import { at, dateFromNow, type Plan, pastYearMs, portfolioOfProperty } from '../generator/plan.ts';
import { between, pick, randomFor } from '../generator/random.ts';
import { numberAt, type WireObject } from '../generator/wire-object.ts';
import { flag, modified } from './filters.ts';
import { portfolios } from './portfolios.ts';
import type { SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';

const stream = 32;

export function property(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, stream, index);
  const place = pick(random, plan.pools.places);
  const street = `${between(random, 10, 9_999)} ${pick(random, plan.pools.streets)}`;
  const createdMs = plan.nowMs - between(random, 400, 3_000) * dayMs;
  const isMultiUnit = at(plan.unitsOfProperty, index) > 1;
  return {
    propertyID: index + 1,
    portfolioID: portfolioOfProperty(plan, index) + 1,
    name: isMultiUnit
      ? `${pick(random, plan.pools.lastNames)} ${pick(random, ['Court', 'Apartments', 'Place'])}`
      : street,
    address: street,
    address2: random() < 0.7 ? null : `Building ${between(random, 1, 9)}`,
    ...place,
    propertyTypeID: random() < 0.02 ? 99 : isMultiUnit ? 2 : 1,
    isMultiUnit,
    isActive: random() > 0.04,
    latitude: random() < 0.1 ? null : Number((30 + random() * 15).toFixed(6)),
    longitude: random() < 0.1 ? null : Number((-120 + random() * 40).toFixed(6)),
    dateContractBegins: isoDate(createdMs),
    dateContractEnds: random() < 0.8 ? null : dateFromNow(plan, between(random, 30, 700)),
    dateTimeCreated: isoSecond(createdMs),
    dateTimeModified: isoSecond(pastYearMs(plan, random())),
    ...(random() < 0.1 ? { insuranceCarrierCode: `C${between(random, 10, 99)}` } : {}),
    ...personalCustomFields(plan, stream, index),
  };
}

export const properties: SimulatedResource<'properties'> = {
  name: 'properties',
  rowKey: 'property',
  idKey: 'propertyID',
  objectTypeID: 6,
  listPath: '/properties/export',
  otherListPaths: ['/properties'],
  onePath: '/properties/{propertyID}',
  count: { small: 40 },
  needs: portfolios,
  dates: 'modified',
  make: property,
  siblings: { portfolio: named(portfolios) },
  filters: { ...modified, isActive: flag('isActive') },
  webhook: { namespace: 'property', subject: 'property' },
  writes: { required: ['portfolioID'] },
  reveals: [{ resource: portfolios, ids: (own) => [numberAt(own, 'portfolioID')] }],
  example: { name: 'Renamed' },
};

import { contact, identityOf, personalFields } from './contacts.ts';
import { dayMs, isoDate, isoSecond } from './dates.ts';
import { at, dateFromNow, ownerContactID, type Plan, pastYearMs, portfolioOfProperty, rentCents } from './plan.ts';
import { between, pick, randomFor } from './random.ts';
import { dollars, type WireObject } from './wire-object.ts';

const streams = { portfolio: 31, property: 32, unit: 33 } as const;

export function portfolio(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, streams.portfolio, index);
  const owners = plan.counts.owners;
  const first = owners === 0 ? undefined : ownerContactID(index % owners);
  const second = owners > 1 && random() < 0.3 ? ownerContactID((index + 1) % owners) : undefined;
  const contacts = [first, second]
    .filter((contactID) => contactID !== undefined)
    .map((contactID) => {
      const { name, email, phone } = identityOf(plan, contactID, 'owners');
      return { contactID, name, email, phone, isActive: true, ...personalFields(contactID) };
    });
  return {
    portfolioID: index + 1,
    name: `${pick(random, plan.pools.lastNames)} ${pick(random, ['Holdings', 'Family Trust', 'Homes', 'Rentals'])}`,
    isActive: random() > 0.05,
    reserveAmount: random() < 0.1 ? null : dollars(between(random, 0, 20) * 50_00),
    contacts,
    fiscalYearEndMonth: 12,
    ...(random() < 0.1 ? { statementColor: '#3a6' } : {}),
  };
}

export function property(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, streams.property, index);
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
  };
}

export function unit(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, streams.unit, index);
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
    rent: dollars(rentCents(plan, index)),
    isActive: random() > 0.03,
    isVacant: lease < 0,
    leaseID: lease < 0 ? null : lease + 1,
    dateTimeModified: isoSecond(pastYearMs(plan, random())),
    ...(random() < 0.1 ? { keyBoxCode: `K-${between(random, 100, 999)}` } : {}),
  };
}

export const owner = (plan: Plan, index: number): WireObject => contact(plan, ownerContactID(index), 'owners');

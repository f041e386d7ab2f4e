import { dayMs, isoDate } from '../generator/dates.ts';
import { at, leaseDates, leaseState, type Plan, rentCents } from '../generator/plan.ts';
import { between, fractionOf, pick, randomFor } from '../generator/random.ts';
import { centsOf, dollars, numberAt, textAt, type WireObject } from '../generator/wire-object.ts';
import { accountIDs, glAccounts } from './gl-accounts.ts';
import { leases, touchLease } from './leases.ts';
import type { Company, SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';

const stream = 81;

/** What a tenant pays beside the rent. */
const extras = [
  { accountID: accountIDs.petRent, description: 'Pet rent', cents: 35_00 },
  { accountID: accountIDs.parking, description: 'Parking', cents: 50_00 },
  { accountID: accountIDs.utilities, description: 'Utilities', cents: 42_50 },
];

/**
 * Of a lease's three: the rent that is paid now, an older rent that has ended (or one that begins only later), and
 * something beside the rent. One lease in twelve pays its rent in two parts, on two accounts.
 */
function recurringCharge(plan: Plan, index: number): WireObject {
  const { leases: count } = plan.counts;
  const lease = index % count;
  const which = Math.floor(index / count);
  const random = randomFor(plan.seed, stream, index);
  const { startMs, endMs } = leaseDates(plan, lease);
  const isClosed = leaseState(plan, lease) === 'closed';
  const rent = rentCents(plan, at(plan.unitOfLease, lease));
  const isSplit = fractionOf(plan.seed, stream, 1, lease) < 1 / 12;
  const base = { recurringChargeID: index + 1, leaseID: lease + 1, dayDue: 1, frequency: 1 };
  const lastDay = isClosed ? isoDate(endMs) : null;
  const raisedMs = Math.max(startMs, Math.min(startMs + 200 * dayMs, plan.nowMs - dayMs));
  if (which === 0) {
    return {
      ...base,
      accountID: accountIDs.rent,
      description: 'Rent',
      amount: dollars(isSplit ? rent - 400_00 : rent),
      startDate: isoDate(isSplit ? startMs : raisedMs),
      endDate: lastDay,
    };
  }
  if (which === 1 && isSplit) {
    return {
      ...base,
      accountID: accountIDs.subsidisedRent,
      description: 'Rent, subsidised part',
      amount: '400.00',
      startDate: isoDate(startMs),
      endDate: lastDay,
    };
  }
  if (which === 1 && random() < 0.1) {
    return {
      ...base,
      accountID: accountIDs.rent,
      description: 'Rent from next year',
      amount: dollars(rent + 75_00),
      startDate: isoDate(Math.max(plan.nowMs, startMs) + 60 * dayMs),
      endDate: null,
    };
  }
  if (which === 1) {
    return {
      ...base,
      accountID: accountIDs.rent,
      description: 'Rent until the increase',
      amount: dollars(rent - 50_00),
      startDate: isoDate(raisedMs > startMs ? startMs : startMs - 365 * dayMs),
      endDate: isoDate(raisedMs - dayMs),
    };
  }
  const { accountID, description, cents } = pick(random, extras);
  return {
    ...base,
    accountID,
    description,
    amount: dollars(cents),
    startDate: isoDate(startMs),
    endDate: random() < 0.2 ? isoDate(plan.nowMs - between(random, 1, 90) * dayMs) : lastDay,
  };
}

/** The rent charges of a lease that hold on a day: those that have begun and have not ended before it. */
export const currentCharges = (company: Company, leaseID: number, day: string): readonly WireObject[] =>
  company
    .every(recurringCharges)
    .filter((charge) => charge.leaseID === leaseID)
    .filter((charge) => company.find(glAccounts, numberAt(charge, 'accountID'))?.isRent === true)
    .filter((charge) => textAt(charge, 'startDate') <= day)
    .filter((charge) => charge.endDate === null || textAt(charge, 'endDate') >= day);

/** What the tenant of a lease pays each month, in cents: its current rent charges and nothing beside them. */
export const rentOfLease = (company: Company, leaseID: number, day: string): number =>
  currentCharges(company, leaseID, day).reduce((sum, charge) => sum + centsOf(charge.amount), 0);

export const recurringCharges: SimulatedResource<'recurringCharges'> = {
  name: 'recurringCharges',
  rowKey: 'recurringCharge',
  idKey: 'recurringChargeID',
  listPath: '/leases/{leaseID}/recurring-charges',
  onePath: '/leases/{leaseID}/recurring-charges/{recurringChargeID}',
  isDeletable: true,
  count: (of) => 3 * of(leases),
  dates: 'none',
  make: recurringCharge,
  siblings: { account: named(glAccounts) },
  afterChange: (company, own) => touchLease(company, numberAt(own, 'leaseID')),
  writes: { required: ['accountID', 'amount', 'startDate'] },
  example: { description: 'Changed' },
};

import { dayMs, isoDate, isoSecond } from '../generator/dates.ts';
import { at, leaseDates, type Plan, portfolioOfProperty, rentCents } from '../generator/plan.ts';
import { between, pick, randomFor } from '../generator/random.ts';
import { dollars, numberAt, type WireObject } from '../generator/wire-object.ts';
import { amounts, contains, days, flag, oneOf } from './filters.ts';
import { leases, touchLease } from './leases.ts';
import { ledgers } from './ledgers.ts';
import { portfolios } from './portfolios.ts';
import { properties } from './properties.ts';
import type { Company, SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';
import { units } from './units.ts';

const stream = 61;

/** Rentvine's transactionTypeID, as far as the generator uses them by name. */
export const transactionTypes = { leaseCharge: 1, leasePayment: 2, paymentReturn: 4, managementFee: 14 } as const;

/** Other things that are booked on a property: credits, owner payments, bills, transfers, and a type nobody has listed. */
const otherTypes = [3, 5, 7, 8, 14, 15, 16, 19, 20, 23];

/**
 * One of a year's transactions, the oldest first: each month begins with the rent charges of the leases, then come the
 * payments. One payment in 40 comes back from the bank. One in 15 is something else, one in 100 voided.
 */
function transaction(plan: Plan, index: number, count: number): WireObject {
  const random = randomFor(plan.seed, stream, index);
  const perMonth = Math.max(2, count / 12);
  const month = Math.min(11, Math.floor(index / perMonth));
  const inMonth = (index - month * perMonth) / perMonth;
  const isCharge = inMonth < 0.5;
  const monthStart = new Date(plan.nowMs);
  monthStart.setUTCDate(1);
  monthStart.setUTCMonth(monthStart.getUTCMonth() - (11 - month));
  const day = isCharge ? 0 : Math.floor((inMonth - 0.5) * 54);
  const postedMs = Math.min(monthStart.getTime() + day * dayMs, plan.nowMs);
  const lease = leaseAt(plan, Math.floor((inMonth % 0.5) * perMonth), postedMs);
  const isOther = lease < 0 || random() < 1 / 15;
  const isReturn = !isOther && !isCharge && random() < 1 / 40;
  const unit = isOther ? -1 : at(plan.unitOfLease, lease);
  const property = unit < 0 ? between(random, 0, plan.counts.properties - 1) : at(plan.propertyOfUnit, unit);
  const { leaseCharge, leasePayment, paymentReturn } = transactionTypes;
  const type = isCharge ? leaseCharge : isReturn ? paymentReturn : leasePayment;
  const rent = unit < 0 ? between(random, 10, 900) * 100 + 25 : rentCents(plan, unit);
  return {
    transactionID: index + 1,
    transactionTypeID: isOther ? pick(random, otherTypes) : type,
    primaryLedgerID: portfolioOfProperty(plan, property) + 1,
    amount: dollars(isReturn || (isOther && random() < 0.3) ? -rent : rent),
    datePosted: isoDate(postedMs),
    description: isOther
      ? pick(random, plan.pools.jobs)
      : isCharge
        ? 'Rent'
        : isReturn
          ? 'Payment returned by the bank'
          : 'Rent payment',
    reference: random() < 0.4 ? null : `REF${100_000 + index}`,
    isVoided: random() < 0.01,
    leaseID: isOther ? null : lease + 1,
    unitID: unit < 0 ? null : unit + 1,
    propertyID: property + 1,
    dateTimeCreated: isoSecond(postedMs),
    ...(random() < 0.05 ? { importBatch: `B${month}` } : {}),
  };
}

/** An active lease that had begun by then, -1 if the next few had not. */
function leaseAt(plan: Plan, wanted: number, timeMs: number): number {
  const active = plan.firstPendingLease - plan.firstActiveLease;
  for (let attempt = 0; active > 0 && attempt < 5; attempt++) {
    const lease = plan.firstActiveLease + ((wanted + attempt) % active);
    if (leaseDates(plan, lease).startMs <= timeMs) return lease;
  }
  return -1;
}

/** A charge or payment of a lease, with the ids that its transaction has. */
export function leaseTransaction(company: Company, leaseID: number, fields: WireObject): WireObject {
  const lease = company.find(leases, leaseID);
  const property = company.find(properties, numberAt(lease, 'propertyID'));
  return {
    ...fields,
    primaryLedgerID: numberAt(property, 'portfolioID') ?? null,
    isVoided: false,
    leaseID,
    unitID: numberAt(lease, 'unitID') ?? null,
    propertyID: numberAt(lease, 'propertyID') ?? null,
  };
}

export const transactions: SimulatedResource<'transactions'> = {
  name: 'transactions',
  rowKey: 'transaction',
  idKey: 'transactionID',
  objectTypeID: 9,
  listPath: '/accounting/transactions/search',
  count: { small: 6_800, isActivity: true },
  needs: properties,
  dates: 'created',
  make: transaction,
  siblings: {
    ledger: named(ledgers, 'primaryLedgerID'),
    portfolio: (own, company) =>
      company.find(portfolios, numberAt(company.find(properties, numberAt(own, 'propertyID')), 'portfolioID')),
    property: named(properties),
    unit: named(units),
  },
  filters: {
    ...days('datePosted', 'datePostedMin', 'datePostedMax'),
    ...amounts,
    isVoided: flag('isVoided'),
    'transactionTypeIDs[]': oneOf('transactionTypeID'),
    'propertyIDs[]': oneOf('propertyID'),
    'primaryLedgerIDs[]': oneOf('primaryLedgerID'),
    search: contains('description', 'reference'),
  },
  // Voiding moves no date, neither here nor on the lease; it does not come this way.
  afterChange: (company, own) => touchLease(company, numberAt(own, 'leaseID')),
  webhook: {
    namespace: 'lease',
    subject: 'leaseCharge',
    sentFor: (own) => own.transactionTypeID === transactionTypes.leaseCharge && numberAt(own, 'leaseID') !== undefined,
    parentKey: 'leaseID',
  },
  example: { description: 'Changed' },
};

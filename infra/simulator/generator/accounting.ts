import { dayMs, isoDate, isoSecond } from './dates.ts';
import { at, leaseDates, type Plan, pastYearMs, portfolioOfProperty, rentCents, vendorContactID } from './plan.ts';
import { between, fractionOf, pick, randomFor } from './random.ts';
import { dollars, type WireObject } from './wire-object.ts';

const streams = { transaction: 61, bill: 62 } as const;

/** Rentvine's transactionTypeID, as far as the generator uses them. */
export const transactionTypes = { leaseCharge: 1, leasePayment: 2, managementFee: 14 } as const;

/** Other things that are booked on a property: credits, owner payments, bills, transfers, and a type nobody has listed. */
const otherTypes = [3, 4, 5, 7, 8, 14, 15, 16, 19, 20, 23];

/**
 * One of a year's transactions, the oldest first: each month begins with the rent charges of the leases, then come the
 * payments. One in 15 is something else, one in 100 voided.
 */
export function transaction(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, streams.transaction, index);
  const perMonth = Math.max(2, plan.counts.transactions / 12);
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
  const unit = isOther ? -1 : at(plan.unitOfLease, lease);
  const property = unit < 0 ? between(random, 0, plan.counts.properties - 1) : at(plan.propertyOfUnit, unit);
  const type = isCharge ? transactionTypes.leaseCharge : transactionTypes.leasePayment;
  const rent = unit < 0 ? between(random, 10, 900) * 100 + 25 : rentCents(plan, unit);
  return {
    transactionID: index + 1,
    transactionTypeID: isOther ? pick(random, otherTypes) : type,
    primaryLedgerID: portfolioOfProperty(plan, property) + 1,
    amount: dollars(isOther && random() < 0.3 ? -rent : rent),
    datePosted: isoDate(postedMs),
    description: isOther ? pick(random, plan.pools.jobs) : isCharge ? 'Rent' : 'Rent payment',
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

export function bill(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, streams.bill, index);
  const property = between(random, 0, plan.counts.properties - 1);
  const createdMs = pastYearMs(plan, 1 - (index + random()) / plan.counts.bills);
  const amount = dollars(between(random, 30, 2_400) * 100 + between(random, 0, 99));
  return {
    billID: index + 1,
    propertyID: property + 1,
    portfolioID: portfolioOfProperty(plan, property) + 1,
    payeeContactID: plan.counts.vendors === 0 ? null : vendorContactID(plan, index % plan.counts.vendors),
    billStatusID: random() < 0.8 ? 2 : 1,
    billDate: isoDate(createdMs),
    dueDate: isoDate(createdMs + 30 * dayMs),
    amount,
    reference: `INV-${20_000 + index}`,
    description: pick(random, plan.pools.jobs),
    isVoided: random() < 0.02,
    charges: [
      { billChargeID: index + 1, amount, chartAccountID: 5_000 + Math.floor(fractionOf(plan.seed, index) * 40) },
    ],
    dateTimeCreated: isoSecond(createdMs),
    dateTimeModified: isoSecond(Math.min(createdMs + random() * 30 * dayMs, plan.nowMs - dayMs)),
  };
}

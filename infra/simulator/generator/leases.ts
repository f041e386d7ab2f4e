import { contact, identityOf, personalFields } from './contacts.ts';
import { dayMs, isoDate, isoSecond } from './dates.ts';
import {
  at,
  type LeaseState,
  leaseDates,
  leaseOfTenant,
  leaseState,
  type Plan,
  pastYearMs,
  rentCents,
  tenantContactID,
  tenantsOfLease,
} from './plan.ts';
import { between, randomFor } from './random.ts';
import { centsOf, dollars, type WireObject } from './wire-object.ts';

const streams = { lease: 41, balances: 42 } as const;

/** Rentvine's primaryLeaseStatusID. */
export const leaseStatuses: Readonly<Record<LeaseState, number>> = { pending: 1, active: 2, closed: 3 };

export function lease(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, streams.lease, index);
  const unit = at(plan.unitOfLease, index);
  const state = leaseState(plan, index);
  const { startMs, endMs } = leaseDates(plan, index);
  const isClosed = state === 'closed';
  const hasNotice = isClosed || (state === 'active' && random() < 0.06);
  const leavesMs = isClosed ? endMs : plan.nowMs + between(random, 5, 45) * dayMs;
  const createdMs = Math.min(startMs, plan.nowMs) - between(random, 3, 40) * dayMs;
  return {
    leaseID: index + 1,
    code: `L-${String(index + 1).padStart(6, '0')}`,
    propertyID: at(plan.propertyOfUnit, unit) + 1,
    unitID: unit + 1,
    primaryLeaseStatusID: random() < 0.005 ? 9 : leaseStatuses[state],
    leaseStatusID: leaseStatuses[state] * 10 + between(random, 0, 3),
    moveInDate: state === 'pending' && random() < 0.5 ? null : isoDate(startMs),
    moveOutDate: isClosed ? isoDate(endMs) : null,
    startDate: isoDate(startMs),
    endDate: !isClosed && random() < 0.1 ? null : isoDate(endMs),
    closedDate: isClosed ? isoDate(endMs + between(random, 1, 4) * dayMs) : null,
    noticeDate: hasNotice ? isoDate(leavesMs - between(random, 30, 60) * dayMs) : null,
    expectedMoveOutDate: hasNotice ? isoDate(leavesMs) : null,
    increaseEligibilityDate: state === 'active' ? isoDate(startMs + 330 * dayMs) : null,
    tenants: tenantsOfLease(plan, index).map((tenant) => tenantOnLease(plan, tenant, state)),
    dateTimeCreated: isoSecond(createdMs),
    dateTimeModified: isoSecond(Math.max(createdMs, pastYearMs(plan, random()))),
    renewalStatus: state === 'active' ? 'none' : null,
    ...(random() < 0.1 ? { petPolicyVersion: between(random, 1, 4) } : {}),
  };
}

function tenantOnLease(plan: Plan, tenant: number, state: LeaseState): WireObject {
  const contactID = tenantContactID(plan, tenant);
  const { name, email, phone } = identityOf(plan, contactID, 'tenants');
  // Some servers nest more of the contact than a caller wants: personal fields turn up here too.
  const nested = contactID % 5 === 0 ? personalFields(contactID) : {};
  return { contactID, name, email, phone, isActive: state !== 'closed', ...nested };
}

export function tenant(plan: Plan, index: number): WireObject {
  const lease = leaseOfTenant(plan, index);
  const isActive = lease >= 0 && leaseState(plan, lease) !== 'closed';
  return contact(plan, tenantContactID(plan, index), 'tenants', isActive);
}

/** What a lease owes at the start: most owe nothing, one active lease in eight some rent. */
export function unpaidCharges(plan: Plan, index: number): readonly WireObject[] {
  const random = randomFor(plan.seed, streams.balances, index);
  if (leaseState(plan, index) !== 'active' || random() > 0.125) return [];
  const rent = rentCents(plan, at(plan.unitOfLease, index));
  const charge = (number: number, amountCents: number, dueDays: number, description: string): WireObject => ({
    chargeID: index * 10 + number,
    description,
    amount: dollars(amountCents),
    unpaidAmount: dollars(amountCents),
    dueDate: isoDate(plan.nowMs - dueDays * dayMs),
    isOverdue: dueDays > 0,
  });
  const charges = [charge(1, rent, between(random, 1, 25), 'Rent')];
  if (random() < 0.4) charges.push(charge(2, 75_00, 2, 'Late fee'));
  if (random() < 0.3) charges.push(charge(3, rent, -5, 'Rent'));
  return charges;
}

/** The sums of unpaid charges, as they stand beside a lease. */
export function balancesOf(charges: readonly WireObject[]): WireObject {
  const sum = (belongs: (charge: WireObject) => boolean) =>
    dollars(charges.filter(belongs).reduce((total, charge) => total + centsOf(charge.unpaidAmount), 0));
  const isRent = (charge: WireObject) => charge.description === 'Rent';
  const isOverdue = (charge: WireObject) => charge.isOverdue === true;
  return {
    unpaidTotalAmount: sum(() => true),
    unpaidRentAmount: sum(isRent),
    pastDueTotalAmount: sum(isOverdue),
    pastDueRentAmount: sum((charge) => isOverdue(charge) && isRent(charge)),
  };
}

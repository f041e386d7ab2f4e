import { dayMs, isoDate } from '../generator/dates.ts';
import { at, leaseState, type Plan, rentCents } from '../generator/plan.ts';
import { between, randomFor } from '../generator/random.ts';
import { centsOf, dollars, type WireObject } from '../generator/wire-object.ts';

const stream = 42;

/** What a lease owes at the start: most owe nothing, one active lease in eight some rent. */
export function initialUnpaidCharges(plan: Plan, index: number): readonly WireObject[] {
  const random = randomFor(plan.seed, stream, index);
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

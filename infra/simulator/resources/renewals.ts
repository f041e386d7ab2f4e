import { dayMs, isoDate, isoSecond } from '../generator/dates.ts';
import { at, leaseDates, type Plan, rentCents } from '../generator/plan.ts';
import { between, randomFor } from '../generator/random.ts';
import { dollars, type WireObject } from '../generator/wire-object.ts';
import { leases } from './leases.ts';
import type { SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';

const stream = 82;

/** An offer to go on, to every seventh lease that is active or was. */
function renewal(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, stream, index);
  const lease = plan.counts.leases - 1 - ((index * 7) % plan.counts.leases);
  const unit = at(plan.unitOfLease, lease);
  const { endMs } = leaseDates(plan, lease);
  return {
    leaseRenewalID: index + 1,
    leaseID: lease + 1,
    propertyID: at(plan.propertyOfUnit, unit) + 1,
    unitID: unit + 1,
    leaseRenewalStatusID: between(random, 1, 4),
    startDate: isoDate(endMs + dayMs),
    endDate: isoDate(endMs + 366 * dayMs),
    currentRentAmount: dollars(rentCents(plan, unit)),
    offeredRentAmount: dollars(rentCents(plan, unit) + between(random, 0, 8) * 25_00),
    dateTimeCreated: isoSecond(plan.nowMs - between(random, 2, 120) * dayMs),
  };
}

export const renewals: SimulatedResource<'renewals'> = {
  name: 'renewals',
  rowKey: 'renewal',
  idKey: 'leaseRenewalID',
  listPath: '/leases/renewals',
  count: (of) => Math.floor(of(leases) / 7),
  dates: 'created',
  make: renewal,
  siblings: { lease: named(leases) },
  example: { leaseRenewalStatusID: 4 },
};

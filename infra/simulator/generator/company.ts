import type { ResourceName } from '../../../shared/rentvine/resource.ts';
import { bill, transaction } from './accounting.ts';
import { application } from './applications.ts';
import { contact } from './contacts.ts';
import { type CompanySize, type Counts, planCounts } from './counts.ts';
import { dayMs } from './dates.ts';
import { lease, tenant, unpaidCharges } from './leases.ts';
import { owner, portfolio, property, unit } from './places.ts';
import { makePlan, type Plan, vendorContactID } from './plan.ts';
import type { WireObject } from './wire-object.ts';
import { workOrder } from './work-orders.ts';

export interface CompanyOptions {
  /** The same seed, size and day give the same company. Default 1. */
  readonly seed?: number;
  /** Default `small`, unless `counts` is given. */
  readonly size?: CompanySize;
  /** Exact numbers of single resources; see `planCounts` for what becomes of the others. */
  readonly counts?: Partial<Counts>;
  /** The day that the company's history leads up to. Default today, 00:00 UTC. */
  readonly now?: Date;
}

/** A property-management company, in Rentvine's words. Nobody and nothing in it exists. */
export interface Company {
  readonly seed: number;
  readonly counts: Counts;
  /** All objects of a resource in the order of their ids, which count up from 1. Made on the first call, then kept. */
  objects(resource: ResourceName): readonly WireObject[];
  /** The highest id that the company uses under this id field; contacts of all kinds share one series. */
  highestID(resource: ResourceName): number;
  /** The charges that stand beside a lease as unpaid. */
  unpaidCharges(leaseID: number): readonly WireObject[];
}

const makers: Readonly<Record<ResourceName, (plan: Plan, index: number) => WireObject>> = {
  portfolios: portfolio,
  properties: property,
  units: unit,
  leases: lease,
  tenants: tenant,
  owners: owner,
  vendors: (plan, index) => contact(plan, vendorContactID(plan, index), 'vendors'),
  workOrders: workOrder,
  transactions: transaction,
  applications: application,
  bills: bill,
};

export const isContactResource = (resource: ResourceName): boolean =>
  resource === 'tenants' || resource === 'owners' || resource === 'vendors';

/**
 * Generates a company. Resources are made when they are first asked for, so a company of 100,000 leases costs only what
 * is read from it.
 *
 * @throws RangeError when the counts contradict each other
 */
export function generateCompany(options: CompanyOptions = {}): Company {
  const { seed = 1, size, counts: named } = options;
  const counts = planCounts(size ?? (named === undefined ? 'small' : undefined), named);
  const nowMs = options.now?.getTime() ?? Math.floor(Date.now() / dayMs) * dayMs;
  const plan = makePlan(seed, nowMs, counts);
  const made = new Map<ResourceName, readonly WireObject[]>();
  return {
    seed,
    counts,
    objects(resource) {
      const objects =
        made.get(resource) ?? Array.from({ length: counts[resource] }, (_, index) => makers[resource](plan, index));
      made.set(resource, objects);
      return objects;
    },
    highestID: (resource) =>
      isContactResource(resource) ? counts.owners + counts.vendors + counts.tenants : counts[resource],
    unpaidCharges: (leaseID) => (leaseID <= counts.leases ? unpaidCharges(plan, leaseID - 1) : []),
  };
}

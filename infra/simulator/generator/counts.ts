import type { ResourceName } from '../../../shared/rentvine/resource.ts';

/** How many objects of each resource a company has. */
export type Counts = Readonly<Record<ResourceName, number>>;

/** `small` is for unit tests and laptops, `large` (20,000 leases) for load tests. */
export type CompanySize = 'small' | 'medium' | 'large';

const small: Counts = {
  portfolios: 12,
  properties: 40,
  units: 300,
  leases: 340,
  tenants: 442,
  owners: 20,
  vendors: 25,
  workOrders: 240,
  transactions: 6_800,
  applications: 60,
  bills: 180,
};

const leasesOfSize: Readonly<Record<CompanySize, number>> = { small: small.leases, medium: 1_700, large: 20_000 };

/** What happens in a company, as opposed to what it consists of: not multiplied when only `counts` asks for more leases. */
const activity: readonly ResourceName[] = ['workOrders', 'transactions', 'applications', 'bills'];

export const companySizes: readonly CompanySize[] = ['small', 'medium', 'large'];

export const isCompanySize = (size: string): size is CompanySize => companySizes.some((known) => known === size);

/**
 * The exact counts of a company.
 *
 * A size gives every count. Counts that are named win. Named counts without a size make a company around them: asking for
 * 100,000 leases also gives the units, tenants and properties that such a company has, but only a small company's
 * transactions, work orders, bills and applications, so that it stays cheap.
 *
 * @throws RangeError when the counts contradict each other
 */
export function planCounts(size: CompanySize | undefined, named: Partial<Counts> = {}): Counts {
  const leases = size === undefined ? (named.leases ?? impliedLeases(named)) : leasesOfSize[size];
  const scale = leases / small.leases;
  const counts = { ...small };
  for (const [name, count] of entriesOf(small)) {
    const scaled = Math.ceil(count * (size === undefined && activity.includes(name) ? Math.min(scale, 1) : scale));
    counts[name] = named[name] ?? scaled;
    if (!Number.isSafeInteger(counts[name]) || counts[name] < 0) {
      throw new RangeError(`The count of ${name} must be a whole number from 0, not ${counts[name]}.`);
    }
  }
  requireParent(counts, 'properties', 'portfolios');
  requireParent(counts, 'units', 'properties');
  requireParent(counts, 'leases', 'units');
  requireParent(counts, 'workOrders', 'units');
  requireParent(counts, 'transactions', 'properties');
  requireParent(counts, 'applications', 'units');
  requireParent(counts, 'bills', 'properties');
  return counts;
}

const impliedLeases = (named: Partial<Counts>): number =>
  named.units === undefined ? small.leases : Math.ceil((named.units * small.leases) / small.units);

function requireParent(counts: Counts, child: ResourceName, parent: ResourceName): void {
  if (counts[child] > 0 && counts[parent] === 0) {
    throw new RangeError(`A company with ${child} needs ${parent}: ask for at least 1, or for 0 ${child}.`);
  }
}

function entriesOf(counts: Counts): [ResourceName, number][] {
  const names: ResourceName[] = ['portfolios', 'properties', 'units', 'leases', 'tenants', 'owners', 'vendors'];
  return [...names, ...activity].map((name) => [name, counts[name]]);
}

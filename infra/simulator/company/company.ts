import { dayMs } from '../generator/dates.ts';
import { makePlan, type PlanStyle } from '../generator/plan.ts';
import { numberAt, type WireObject } from '../generator/wire-object.ts';
import { resources } from '../resources/catalogue.ts';
import type { SimulatedResource } from '../resources/resource.ts';
import { type CompanySize, type Counts, planCounts, type SettledCounts } from './counts.ts';
import { initialUnpaidCharges } from './unpaid-charges.ts';

export interface CompanyOptions extends Partial<PlanStyle> {
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
export interface GeneratedCompany {
  readonly seed: number;
  readonly counts: SettledCounts;
  /** All objects of a resource in the order of their ids. Made on the first call, then kept. */
  objects(resource: SimulatedResource): readonly WireObject[];
  /** The highest id that the company uses under this resource's id field; contacts of all kinds share one series. */
  highestID(resource: SimulatedResource): number;
  /** The charges that stand beside a lease as unpaid. */
  unpaidCharges(leaseID: number): readonly WireObject[];
}

/**
 * Generates a company. Resources are made when they are first asked for, so a company of 100,000 leases costs only what
 * is read from it.
 *
 * @throws RangeError when the counts contradict each other
 */
export function generateCompany(options: CompanyOptions = {}): GeneratedCompany {
  const { seed = 1, size, counts: given, placeholderRents = true, personal = 'known' } = options;
  const counts = planCounts(size ?? (given === undefined ? 'small' : undefined), given);
  const nowMs = options.now?.getTime() ?? Math.floor(Date.now() / dayMs) * dayMs;
  const countOf = (name: string): number => counts.get(name) ?? 0;
  const placed = {
    portfolios: countOf('portfolios'),
    properties: countOf('properties'),
    units: countOf('units'),
    leases: countOf('leases'),
    tenants: countOf('tenants'),
    owners: countOf('owners'),
    vendors: countOf('vendors'),
  };
  const plan = makePlan(seed, nowMs, placed, { placeholderRents, personal });
  const made = new Map<string, readonly WireObject[]>();

  function objects(resource: SimulatedResource): readonly WireObject[] {
    const known = made.get(resource.name);
    if (known !== undefined) return known;
    const length = countOf(resource.name);
    const all = Array.from({ length }, (_, index) => resource.make(plan, index, length));
    made.set(resource.name, all);
    return all;
  }

  return {
    seed,
    counts,
    objects,
    highestID({ idKey }) {
      const series = resources.filter((resource) => resource.idKey === idKey);
      // Ids count up, so the last object of each kind has the highest of its kind.
      return Math.max(0, ...series.map((resource) => numberAt(objects(resource).at(-1), idKey) ?? 0));
    },
    unpaidCharges: (leaseID) => (leaseID <= placed.leases ? initialUnpaidCharges(plan, leaseID - 1) : []),
  };
}

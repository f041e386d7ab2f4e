import { type ResourceName, resourceByName, resources } from '../resources/catalogue.ts';
import type { Count, SimulatedResource } from '../resources/resource.ts';

/** How many objects of each resource a company has. */
export type Counts = Readonly<Record<ResourceName, number>>;

/** The same when every one is settled, by name. */
export type SettledCounts = ReadonlyMap<string, number>;

/** `small` is for unit tests and laptops, `large` (20,000 leases) for load tests. */
export type CompanySize = 'small' | 'medium' | 'large';

export const companySizes: readonly CompanySize[] = ['small', 'medium', 'large'];

export const isCompanySize = (size: string): size is CompanySize => companySizes.some((known) => known === size);

const smallCount = ({ count }: SimulatedResource): number =>
  typeof count === 'object' && 'small' in count ? count.small : 0;

const smallLeases = smallCount(resourceByName('leases'));
const smallUnits = smallCount(resourceByName('units'));
const leasesOfSize: Readonly<Record<CompanySize, number>> = { small: smallLeases, medium: 1_700, large: 20_000 };

/**
 * The exact counts of a company.
 *
 * A size gives every count. Counts that are named win. Named counts without a size make a company around them: asking for
 * 100,000 leases also gives the units, tenants and properties that such a company has, but only a small company's
 * transactions, work orders, bills and applications, so that it stays cheap.
 *
 * @throws RangeError when the counts contradict each other
 */
export function planCounts(size: CompanySize | undefined, given: Partial<Counts> = {}): SettledCounts {
  const scale = (size === undefined ? (given.leases ?? impliedLeases(given)) : leasesOfSize[size]) / smallLeases;
  const known = new Map<string, number>(Object.entries(given));

  const scaled = (count: Exclude<Count, (...args: never) => number>): number => {
    if ('always' in count) return count.always;
    return Math.ceil(count.small * (size === undefined && count.isActivity ? Math.min(scale, 1) : scale));
  };
  const of = (resource: SimulatedResource): number => {
    const { name, count } = resource;
    const number = known.get(name) ?? (typeof count === 'function' ? count(of) : scaled(count));
    known.set(name, number);
    if (!Number.isSafeInteger(number) || number < 0) {
      throw new RangeError(`The count of ${name} must be a whole number from 0, not ${number}.`);
    }
    return number;
  };

  for (const resource of resources) {
    const count = of(resource);
    const parent = resource.needs;
    if (parent !== undefined && count > 0 && of(parent) === 0) {
      throw new RangeError(
        `A company with ${resource.name} needs ${parent.name}: ask for at least 1, or for 0 ${resource.name}.`,
      );
    }
  }
  return known;
}

const impliedLeases = ({ units }: Partial<Counts>): number =>
  units === undefined ? smallLeases : Math.ceil((units * smallLeases) / smallUnits);

import type { Plan } from '../generator/plan.ts';
import type { WireObject, WireValue } from '../generator/wire-object.ts';
import type { Filter } from './filters.ts';

/** What a resource may look up in its company, and change when something else changed. */
export interface Company {
  /** Epoch milliseconds, by the server's clock. */
  readonly clock: () => number;
  find(resource: SimulatedResource, id: number | undefined): WireObject | undefined;
  every(resource: SimulatedResource): readonly WireObject[];
  /** Stores an object as changed just now. */
  put(resource: SimulatedResource, object: WireObject): void;
  /** How the company books. */
  settings(): WireObject;
  balances(leaseID: number): WireObject;
  unpaidCharges(leaseID: number): readonly WireObject[];
}

/** A part of a row beside its object; `undefined` where it has none. */
export type Sibling = (object: WireObject, company: Company) => WireValue | undefined;
export type Siblings = Readonly<Record<string, Sibling>>;

export type Count =
  /**
   * So many in a small company, more in a larger one. `isActivity`: what happens in a company, as opposed to what it
   * consists of, is not multiplied when only a number of leases is asked for.
   */
  | { readonly small: number; readonly isActivity?: boolean }
  /** As many in every company. */
  | { readonly always: number }
  /** As many as others make it. */
  | ((of: (resource: SimulatedResource) => number) => number);

/** Where a write through the API differs from changing a field. */
export interface WriteRules {
  /** Fields that a new object must have; the first error names the field. */
  readonly required?: readonly string[];
  /** Fields that a write of an existing object ignores with a 200. */
  readonly ignored?: readonly string[];
  /** Fields that also the creation ignores with a 200. */
  readonly ignoredOnCreate?: readonly string[];
  /** What is wrong with the fields of a new object, by field. */
  readonly check?: (fields: WireObject, company: Company) => Readonly<Record<string, string>>;
  /** Fields that the server fills in for a new object. */
  readonly fill?: (fields: WireObject, company: Company) => WireObject;
}

/** What Rentvine sends when an object was created or changed. */
export interface WebhookRules {
  /** `maintenance` of `maintenance::workOrderUpdated`. */
  readonly namespace: string;
  /** `workOrder` */
  readonly subject: string;
  /** Rentvine has no event for objects that this refuses. */
  readonly sentFor?: (object: WireObject) => boolean;
  /** An object whose change also sends this one's event. */
  readonly parentKey?: string;
}

/**
 * All that the simulator knows of one resource, in one place. It is an opinion of Rentvine of its own: nothing here is
 * taken from the platform's table.
 */
export interface SimulatedResource<Name extends string = string> {
  readonly name: Name;
  /** Key of the object in a row: `workOrder`. */
  readonly rowKey: string;
  /** Key of the object's id: `workOrderID`. Resources that share it share one series of ids. */
  readonly idKey: string;
  /** Rentvine's number for this kind of object, where it is known. */
  readonly objectTypeID?: number;
  /** Ids of parents in braces: `/leases/{leaseID}/recurring-charges`. */
  readonly listPath: string;
  /** Other addresses of the same list. */
  readonly otherListPaths?: readonly string[];
  /** Address of one object; its parent without the id takes new ones. Without it there is no single read. */
  readonly onePath?: string;
  /** Whether objects may be removed by DELETE. */
  readonly isDeletable?: boolean;
  readonly count: Count;
  /** Without at least one of these there can be none. */
  readonly needs?: SimulatedResource;
  /** Makes object number `index` (from 0) of `count`. */
  readonly make: (plan: Plan, index: number, count: number) => WireObject;
  /** The dates of change that objects carry. */
  readonly dates: 'none' | 'created' | 'modified';
  /** What stands beside the object in a list's row, in this order. */
  readonly siblings?: Siblings;
  /** What stands beside it in a single read; the same as in the list where it is not given. */
  readonly singleSiblings?: Siblings;
  /** Further parts of a single read, by the name under which `?includes=` asks for them. */
  readonly includes?: Siblings;
  /** Fields that only a list's row carries, and such that only a single read carries. */
  readonly onlyInList?: readonly string[];
  readonly onlyInSingle?: readonly string[];
  readonly filters?: Readonly<Record<string, Filter>>;
  readonly webhook?: WebhookRules;
  readonly writes?: WriteRules;
  /** Objects of other resources that a key sees only because it sees this one: a portfolio through its properties. */
  readonly reveals?: readonly Reveal[];
  /** What else changes after an object was created, changed or deleted. */
  readonly afterChange?: (company: Company, object: WireObject) => void;
  /** What changes here after an object of another resource changed. */
  readonly follows?: readonly Reaction[];
  /** A change of one object that a person might make, for tests that change one of each resource. */
  readonly example: WireObject;
}

export interface Reveal {
  readonly resource: SimulatedResource;
  readonly ids: (object: WireObject) => readonly (number | undefined)[];
}

export interface Reaction {
  readonly to: SimulatedResource;
  readonly react: (company: Company, object: WireObject) => void;
}

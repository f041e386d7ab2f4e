import type { Clock } from '../clock.ts';
import type { WireObject } from '../generator/wire-object.ts';
import type { ResourceName } from '../resources/catalogue.ts';
import type { Company } from '../resources/resource.ts';
import type { CompanyOptions } from './company.ts';

/** One change of the world. `before` and `after` are snapshots. */
export interface Change {
  readonly resource: ResourceName;
  readonly id: number;
  readonly type: 'created' | 'updated' | 'deleted';
  readonly before?: WireObject;
  readonly after?: WireObject;
}

export interface WorldOptions extends CompanyOptions {
  readonly clock: Clock;
}

/**
 * One company as it is at this moment, and everything that can happen to it. Changes keep `dateTimeModified` right: on
 * the object itself, and on a lease when its charges, transactions or tenants change.
 */
export interface World extends Company {
  /** All objects of a resource by ascending id, a snapshot. */
  all(resource: ResourceName): WireObject[];
  ids(resource: ResourceName): number[];
  get(resource: ResourceName, id: number | undefined): WireObject | undefined;
  size(resource: ResourceName): number;
  /** Everything that is known of an object, with its siblings, in values that are not spelled for the wire yet. */
  row(resource: ResourceName, id: number): WireObject | undefined;
  /** Makes an object with the next id and without any field that `fields` does not name, dates apart. */
  create(resource: ResourceName, fields: WireObject): WireObject;
  /** @throws RangeError when there is no such object */
  update(resource: ResourceName, id: number, fields: WireObject): WireObject;
  /** Removes an object, and only it; whether it was there. */
  delete(resource: ResourceName, id: number): boolean;
  /** Marks a lease as changed, as a new charge or pet does. */
  touchLease(leaseID: number): void;
  /** Voids a transaction: `isVoided` flips and no date moves, neither here nor on the lease. */
  voidTransaction(id: number): WireObject;
  /** Adds a charge that is not paid to a lease, or removes one; the balances and the lease's date follow. */
  setUnpaidCharges(leaseID: number, charges: readonly WireObject[]): void;
  changeSettings(fields: WireObject): void;
  /** Lets something believable happen and says what changed. The sequence of happenings depends on the seed only. */
  tick(): Change[];
  /** Calls `listener` after every change; answers how to stop. */
  onChange(listener: (change: Change) => void): () => void;
  /** Counts up with every change. */
  readonly version: number;
}

import type { ResourceName } from '../../shared/rentvine/resource.ts';
import { resourceByName } from '../../shared/rentvine/resources/catalogue.ts';
import type { Clock } from './clock.ts';
import { type CompanyOptions, generateCompany, isContactResource } from './generator/company.ts';
import { dayMs, isoSecond } from './generator/dates.ts';
import { balancesOf } from './generator/leases.ts';
import { numberAt, objectsAt, type WireObject } from './generator/wire-object.ts';
import { type Row, type RowSource, rowOf } from './rows.ts';
import { wireNames } from './wire-names.ts';
import { makeTick } from './world-tick.ts';

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
export interface World extends RowSource {
  readonly clock: Clock;
  /** All objects of a resource by ascending id, a snapshot. */
  all(resource: ResourceName): WireObject[];
  ids(resource: ResourceName): number[];
  get(resource: ResourceName, id: number | undefined): WireObject | undefined;
  size(resource: ResourceName): number;
  /** The row of an object with its siblings, in values that are not spelled for the wire yet. */
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
  /** Lets something believable happen and says what changed. The sequence of happenings depends on the seed only. */
  tick(): Change[];
  /** Calls `listener` after every change; answers how to stop. */
  onChange(listener: (change: Change) => void): () => void;
}

/** Resources whose objects carry `dateTimeModified`. The others say nothing about when they changed. */
const dated: ReadonlySet<ResourceName> = new Set([
  'properties',
  'units',
  'leases',
  'workOrders',
  'applications',
  'bills',
]);

/** A world around a generated company, which it never changes. */
export function createWorld({ clock, now, ...options }: WorldOptions): World {
  const today = new Date(Math.floor(clock() / dayMs) * dayMs);
  const company = generateCompany({ ...options, now: now ?? today });
  const collections = new Map<ResourceName, Map<number, WireObject>>();
  const highestIDs = new Map<string, number>();
  const charges = new Map<number, readonly WireObject[]>();
  const balances = new Map<number, WireObject>();
  const listeners = new Set<(change: Change) => void>();

  const idKeyOf = (resource: ResourceName): string => wireNames(resourceByName(resource)).idKey;

  function collection(resource: ResourceName): Map<number, WireObject> {
    let objects = collections.get(resource);
    if (objects === undefined) {
      const idKey = idKeyOf(resource);
      objects = new Map(company.objects(resource).map((object) => [numberAt(object, idKey) ?? 0, object]));
      collections.set(resource, objects);
    }
    return objects;
  }

  function nextID(resource: ResourceName): number {
    const idKey = idKeyOf(resource);
    const id = (highestIDs.get(idKey) ?? company.highestID(resource)) + 1;
    highestIDs.set(idKey, id);
    return id;
  }

  function announce(change: Change): void {
    for (const listener of listeners) listener(change);
  }

  function put(resource: ResourceName, id: number, after: WireObject): WireObject {
    const before = collection(resource).get(id);
    collection(resource).set(id, after);
    announce(
      before === undefined
        ? { resource, id, type: 'created', after }
        : { resource, id, type: 'updated', before, after },
    );
    return after;
  }

  function existing(resource: ResourceName, id: number): WireObject {
    const object = collection(resource).get(id);
    if (object === undefined) throw new RangeError(`There is no object ${id} in ${resource}.`);
    return object;
  }

  /** The lease that an object belongs to changes with it. */
  function touchLeaseOf(resource: ResourceName, object: WireObject): void {
    if (resource === 'transactions') touchLease(numberAt(object, 'leaseID'));
    if (resource === 'tenants') followTenant(object);
  }

  function touchLease(leaseID: number | undefined): void {
    const lease = leaseID === undefined ? undefined : collection('leases').get(leaseID);
    if (leaseID !== undefined && lease !== undefined) {
      put('leases', leaseID, { ...lease, dateTimeModified: isoSecond(clock()) });
    }
  }

  /** A lease shows its tenants' names, addresses and phones; they follow the contact. */
  function followTenant(tenant: WireObject): void {
    for (const [leaseID, lease] of collection('leases')) {
      const tenants = objectsAt(lease, 'tenants');
      if (!tenants.some((entry) => entry.contactID === tenant.contactID)) continue;
      const { name = null, email = null, phone = null } = tenant;
      put('leases', leaseID, {
        ...lease,
        tenants: tenants.map((entry) =>
          entry.contactID === tenant.contactID ? { ...entry, name, email, phone } : entry,
        ),
        dateTimeModified: isoSecond(clock()),
      });
    }
  }

  const world: World = {
    clock,
    all: (resource) => [...collection(resource).values()],
    ids: (resource) => [...collection(resource).keys()],
    get: (resource, id) => (id === undefined ? undefined : collection(resource).get(id)),
    size: (resource) => collection(resource).size,
    row(resource, id) {
      const object = collection(resource).get(id);
      return object && asObject(rowOf(world, resourceByName(resource), object));
    },
    create(resource, fields) {
      const id = nextID(resource);
      const moment = isoSecond(clock());
      const object = put(resource, id, {
        [idKeyOf(resource)]: id,
        ...fields,
        ...(isContactResource(resource) ? {} : { dateTimeCreated: moment }),
        ...(dated.has(resource) ? { dateTimeModified: moment } : {}),
        [idKeyOf(resource)]: id,
      });
      touchLeaseOf(resource, object);
      return object;
    },
    update(resource, id, fields) {
      const object = put(resource, id, {
        ...existing(resource, id),
        ...fields,
        ...(dated.has(resource) ? { dateTimeModified: isoSecond(clock()) } : {}),
        [idKeyOf(resource)]: id,
      });
      touchLeaseOf(resource, object);
      return object;
    },
    delete(resource, id) {
      const before = collection(resource).get(id);
      if (before === undefined) return false;
      collection(resource).delete(id);
      announce({ resource, id, type: 'deleted', before });
      if (resource === 'transactions') touchLease(numberAt(before, 'leaseID'));
      return true;
    },
    touchLease,
    voidTransaction: (id) => put('transactions', id, { ...existing('transactions', id), isVoided: true }),
    balances(leaseID) {
      let sums = balances.get(leaseID);
      if (sums === undefined) {
        sums = balancesOf(world.unpaidCharges(leaseID));
        balances.set(leaseID, sums);
      }
      return sums;
    },
    unpaidCharges(leaseID) {
      let unpaid = charges.get(leaseID);
      if (unpaid === undefined) {
        unpaid = company.unpaidCharges(leaseID);
        charges.set(leaseID, unpaid);
      }
      return unpaid;
    },
    setUnpaidCharges(leaseID, unpaid) {
      existing('leases', leaseID);
      charges.set(leaseID, unpaid);
      balances.delete(leaseID);
      touchLease(leaseID);
    },
    tick() {
      const changes: Change[] = [];
      const stop = world.onChange((change) => changes.push(change));
      try {
        happen();
      } finally {
        stop();
      }
      return changes;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const happen = makeTick(world, company.seed);
  return world;
}

const asObject = (row: Row): WireObject => Object.fromEntries(row);

import { dayMs, isoSecond } from '../generator/dates.ts';
import { numberAt, type WireObject } from '../generator/wire-object.ts';
import { type ResourceName, resourceByName, resources } from '../resources/catalogue.ts';
import { touchLease } from '../resources/leases.ts';
import type { SimulatedResource } from '../resources/resource.ts';
import { rowOf, wholeRow } from '../server/rows.ts';
import { type GeneratedCompany, generateCompany } from './company.ts';
import { balancesOf } from './unpaid-charges.ts';
import type { Change, World, WorldOptions } from './world.ts';
import { makeTick } from './world-tick.ts';

/** A world around a generated company, which it never changes. */
export function createWorld({ clock, now, ...options }: WorldOptions): World {
  const today = new Date(Math.floor(clock() / dayMs) * dayMs);
  const company = generateCompany({ ...options, now: now ?? today });
  const stock = makeStock(company);
  const charges = new Map<number, readonly WireObject[]>();
  const balances = new Map<number, WireObject>();
  const listeners = new Set<(change: Change) => void>();
  let settings: WireObject = {
    isBillApprovalEnabled: false,
    isPayoutApprovedByDefault: true,
    isMFACodeRequiredForPayoutApproval: false,
  };
  let version = 0;

  function announce(change: Change): void {
    version += 1;
    for (const listener of listeners) listener(change);
  }

  function put(name: ResourceName, id: number, after: WireObject): WireObject {
    const before = stock.of(name).get(id);
    stock.of(name).set(id, after);
    announce(
      before === undefined
        ? { resource: name, id, type: 'created', after }
        : { resource: name, id, type: 'updated', before, after },
    );
    return after;
  }

  function existing(name: ResourceName, id: number): WireObject {
    const object = stock.of(name).get(id);
    if (object === undefined) throw new RangeError(`There is no object ${id} in ${name}.`);
    return object;
  }

  const modifiedNow = ({ dates }: SimulatedResource): WireObject =>
    dates === 'modified' ? { dateTimeModified: isoSecond(clock()) } : {};

  /** What else changes because of a change. */
  function followUp(name: ResourceName, object: WireObject): void {
    resourceByName(name).afterChange?.(world, object);
    for (const { follows = [] } of resources) {
      for (const { to, react } of follows) if (to.name === name) react(world, object);
    }
  }

  const world: World = {
    clock,
    get version() {
      return version;
    },
    all: (name) => [...stock.of(name).values()],
    ids: (name) => [...stock.of(name).keys()],
    get: (name, id) => (id === undefined ? undefined : stock.of(name).get(id)),
    size: (name) => stock.of(name).size,
    find: (resource, id) => (id === undefined ? undefined : stock.of(resource.name).get(id)),
    every: (resource) => [...stock.of(resource.name).values()],
    put(resource, object) {
      const known = stock.resource(resource.name);
      put(known.name, numberAt(object, known.idKey) ?? 0, { ...object, ...modifiedNow(known) });
    },
    row(name, id) {
      const object = stock.of(name).get(id);
      return object && Object.fromEntries(rowOf(world, resourceByName(name), object, wholeRow));
    },
    create(name, fields) {
      const resource = resourceByName(name);
      const id = stock.nextID(resource);
      const object = put(name, id, {
        [resource.idKey]: id,
        ...fields,
        ...(resource.dates === 'none' ? {} : { dateTimeCreated: isoSecond(clock()) }),
        ...modifiedNow(resource),
        [resource.idKey]: id,
      });
      followUp(name, object);
      return object;
    },
    update(name, id, fields) {
      const resource = resourceByName(name);
      const object = put(name, id, {
        ...existing(name, id),
        ...fields,
        ...modifiedNow(resource),
        [resource.idKey]: id,
      });
      followUp(name, object);
      return object;
    },
    delete(name, id) {
      const before = stock.of(name).get(id);
      if (before === undefined) return false;
      stock.of(name).delete(id);
      announce({ resource: name, id, type: 'deleted', before });
      resourceByName(name).afterChange?.(world, before);
      return true;
    },
    touchLease: (leaseID) => touchLease(world, leaseID),
    voidTransaction: (id) => put('transactions', id, { ...existing('transactions', id), isVoided: true }),
    settings: () => settings,
    changeSettings(fields) {
      settings = { ...settings, ...fields };
    },
    balances(leaseID) {
      const sums = balances.get(leaseID) ?? balancesOf(world.unpaidCharges(leaseID));
      balances.set(leaseID, sums);
      return sums;
    },
    unpaidCharges(leaseID) {
      const unpaid = charges.get(leaseID) ?? company.unpaidCharges(leaseID);
      charges.set(leaseID, unpaid);
      return unpaid;
    },
    setUnpaidCharges(leaseID, unpaid) {
      existing('leases', leaseID);
      charges.set(leaseID, unpaid);
      balances.delete(leaseID);
      touchLease(world, leaseID);
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

/** The objects of a company by resource and id, taken over from the generator when they are first asked for. */
function makeStock(company: GeneratedCompany) {
  const byName = new Map<string, SimulatedResource<ResourceName>>(resources.map((one) => [one.name, one]));
  const collections = new Map<string, Map<number, WireObject>>();
  const highestIDs = new Map<string, number>();

  function resource(name: string): SimulatedResource<ResourceName> {
    const known = byName.get(name);
    if (known === undefined) throw new RangeError(`There is no resource named ${name}.`);
    return known;
  }

  return {
    resource,
    of(name: string): Map<number, WireObject> {
      let objects = collections.get(name);
      if (objects === undefined) {
        const known = resource(name);
        objects = new Map(company.objects(known).map((object) => [numberAt(object, known.idKey) ?? 0, object]));
        collections.set(name, objects);
      }
      return objects;
    },
    nextID({ name, idKey }: SimulatedResource): number {
      const id = (highestIDs.get(idKey) ?? company.highestID(resource(name))) + 1;
      highestIDs.set(idKey, id);
      return id;
    },
  };
}

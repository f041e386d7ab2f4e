import type { World } from '../company/world.ts';
import { numberAt, type WireObject } from '../generator/wire-object.ts';
import { type ResourceName, resources } from '../resources/catalogue.ts';
import { leases } from '../resources/leases.ts';
import { properties } from '../resources/properties.ts';
import type { SimulatedResource } from '../resources/resource.ts';

/** What a key sees that is restricted to a part of the portfolio. */
export interface Narrowing {
  /** Changes whenever other objects may be seen than before. */
  readonly key: string;
  sees(resource: SimulatedResource, object: WireObject): boolean;
}

/**
 * A key sees its properties, what belongs to one of them or to a lease on one, and what shows only through such: the
 * portfolios of its properties, their owners, the tenants of its leases. Vendors, users and the like are for everybody.
 *
 * @param seen ids of the properties that the key sees; null for a key that sees everything
 */
export function makeNarrowing(world: World, seen: () => readonly number[] | null): Narrowing {
  let revealed = new Map<string, Set<number>>();
  let revealedFor = '';
  const revealers = new Map<string, SimulatedResource<ResourceName>[]>();
  for (const resource of resources) {
    for (const { resource: target } of resource.reveals ?? []) {
      revealers.set(target.name, [...(revealers.get(target.name) ?? []), resource]);
    }
  }

  const key = (): string => {
    const ids = seen();
    return ids === null ? '' : `${ids.join(',')}@${world.version}`;
  };

  /** Ids of a resource that some object reveals which is seen itself. */
  function revealedIDs(name: string, through: readonly SimulatedResource<ResourceName>[]): Set<number> {
    if (revealedFor !== key()) revealed = new Map();
    revealedFor = key();
    let ids = revealed.get(name);
    if (ids === undefined) {
      ids = new Set();
      for (const revealer of through) {
        const reveals = (revealer.reveals ?? []).filter(({ resource }) => resource.name === name);
        for (const object of world.all(revealer.name).filter((one) => sees(revealer, one))) {
          for (const id of reveals.flatMap((reveal) => reveal.ids(object))) if (id !== undefined) ids.add(id);
        }
      }
      revealed.set(name, ids);
    }
    return ids;
  }

  function sees(resource: SimulatedResource, object: WireObject): boolean {
    const ids = seen();
    if (ids === null) return true;
    const through = revealers.get(resource.name);
    if (through !== undefined) {
      return revealedIDs(resource.name, through).has(numberAt(object, resource.idKey) ?? Number.NaN);
    }
    const propertyID = numberAt(object, properties.idKey) ?? propertyOfLease(numberAt(object, leases.idKey));
    return propertyID === undefined || ids.includes(propertyID);
  }

  const propertyOfLease = (leaseID: number | undefined): number | undefined =>
    numberAt(world.find(leases, leaseID), properties.idKey);

  return {
    get key() {
      return key();
    },
    sees,
  };
}

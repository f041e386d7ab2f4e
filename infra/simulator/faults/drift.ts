import type { World } from '../company/world.ts';
import { pick, type Random } from '../generator/random.ts';
import { numberAt } from '../generator/wire-object.ts';
import type { ResourceName } from '../resources/catalogue.ts';
import type { SimulatedResource } from '../resources/resource.ts';
import type { Listing } from '../server/listing.ts';
import type { Drift } from './fault-specs.ts';

/** A reader's position in a list. */
export interface ReadingPosition {
  readonly resource: SimulatedResource<ResourceName>;
  readonly world: World;
  readonly listing: Listing;
  /** Ids of the rows that a reader of the pages so far has been given. */
  readonly read: readonly number[];
  /** Ids of the rows that it still expects. */
  readonly unread: readonly number[];
}

/** Changes a list under the reader's hands. Does less than asked when there are too few rows. */
export function applyDrift(spec: Drift, random: Random, position: ReadingPosition): void {
  const { resource, world, listing } = position;
  const read = [...position.read];
  const unread = [...position.unread];
  for (let done = 0; done < spec.count; done++) {
    switch (spec.kind) {
      case 'delete': {
        const id = take(read, random);
        if (id !== undefined) world.delete(resource.name, id);
        break;
      }
      case 'insert': {
        const model = world.get(resource.name, take([...read, ...unread], random));
        if (model === undefined) break;
        const created = world.create(resource.name, model);
        const id = numberAt(created, resource.idKey);
        if (spec.at === 'front' && id !== undefined) listing.moveToFront(id);
        break;
      }
      case 'move': {
        const id = take(unread, random);
        if (id !== undefined) listing.moveToFront(id);
        break;
      }
      case 'double': {
        const id = take(read, random);
        if (id !== undefined && unread.length > 0) listing.double(id, pick(random, unread));
        break;
      }
    }
  }
}

function take(ids: number[], random: Random): number | undefined {
  return ids.splice(Math.floor(random() * ids.length), 1)[0];
}

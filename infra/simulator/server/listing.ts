import type { World } from '../company/world.ts';
import { mix, randomFor } from '../generator/random.ts';
import { textAt, type WireObject } from '../generator/wire-object.ts';
import type { ResourceName } from '../resources/catalogue.ts';
import type { rowOrders } from '../ways.ts';

/** The order of a list, which nobody has published. `unstable` is another random order for every request. */
export type RowOrder = (typeof rowOrders)[number];

export interface Selection {
  /** Equal keys mean equal selections; empty for the whole list. */
  readonly key: string;
  matches(object: WireObject): boolean;
}

/**
 * The order in which a server lists one resource. It follows the world by itself, so that serving a page costs nothing
 * that grows with the list, except for the first page of a selection after a change.
 */
export interface Listing {
  /** Ids in order. An id may be in it twice after `double`. */
  ids(selection: Selection, requestNumber: number): readonly number[];
  /** How many rows the selection had when this was first asked of it, given how many it has now. */
  firstTotal(selection: Selection, total: number): number;
  /** Puts a row in front of all others. */
  moveToFront(id: number): void;
  /** Lists a row a second time, right behind `behindID`. */
  double(id: number, behindID: number): void;
  /** Forgets rearrangements. */
  reset(): void;
}

const keptSelections = 20;

export function makeListing(world: World, resource: ResourceName, order: RowOrder, seed: number): Listing {
  let ids: number[] | undefined;
  let selections = new Map<string, readonly number[]>();
  const firstTotals = new Map<string, number>();

  function inOrder(): number[] {
    if (ids !== undefined) return ids;
    ids = world.ids(resource);
    if (order === 'idDescending') ids.reverse();
    if (order === 'modifiedDescending') {
      const modified = new Map(ids.map((id) => [id, textAt(world.get(resource, id), 'dateTimeModified')]));
      const of = (id: number) => modified.get(id) ?? '';
      ids.sort((a, b) => (of(a) === of(b) ? b - a : of(a) < of(b) ? 1 : -1));
    }
    return ids;
  }

  function rearranged(): void {
    selections = new Map();
  }

  function remove(id: number): void {
    const list = inOrder();
    for (let index = list.indexOf(id); index >= 0; index = list.indexOf(id, index)) list.splice(index, 1);
  }

  world.onChange((change) => {
    if (change.resource !== resource) return;
    rearranged();
    if (ids === undefined) return;
    const newestFirst = order === 'idDescending' || order === 'modifiedDescending';
    const moves = order === 'modifiedDescending' && isModified(change.before, change.after);
    if (change.type === 'deleted' || (change.type === 'updated' && moves)) remove(change.id);
    if (change.type === 'created' && !newestFirst) ids.push(change.id);
    else if (change.type === 'created' || (change.type === 'updated' && moves)) ids.unshift(change.id);
  });

  return {
    ids(selection, requestNumber) {
      let selected = selection.key === '' ? inOrder() : selections.get(selection.key);
      if (selected === undefined) {
        selected = inOrder().filter((id) => {
          const object = world.get(resource, id);
          return object !== undefined && selection.matches(object);
        });
        if (selections.size >= keptSelections) selections = new Map();
        selections.set(selection.key, selected);
      }
      return order === 'unstable' ? shuffled(selected, mix(seed, requestNumber)) : selected;
    },
    firstTotal(selection, total) {
      if (!firstTotals.has(selection.key)) firstTotals.set(selection.key, total);
      return firstTotals.get(selection.key) ?? total;
    },
    moveToFront(id) {
      remove(id);
      inOrder().unshift(id);
      rearranged();
    },
    double(id, behindID) {
      const list = inOrder();
      list.splice(list.indexOf(behindID) + 1, 0, id);
      rearranged();
    },
    reset() {
      ids = undefined;
      rearranged();
    },
  };
}

/** Voiding moves no date, and so no row. */
const isModified = (before: WireObject | undefined, after: WireObject | undefined): boolean =>
  before?.isVoided === after?.isVoided;

function shuffled(ids: readonly number[], seed: number): number[] {
  const random = randomFor(seed);
  const result = [...ids];
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    const [a, b] = [result[index], result[other]];
    if (a === undefined || b === undefined) continue;
    result[index] = b;
    result[other] = a;
  }
  return result;
}

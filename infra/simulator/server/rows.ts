import type { WireObject, WireValue } from '../generator/wire-object.ts';
import type { Company, SimulatedResource } from '../resources/resource.ts';

/** A row: its object by name, and what stands beside it. */
export type Row = ReadonlyMap<string, WireValue>;

export interface Projection {
  readonly read: 'list' | 'one';
  /** Whether the two kinds of read carry different fields, or all of them both. */
  readonly projections: 'real' | 'same';
  /** Whether anything stands beside the object. */
  readonly siblings: boolean;
  /** Names of further parts that a single read asks for. */
  readonly includes: readonly string[];
  /** Keys of the object in its row, and of its id, that differ from the resource's. */
  readonly rowKey?: string | undefined;
  readonly idKey?: string | undefined;
}

/** Everything that is known of an object, with what stands beside it in a list. */
export const wholeRow: Projection = { read: 'list', projections: 'same', siblings: true, includes: [] };

/** The row of one object: `{ lease, balances, unpaidCharges, property, unit, portfolio }`. */
export function rowOf(company: Company, resource: SimulatedResource, object: WireObject, projection: Projection): Row {
  const row = new Map<string, WireValue>([
    [projection.rowKey ?? resource.rowKey, projected(resource, object, projection)],
  ]);
  if (projection.siblings) {
    const { siblings = {}, singleSiblings } = resource;
    const isOwn = projection.read === 'one' && projection.projections === 'real';
    add((isOwn ? singleSiblings : undefined) ?? siblings);
  }
  const { includes = {} } = resource;
  add(Object.fromEntries(Object.entries(includes).filter(([name]) => projection.includes.includes(name))));
  return row;

  function add(parts: NonNullable<SimulatedResource['siblings']>): void {
    for (const [name, part] of Object.entries(parts)) {
      const value = part(object, company);
      if (value !== undefined) row.set(name, value);
    }
  }
}

/** The object without the fields that this kind of read does not carry. */
function projected(resource: SimulatedResource, object: WireObject, projection: Projection): WireObject {
  const { read, projections, idKey } = projection;
  if (idKey !== undefined) {
    const { [resource.idKey]: id = null, ...others } = projected(resource, object, { ...projection, idKey: undefined });
    return { [idKey]: id, ...others };
  }
  const lacking = projections === 'same' ? [] : read === 'list' ? resource.onlyInSingle : resource.onlyInList;
  if (lacking === undefined || lacking.length === 0) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => !lacking.includes(key)));
}

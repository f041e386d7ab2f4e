import type { Resource } from '../../shared/rentvine/resource.ts';

/** Rentvine's spelling of a canonical key: `leaseId` is `leaseID`, `propertyIds` is `propertyIDs`. */
export const wireKey = (canonical: string): string => canonical.replace(/Id(?=[A-Z]|s?$)/g, 'ID');

/** Under which key a row holds its object, and under which key the object holds its id; wire spelling. */
export interface WireNames {
  readonly rowKey: string;
  readonly idKey: string;
}

// Asked for every row of every page.
const known = new Map<Resource, WireNames>();

export function wireNames(resource: Resource): WireNames {
  let names = known.get(resource);
  if (names === undefined) {
    names = { rowKey: wireKey(resource.rowKey), idKey: wireKey(resource.idField) };
    known.set(resource, names);
  }
  return names;
}

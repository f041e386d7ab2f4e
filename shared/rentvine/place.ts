import type { KeptFields } from './contact-fields.ts';

/** What is copied of an object: all but the families of personal keys, listed fields only, or the parts of a row. */
export type Keeping =
  | { readonly kind: 'everything' }
  | { readonly kind: 'listed'; readonly fields: KeptFields }
  | { readonly kind: 'parts'; readonly record: string; readonly parts: ReadonlyMap<string, Keeping> };

/** A place in the rows of one resource, lists passed through. What is done with each of its keys is decided once. */
export interface Place {
  readonly keeping: Keeping;
  /** Whether the resource's own object is here; it is what its resource says, and no pair or contact by its looks. */
  readonly isRecord: boolean;
  /** What the account keeps below, as the rest of each path in lower case; '' is everything here. */
  readonly allowed: readonly string[];
  readonly fields: Map<string, Field>;
  /** The same place for objects that turn out to be contacts. */
  asContact?: Place;
  /** What went that has no name which could be told: texts as a whole, and values whose label may be data itself. */
  droppedHere: number;
}

/** One key at one place: what is done with it, and what was seen of it. */
export interface Field {
  readonly name: string;
  readonly fate: 'copied' | 'dropped' | 'ignored';
  readonly place: Place;
  readonly isValue: boolean;
  seen: number;
  /** One bit for each of JSON's types. */
  types: number;
}

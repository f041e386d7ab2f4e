/**
 * An object as Rentvine names it (`leaseID`), before it is spelled for the wire: ids, counts and coordinates are numbers,
 * booleans are booleans, money is a decimal string of dollars (`"1250.00"`), dates are `YYYY-MM-DD`, date-times are ISO
 * 8601 UTC to the second (`.000Z`). `wire-spelling.ts` turns it into what a server would send.
 *
 * Objects are never changed in place: a change makes a new object, so holding one is holding a snapshot.
 */
export interface WireObject {
  readonly [key: string]: WireValue;
}

export type WireValue = string | number | boolean | null | readonly WireValue[] | WireObject;

export const isWireObject = (value: unknown): value is WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The number under `key`, or `undefined` where there is none. */
export function numberAt(object: WireObject | undefined, key: string): number | undefined {
  const value = object?.[key];
  return typeof value === 'number' ? value : undefined;
}

/** The text under `key`, or an empty one. */
export function textAt(object: WireObject | undefined, key: string): string {
  const value = object?.[key];
  return typeof value === 'string' ? value : '';
}

/** The list of objects under `key`, or an empty one. */
export function objectsAt(object: WireObject | undefined, key: string): readonly WireObject[] {
  const value = object?.[key];
  return Array.isArray(value) ? value.filter(isWireObject) : [];
}

/** Dollars as the wire spells them, from cents: 125000 is `"1250.00"`. */
export const dollars = (cents: number): string => (cents / 100).toFixed(2);

/** Whole cents of an amount on the wire; 0 where there is none. */
export const centsOf = (amount: WireValue | undefined): number =>
  typeof amount === 'string' || typeof amount === 'number' ? Math.round(Number(amount) * 100) : 0;

/** How many keys a message names, and how much of each. */
const namedKeys = 10;
const keyLength = 40;

/**
 * The keys of an object for an error message. Keys come from outside and can be anything, an e-mail address included, so
 * they are cut and only what identifiers and field paths (`charges[0].ledgerID`) are made of is shown.
 */
export function describeKeys(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return 'no keys';
  const shown = keys.slice(0, namedKeys).map((key) => {
    const safe = key.slice(0, keyLength).replace(/[^\w.[\]-]/g, '?');
    return key.length > keyLength ? `${safe}…` : safe;
  });
  const more = keys.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** What a JSON value is, without saying what it says. */
export function describeShape(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? `an object with ${describeKeys(value)}` : `a ${typeof value}`;
}

/** A JSON object, not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Seeded randomness without shared state: every generated object draws from its own stream, made of the seed, the kind of
 * object and its number. So one object never depends on how many others were made before it, or on the order.
 */
export type Random = () => number;

/** Mixes whole numbers into one 32-bit number; neighbouring inputs give unrelated outputs (MurmurHash3's finalizer). */
export function mix(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** The 32-bit FNV-1a hash of a text, for use as one of the parts of `mix`. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** A stream of numbers in [0, 1) that depends on nothing but `parts` (mulberry32). */
export function randomFor(...parts: readonly number[]): Random {
  let state = mix(...parts);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One number in [0, 1) for `parts`, without a stream. */
export const fractionOf = (...parts: readonly number[]): number => mix(...parts) / 4_294_967_296;

/** A whole number from `low` to `high`, both included. */
export const between = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));

/** One of `values`, which must not be empty. */
export function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new RangeError('There is nothing to pick from.');
  return value;
}

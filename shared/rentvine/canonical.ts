/**
 * One spelling for keys, and no personal fields: applied to everything Rentvine answers before anything else sees it.
 */

import { isPersonalKey } from '../personal-keys.ts';
import { isObject } from './keys.ts';

/**
 * The canonical spelling of one of Rentvine's keys: `leaseID`, `LeaseID` and `lease_id` are all `leaseId`, `leaseIDs` is
 * `leaseIds`. Keys that are not identifiers (custom field labels, say) stay as they are.
 */
export function canonicalKey(key: string): string {
  return known(key).canonical;
}

interface KnownKey {
  readonly canonical: string;
  readonly isPersonal: boolean;
}

/** The same few hundred keys come with every row. */
const knownKeys = new Map<string, KnownKey>();
const mostRemembered = 5_000;

function known(key: string): KnownKey {
  const found = knownKeys.get(key);
  if (found !== undefined) return found;
  const made = { canonical: spellCanonically(key), isPersonal: isPersonalKey(key) };
  if (knownKeys.size < mostRemembered) knownKeys.set(key, made);
  return made;
}

function spellCanonically(key: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(key)) return key;
  const words = key
    .replace(/IDs(?![a-z])/g, 'Ids')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .split('_')
    .filter((word) => word !== '');
  return words
    .map((word, index) => {
      const lower = word.toLowerCase();
      return index === 0 ? lower : lower.charAt(0).toUpperCase() + lower.slice(1);
    })
    .join('');
}

/** DynamoDB stores 32 levels; a row adds two of its own. */
const deepestLevel = 30;

/** The parts of an object that are wanted, by canonical key: everything below it, or only some of its keys. */
export type Wanted = ReadonlyMap<string, 'everything' | ReadonlySet<string>>;

/**
 * A copy with canonical keys and without personal fields, at every depth. JSON inside a string is cleaned too and stays
 * a string. When two spellings of one key meet, the canonical or else the first one gets the canonical name, and the other
 * keeps its own: nothing is lost.
 *
 * @param wanted what to copy of an object; everything without it
 * @throws RangeError when what is copied is nested more deeply than can be stored
 */
export function canonicalize(value: unknown, wanted?: Wanted): unknown {
  return isObject(value) ? copyObject(value, 0, wanted) : copy(value, 0);
}

function copy(value: unknown, level: number): unknown {
  if (level > deepestLevel) throw new RangeError('nested too deeply');
  if (typeof value === 'string') return cleanEmbeddedJson(value, level);
  if (Array.isArray(value)) return value.map((inner) => copy(inner, level + 1));
  return isObject(value) ? copyObject(value, level) : value;
}

function copyObject(value: Record<string, unknown>, level: number, wanted?: Wanted | ReadonlySet<string>) {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const { canonical, isPersonal } = known(key);
    if (isPersonal || wanted?.has(canonical) === false) continue;
    const isTaken = canonical !== key && (Object.hasOwn(result, canonical) || Object.hasOwn(value, canonical));
    const inner = value[key];
    const part = wanted instanceof Map ? wanted.get(canonical) : 'everything';
    const copied = part instanceof Set && isObject(inner) ? copyObject(inner, level + 1, part) : copy(inner, level + 1);
    put(result, isTaken ? key : canonical, copied);
  }
  return result;
}

/** Assigning to `__proto__` would set the prototype; defining every other key would take several times as long. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}

function cleanEmbeddedJson(text: string, level: number): string {
  // Nearly every text begins with a letter or a digit.
  if (/^[\w$-]/.test(text)) return text;
  if (!/^\s*[[{"]/.test(text)) return text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Cut off, so what is personal in it cannot be told from the rest.
    return [...text.matchAll(/"([^"\\]+)\\*"\s*:/g)].some(([, key = '']) => isPersonalKey(key)) ? '' : text;
  }
  return hasPersonalKey(parsed, level) ? JSON.stringify(copy(parsed, level)) : text;
}

function hasPersonalKey(value: unknown, level: number): boolean {
  if (level > deepestLevel) throw new RangeError('nested too deeply');
  if (Array.isArray(value)) return value.some((inner) => hasPersonalKey(inner, level + 1));
  if (typeof value === 'string') return cleanEmbeddedJson(value, level + 1) !== value;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => isPersonalKey(key) || hasPersonalKey(inner, level + 1));
}

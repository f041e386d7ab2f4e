import { zonelessIn } from '../generator/dates.ts';
import { fractionOf, hashText } from '../generator/random.ts';
import { isWireObject, numberAt, type WireObject, type WireValue } from '../generator/wire-object.ts';
import type { keySpellings, valueSpellings } from '../ways.ts';

/**
 * How values are written.
 * - `mixed` (what has been seen): numbers mostly as strings, booleans as `"1"`/`"0"` and sometimes real, nulls sometimes
 *   left out, date-times in both forms, nested contacts sometimes as a JSON string inside the JSON
 * - `strings`: every number and boolean a string, date-times without a zone, nested contacts as a JSON string
 * - `native`: numbers and booleans as such, amounts as numbers, date-times as ISO 8601
 */
export type ValueSpelling = (typeof valueSpellings)[number];

/** How keys are written: `leaseID`, `leaseId` or `lease_id`. */
export type KeySpelling = (typeof keySpellings)[number];

export interface Spelling {
  readonly values: ValueSpelling;
  readonly keys: KeySpelling;
  /** In which date-times without a zone are written. */
  readonly zone: string;
  readonly seed: number;
}

/** Writes objects as one server would: the same object is always written the same way. */
export interface Speller {
  key(wireKey: string): string;
  /** `key` is the one under which a value stands that is no object. */
  json(value: WireValue, key?: string): string;
  /** The same for what many rows share, kept as long as it lives: objects never change in place. */
  sharedJson(value: WireValue): string;
}

const isMoneyKey = (key: string): boolean => /(^a|A)mount$|^rent$/.test(key);
const isoDateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const embeddedKey = 'contacts';

export function makeSpeller({ values, keys, zone, seed }: Spelling): Speller {
  const shared = new WeakMap<object, string>();
  const keyHashes = new Map<string, number>();
  const keySpellings = new Map<string, string>();

  function fraction(key: string, salt: number): number {
    let hash = keyHashes.get(key);
    if (hash === undefined) {
      hash = hashText(key);
      keyHashes.set(key, hash);
    }
    return fractionOf(seed, hash, salt);
  }

  function spellKey(key: string): string {
    if (keys === 'ID') return key;
    const known = keySpellings.get(key);
    if (known !== undefined) return known;
    const camel = key.replace(/ID(?=[A-Z]|s?$)/g, 'Id');
    const spelled = keys === 'Id' ? camel : camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    keySpellings.set(key, spelled);
    return spelled;
  }

  /** Whether this field of this object is written the way that happens with `share` of all fields. */
  const happens = (share: number, key: string, salt: number): boolean =>
    values === 'strings' || (values === 'mixed' && fraction(key, salt) < share);

  function spellValue(key: string, value: WireValue, salt: number): WireValue {
    if (value === null) return null;
    if (typeof value === 'boolean') return happens(0.8, key, salt) ? (value ? '1' : '0') : value;
    if (typeof value === 'number') return happens(0.85, key, salt) ? String(value) : value;
    if (typeof value === 'string') {
      if (isoDateTime.test(value)) {
        return happens(0.5, key, salt) ? zonelessIn(value, zone) : `${value.slice(0, 19)}Z`;
      }
      return isMoneyKey(key) && values !== 'strings' && !happens(0.9, key, salt) ? Number(value) : value;
    }
    if (isWireObject(value)) return spellObject(value, salt);
    const list = value.map((item) => spellValue(key, item, salt));
    return key === embeddedKey && happens(0.5, key, salt) ? JSON.stringify(list) : list;
  }

  function spellObject(object: WireObject, outerSalt = 0): WireObject {
    const salt = numberAt(object, Object.keys(object)[0] ?? '') ?? outerSalt;
    const spelled: Record<string, WireValue> = {};
    for (const [key, value] of Object.entries(object)) {
      if (value === null && values === 'mixed' && fraction(key, salt) < 0.3) continue;
      spelled[spellKey(key)] = spellValue(key, value, salt);
    }
    return spelled;
  }

  function json(value: WireValue, key = ''): string {
    return JSON.stringify(spellValue(key, value, 0));
  }

  function sharedJson(value: WireValue): string {
    if (!isWireObject(value)) return json(value);
    const text = shared.get(value) ?? json(value);
    shared.set(value, text);
    return text;
  }

  return { key: spellKey, json, sharedJson };
}

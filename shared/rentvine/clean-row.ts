import { isNamingKey, isPersonalKey, isValueKey, wordsOf } from '../personal-keys.ts';
import { canonicalKey } from './canonical.ts';
import { contactFields, isContact, type KeptFields, namesPeople } from './contact-fields.ts';
import { mayHoldJson, parseJson, tellsPersonal } from './embedded-json.ts';
import { type SeenFields, seenFields, typeBit } from './field-catalogue.ts';
import { isObject } from './keys.ts';
import type { Field, Keeping, Place } from './place.ts';

export const everything: Keeping = { kind: 'everything' };
export const listed = (fields: KeptFields): Keeping => ({ kind: 'listed', fields });
const contacts = listed(contactFields);
const nothing = listed(new Map());

const placeOf = (keeping: Keeping, allowed: readonly string[] = [], isRecord = false): Place => ({
  keeping,
  isRecord,
  allowed,
  fields: new Map(),
  droppedHere: 0,
});

/** DynamoDB stores 32 levels; a row adds two of its own. */
const maxLevel = 30;
/** Keys of one place, and of all, that are remembered: objects that are keyed by ids have any number. */
const maxKeys = 300;
const maxFields = 5_000;

export interface Cleaner {
  /**
   * A copy with canonical keys and without personal fields, at every depth. JSON inside a string is cleaned too and stays a
   * string; what is cut off, or stands among other text, goes as a whole if anything of it would have to go. When two
   * spellings of one key meet, the canonical or else the first one gets the canonical name, and the other keeps its own.
   *
   * @throws RangeError when what is copied is nested more deeply than can be stored
   */
  clean(value: unknown): unknown;
  /** Names and types of what was seen since the cleaner was made. */
  seen(): SeenFields;
  /** How much was cleaned since then. */
  rows(): number;
}

/**
 * Makes a cleaner of rows that look alike.
 *
 * @param allowed what the account keeps beyond a list, as paths: `customFields.Move-in bonus`; never a personal family
 */
export function createCleaner(keeping: Keeping = everything, allowed: readonly string[] = []): Cleaner {
  const inLowerCase = allowed.map((path) => path.toLowerCase());
  const root = placeOf(keeping, inLowerCase, keeping.kind !== 'parts');
  let rows = 0;
  let dropped = 0;
  let remembered = 0;

  function fieldAt(place: Place, key: string): Field {
    const found = place.fields.get(key);
    if (found !== undefined) return found;
    const made = decide(place, key);
    if (place.fields.size < maxKeys && remembered < maxFields) {
      place.fields.set(key, made);
      remembered += 1;
    }
    return made;
  }

  function copy(value: unknown, place: Place, level: number): unknown {
    if (typeof value === 'string') return mayHoldJson(value) ? cleanText(value, place, level) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (level > maxLevel) throw new RangeError('nested too deeply');
    if (Array.isArray(value)) {
      const items = value.map((inner) => copy(inner, place, level + 1));
      return place.keeping === nothing
        ? items.filter((item) => !isObject(item) || Object.keys(item).length > 0)
        : items;
    }
    return isObject(value) ? copyObject(value, placeFor(value, place), level) : value;
  }

  function copyObject(value: Record<string, unknown>, place: Place, level: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    if (place.keeping === nothing && labelOf(value) !== undefined) {
      dropped += 1;
      noteBelow(value, place, level);
      return result;
    }
    let hasValue = false;
    for (const key of Object.keys(value)) {
      const field = fieldAt(place, key);
      const inner = value[key];
      field.seen += 1;
      field.types |= typeBit(inner);
      hasValue ||= field.isValue;
      if (field.fate === 'copied') {
        const isTaken = field.name !== key && (Object.hasOwn(result, field.name) || Object.hasOwn(value, field.name));
        put(result, isTaken ? key : field.name, copy(inner, field.place, level + 1));
      } else if (field.fate === 'dropped') {
        dropped += 1;
        if (field.place.keeping === nothing) noteBelow(inner, field.place, level + 1);
      }
    }
    return hasValue && !place.isRecord ? withoutPersonalValue(value, result, place) : result;
  }

  /** An object is cleaned as what it is called, as a contact if it looks like one, or as its label says. */
  function placeFor(value: Record<string, unknown>, place: Place): Place {
    if (place.isRecord || place.keeping.kind === 'parts') return place;
    if (place.allowed.length > 0) {
      const label = labelOf(value);
      const field = label === undefined ? undefined : fieldAt(place, label);
      if (field?.place.allowed.includes('')) return field.place;
    }
    if (place.keeping.kind === 'listed' || !isContact(Object.keys(value).map(canonicalKey))) return place;
    place.asContact ??= placeOf(contacts, place.allowed);
    return place.asContact;
  }

  /** What a personal label says the value of is left out, and counted under the label, if that can be told. */
  function withoutPersonalValue(value: Record<string, unknown>, result: Record<string, unknown>, place: Place) {
    const label = labelOf(value, isPersonalKey);
    if (label === undefined) return result;
    for (const key of Object.keys(value)) {
      const field = fieldAt(place, key);
      if (!field.isValue) continue;
      delete result[field.name];
      delete result[key];
    }
    dropped += 1;
    if (isNothingButPair(value)) fieldAt(place, label).seen += 1;
    else place.droppedHere += 1;
    return result;
  }

  function cleanText(text: string, place: Place, level: number): string {
    const parsed = parseJson(text);
    if (parsed === undefined) {
      if (!tellsPersonal(text, place.keeping.kind === 'listed')) return text;
      place.droppedHere += 1;
      dropped += 1;
      return '';
    }
    const before = dropped;
    const copied = copy(parsed, place, level + 1);
    return dropped === before ? text : JSON.stringify(copied);
  }

  /** Takes note of the names below something that is left out, so that an operator can see what could be kept. */
  function noteBelow(value: unknown, place: Place, level: number): void {
    if (level > maxLevel) return;
    if (Array.isArray(value)) for (const inner of value) noteBelow(inner, place, level + 1);
    if (!isObject(value)) return;
    const label = labelOf(value);
    if (label !== undefined && !isNothingButPair(value)) return;
    const keys = label === undefined ? Object.keys(value) : [label];
    for (const key of keys) {
      const field = fieldAt(place, key);
      field.seen += 1;
      if (label === undefined && field.place.keeping === nothing) noteBelow(value[key], field.place, level + 1);
    }
  }

  return {
    clean(value) {
      rows += 1;
      return copy(value, root, 0);
    },
    seen: () => seenFields(root, rows),
    rows: () => rows,
  };
}

function decide(place: Place, key: string): Field {
  const { keeping } = place;
  const name = canonicalKey(key);
  const field = (fate: Field['fate'], below: Place): Field => ({
    name,
    fate,
    place: below,
    isValue: isValueKey(key),
    seen: 0,
    types: 0,
  });
  if (keeping.kind === 'parts') {
    const part = keeping.parts.get(name);
    if (part === undefined) return field('ignored', placeOf(everything));
    const isRecord = name === keeping.record;
    return field('copied', placeOf(part, isRecord ? place.allowed : below(place.allowed, name, key), isRecord));
  }
  if (isPersonalKey(key)) return field('dropped', placeOf(everything));
  const allowed = below(place.allowed, name, key);
  if (allowed.includes('')) return field('copied', placeOf(everything, allowed));
  if (keeping.kind === 'everything') {
    return field('copied', placeOf(namesPeople(key) ? contacts : everything, allowed));
  }
  const kept = keeping.fields.get(name);
  if (kept !== undefined) return field('copied', placeOf(listed(kept), allowed));
  return field(allowed.length > 0 ? 'copied' : 'dropped', placeOf(nothing, allowed));
}

/** What is left of the paths that lead through a key. */
function below(paths: readonly string[], name: string, key: string): string[] {
  if (paths.length === 0) return [];
  const spellings = [...new Set([name.toLowerCase(), key.toLowerCase()])];
  return paths.flatMap((path) =>
    spellings.flatMap((spelling) => {
      if (path === spelling) return [''];
      return path.startsWith(`${spelling}.`) ? [path.slice(spelling.length + 1)] : [];
    }),
  );
}

/**
 * What an object such as `{ "label": "Move-in bonus", "value": "…" }` says that its value is, if it fits; the label may be
 * in an object beside the value: `{ "customField": { "label": … }, "value": … }`.
 */
function labelOf(value: Record<string, unknown>, fits = (_label: string): boolean => true): string | undefined {
  const keys = Object.keys(value);
  if (!keys.some(isValueKey)) return undefined;
  const labels = keys.flatMap((key) => {
    const inner = value[key];
    if (typeof inner === 'string') return isNamingKey(key) ? [inner] : [];
    if (!isObject(inner) || !fieldWord.test(wordsOf(key).at(-1) ?? '')) return [];
    return Object.entries(inner).flatMap(([name, text]) =>
      isNamingKey(name) && typeof text === 'string' ? [text] : [],
    );
  });
  return labels.find(fits);
}

const fieldWord = /^(?:field|question|attribute|definition)$/;
const besidePair = /^(?:id|type|order|required|visible|active|category)$/;

/**
 * Whether a label may be told as a name. In `{ "customFieldID": 9, "label": "Move-in bonus", "value": "…" }` it is one; in any
 * object that has more to say, what looks like a label is data: the name of a person, or of a tax payer.
 */
const isNothingButPair = (value: Record<string, unknown>): boolean =>
  Object.keys(value).every((key) => {
    const last = wordsOf(key).at(-1) ?? '';
    const isPart = isNamingKey(key) || isValueKey(key) || fieldWord.test(last) || besidePair.test(last);
    return isPart && !isPersonalKey(key);
  });

/** Assigning to `__proto__` would set the prototype; defining every other key would take several times as long. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}

/**
 * One spelling for keys, and no personal fields: applied to everything Rentvine answers before anything else sees it.
 */

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

/**
 * Personal fields that never leave the client, whatever their spelling and depth (rentvine-api.md, "contact").
 * Compared without case and separators; the prefixes cover the tax payer and bank account families.
 */
const personalKeys = new Set(['ssn']);
const personalParts = [
  'birthdate',
  'dateofbirth',
  'identificationnumber',
  'identificationtypeid',
  'taxpayer',
  'achaccount',
  'socialsecurity',
];

export function isPersonalKey(key: string): boolean {
  const folded = key.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  return personalKeys.has(folded) || personalParts.some((part) => folded.includes(part));
}

/** DynamoDB stores 32 levels; a row adds two of its own. */
const deepestLevel = 30;

/**
 * A copy with canonical keys and without personal fields, at every depth. JSON inside a string is cleaned too and stays
 * a string. When two spellings of one key meet, the canonical or else the first one gets the canonical name, and the other
 * keeps its own: nothing is lost.
 *
 * @throws RangeError when it is nested more deeply than can be stored
 */
export function canonicalize(value: unknown, level = 0): unknown {
  if (level > deepestLevel) throw new RangeError('nested too deeply');
  if (Array.isArray(value)) return value.map((inner) => canonicalize(inner, level + 1));
  if (typeof value === 'string') return cleanEmbeddedJson(value, level);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const { canonical, isPersonal } = known(key);
    if (isPersonal) continue;
    const isTaken = canonical !== key && (Object.hasOwn(result, canonical) || Object.hasOwn(value, canonical));
    put(result, isTaken ? key : canonical, canonicalize(inner, level + 1));
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
  if (!/^\s*[[{"]/.test(text)) return text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Cut off, so what is personal in it cannot be told from the rest.
    return [...text.matchAll(/"([^"\\]+)\\*"\s*:/g)].some(([, key = '']) => isPersonalKey(key)) ? '' : text;
  }
  return hasPersonalKey(parsed, level) ? JSON.stringify(canonicalize(parsed, level)) : text;
}

function hasPersonalKey(value: unknown, level: number): boolean {
  if (level > deepestLevel) throw new RangeError('nested too deeply');
  if (Array.isArray(value)) return value.some((inner) => hasPersonalKey(inner, level + 1));
  if (typeof value === 'string') return cleanEmbeddedJson(value, level + 1) !== value;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => isPersonalKey(key) || hasPersonalKey(inner, level + 1));
}

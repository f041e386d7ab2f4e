import { isNamingKey, isPersonalKey } from '../personal-keys.ts';
import { canonicalKey } from './canonical.ts';
import { isContact, namesPeople } from './contact-fields.ts';

/** JSON inside of strings: Rentvine answers some objects so, and people paste it into texts. */

const hasKey = /["']\s*(?::|=>)/;

/** Whether a text is worth a closer look. Nearly none is, so this is what most texts cost. */
export function mayHoldJson(text: string): boolean {
  return /["'[{]/.test(text) && (/^\s*[[{"]/.test(text) || hasKey.test(text));
}

/** The JSON value that a text is as a whole; undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `"key":` and `'key' =>`, at any level of escaping, and the beginning of what follows. */
const keyInText = /(\\*["'])((?:(?!\1)[^\n]){1,200})\1\s*(?::|=>)\s*(?=([[{])|(\\*["'])((?:(?!\4)[^\n]){0,200})|)/g;

/**
 * Whether a text that is no JSON as a whole (it is cut off, or has words before it) has something in it that may not be kept:
 * what belongs to it and what does not cannot be told apart.
 *
 * @param listed whether only listed fields are kept where it stands: then any `"key":` is too much
 */
export function tellsPersonal(text: string, listed: boolean): boolean {
  if (listed) return hasKey.test(text);
  const keys: string[] = [];
  for (const [, , rawKey = '', bracket, , value] of text.matchAll(keyInText)) {
    const key = unescapeUnicode(rawKey);
    if (isPersonalKey(key) || (bracket !== undefined && namesPeople(key))) return true;
    if (value !== undefined && isNamingKey(key) && isPersonalKey(unescapeUnicode(value))) return true;
    keys.push(canonicalKey(key));
  }
  return isContact(keys);
}

const unescapeUnicode = (text: string): string =>
  text.replaceAll(/\\+u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

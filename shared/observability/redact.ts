import { foldKey, isNamingKey, isPersonalKey, isValueKey } from '../personal-keys.ts';

const REDACTED = '[redacted]';

/** Values shorter than this are not remembered: replacing them would shred ordinary words. */
export const minRedactableLength = 4;

const maxDepth = 12;

/** Compared without case and separators. */
const credentialKeys = new Set([
  'accesskey',
  'secretaccesskey',
  'secret',
  'secretstring',
  'secretbinary',
  'clientsecret',
  'apikey',
  'apisecret',
  'xapikey',
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'signingkey',
  'signingkeys',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'sessiontoken',
  'password',
]);
/** Where zod repeats the value that did not fit, whatever field it was. */
const quotingKeys = new Set(['input']);

const isSensitiveKey = (key: string): boolean => {
  const folded = foldKey(key);
  return credentialKeys.has(folded) || quotingKeys.has(folded) || isPersonalKey(key);
};

/*
 * A text may come from anybody and be long, so that no pattern may look at the same characters again from each place where it
 * could begin: every repetition that something must follow has a limit, or cannot run over what follows it.
 */

/**
 * `"key":` inside a text, at any level of escaping that is met, as a body quoted in an error message has it; `'key' =>` of a map.
 */
const quotedKey = /(\\{0,63}["'])((?:(?!\1)[\w .,'#/()?-]){1,100})\1\s*(?::|=>)\s*/g;
/** `key: 'value'` and `key: [`, as Node prints objects; prose such as `auth.secret: must not be empty` is left alone. */
const bareKey = /(?<![\w"'.-])([A-Za-z_$][\w$]{0,63}):\s+(?=["'`[{]|<Buffer|\w+\(\d+\) [[{])/g;
/** `"label":"Date of birth","value":`, which is personal if its last group is. */
const labelledValue =
  /(\\{0,63}["'])[\w ]{0,63}(?:name|label|key|field)\1\s*:\s*\1([^"'\\]{1,100})\1\s*,\s*\1\w{0,63}value\w{0,63}\1\s*:\s*/gi;
/**
 * What follows it. A string ends at a quote with as many backslashes as its first one had; one cut short by a length
 * limit ends with the text. So does an object or an array: finding its end would take a parser.
 */
const quotedValue =
  /(\\*)(["'`])(?:[\s\S]*?(?<!\\)\1\2|[\s\S]*$)|(?:\w+\(\d+\) )?[[{][\s\S]*$|<Buffer[^>]*>?|[^\s,;}\]]+/y;
/** `key=value`, as a query or a form has it. */
const assignedPair = /\b([A-Za-z][\w.-]{0,63})=([^\s&;,"'<>]+)/g;
/** `//user:password@host`. */
const userInfo = /(?<=\/\/)[^\s/?#@"'<>:]*:[^\s/?#@"'<>]*(?=@)/g;
/** What follows the scheme's name in an Authorization header; prose such as "Basic authentication" is left alone. */
const credentials = /\b([Bb]asic|[Bb]earer|BASIC|BEARER)(?:\s+|%20)(?=[\w.~+/=%-]*[A-Z0-9=])[\w.~+/=%-]{4,}/g;

export interface Redactor {
  /** From now on this value, and its URL, JSON, base64 and hexadecimal spellings, never leave the redactor. */
  remember(value: string): void;
  /** The text without remembered values, sensitive `key: value` pairs and Authorization credentials. */
  text(text: string): string;
  /**
   * A copy of the value made of plain JSON types, in which no sensitive key keeps its value at any depth. Errors become
   * `{ name, message, stack, …own properties, cause }`. Never throws, whatever it is given.
   */
  value(value: unknown): unknown;
}

const spellingsOf = (value: string): string[] => [
  value,
  encodeURIComponent(value.toWellFormed()),
  JSON.stringify(value).slice(1, -1),
  ...(['base64', 'base64url', 'hex'] as const).map((encoding) => Buffer.from(value, 'utf8').toString(encoding)),
];

const copyError = (error: Error): Record<string, unknown> => ({
  ...error,
  name: error.name,
  message: error.message,
  stack: error.stack,
  ...('errors' in error && { errors: error.errors }),
  // Of a SuppressedError, as `using` throws it.
  ...('error' in error && { error: error.error }),
  ...('suppressed' in error && { suppressed: error.suppressed }),
  ...(error.cause !== undefined && { cause: error.cause }),
});

/** Replaces what follows each sensitive key that the pattern finds; its last group is the key. */
const scrubPairs = (text: string, pattern: RegExp, isSensitive = isSensitiveKey): string => {
  let output = '';
  let copiedUpTo = 0;
  for (const match of text.matchAll(pattern)) {
    const [pair, ...groups] = match;
    const mark = groups.length > 1 ? (groups[0] ?? '') : '';
    if (match.index < copiedUpTo || !isSensitive(groups.at(-1) ?? '')) continue;
    quotedValue.lastIndex = match.index + pair.length;
    if (!quotedValue.test(text)) continue;
    output += `${text.slice(copiedUpTo, match.index)}${pair}${mark}${REDACTED}${mark}`;
    copiedUpTo = quotedValue.lastIndex;
  }
  return output + text.slice(copiedUpTo);
};

/** Creates a redactor that knows the key names above and, later, the values it is told to remember. */
export const createRedactor = (): Redactor => {
  const remembered = new Set<string>();
  let longestFirst: string[] = [];

  const scrub = (input: string): string => {
    let output = input;
    for (const value of longestFirst) {
      output = output.replaceAll(value, REDACTED);
    }
    output = output.replaceAll(credentials, `$1 ${REDACTED}`).replaceAll(userInfo, REDACTED);
    output = scrubPairs(scrubPairs(output, quotedKey), bareKey);
    output = scrubPairs(output, labelledValue, isPersonalKey);
    return output.replaceAll(assignedPair, (pair: string, key: string) =>
      isSensitiveKey(key) ? `${key}=${REDACTED}` : pair,
    );
  };

  const text = (input: string, ancestors: readonly object[] = []): string => {
    if (/^\s*[[{]/.test(input) && ancestors.length < maxDepth) {
      try {
        const parsed: unknown = JSON.parse(input);
        return scrub(JSON.stringify(walk(parsed, [...ancestors, {}])));
      } catch {
        // Not JSON after all: the patterns below do what can be done.
      }
    }
    return scrub(input);
  };

  const copyEntries = (entries: Iterable<readonly [unknown, unknown]>, ancestors: readonly object[]) => {
    const copy: Record<string, unknown> = {};
    const all = [...entries].map(([key, value]) => [String(key), value] as const);
    const isLabelled = all.some(
      ([key, label]) => typeof label === 'string' && isNamingKey(key) && isPersonalKey(label),
    );
    for (const [key, value] of all) {
      const name = text(key);
      const isSensitive = isSensitiveKey(name) || (isLabelled && isValueKey(key));
      // A plain assignment to `__proto__` would lose the value or change the copy's prototype.
      const copied = isSensitive && value !== undefined && value !== null ? REDACTED : walk(value, ancestors);
      Object.defineProperty(copy, name, { value: copied, enumerable: true, configurable: true, writable: true });
    }
    return copy;
  };

  const copyObject = (value: object, ancestors: readonly object[]): unknown => {
    if (ancestors.includes(value)) return '[circular]';
    if (ancestors.length >= maxDepth) return '[too deep]';
    const path = [...ancestors, value];
    if (value instanceof Error) return copyEntries(Object.entries(copyError(value)), path);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof URL) return text(value.href);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return value.map((item) => walk(item, path));
    if (value instanceof Set) return [...value].map((item) => walk(item, path));
    if (value instanceof Map || value instanceof Headers || value instanceof URLSearchParams) {
      return copyEntries(value.entries(), path);
    }
    if ('toJSON' in value && typeof value.toJSON === 'function') return walk(value.toJSON(), path);
    return copyEntries(Object.entries(value), path);
  };

  const walk = (value: unknown, ancestors: readonly object[]): unknown => {
    switch (typeof value) {
      case 'string':
        return text(value, ancestors);
      case 'bigint':
        return text(value.toString());
      case 'object':
        if (value === null) return null;
        try {
          return copyObject(value, ancestors);
        } catch {
          return '[unreadable]';
        }
      case 'number':
      case 'boolean':
      case 'undefined':
        return value;
      default:
        return `[${typeof value}]`;
    }
  };

  return {
    remember(value) {
      if (value.length < minRedactableLength) return;
      for (const spelling of spellingsOf(value)) remembered.add(spelling);
      longestFirst = [...remembered].sort((a, b) => b.length - a.length);
    },
    text: (input) => text(input),
    value: (value) => walk(value, []),
  };
};

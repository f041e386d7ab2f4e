const REDACTED = '[redacted]';

/** Values shorter than this are not remembered: replacing them would shred ordinary words. */
export const minimumRedactableLength = 4;

const maximumDepth = 12;

/** Credentials, and the personal fields that Rentvine's contact carries; compared without case and separators. */
const sensitiveWholeKeys = new Set([
  'accesskey',
  'secretaccesskey',
  'secret',
  'secretstring',
  'clientsecret',
  'apikey',
  'apisecret',
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
  'dob',
]);
const sensitiveKeyParts = [
  'birthdate',
  'dateofbirth',
  'identificationnumber',
  'identificationtype',
  'taxpayer',
  'achaccount',
];

const isSensitiveKey = (key: string): boolean => {
  const normalised = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return sensitiveWholeKeys.has(normalised) || sensitiveKeyParts.some((part) => normalised.includes(part));
};

/** `"key":` inside a text, at any level of escaping, as a body quoted in an error message has it. */
const quotedKey = /(\\*["'])([\w .-]{1,64})\1\s*:\s*/g;
/**
 * What follows it. A string ends at a quote with as many backslashes as its first one had; one cut short by a length
 * limit ends with the text. So does an object or an array: finding its end would take a parser.
 */
const quotedValue = /(\\*)(["'])(?:[\s\S]*?(?<!\\)\1\2|[\s\S]*$)|[[{][\s\S]*$|[^\s,;}\]]+/y;
/** `key=value`, as a query or a form has it. */
const assignedPair = /\b([A-Za-z][\w.-]{0,63})=([^\s&;,"'<>]+)/g;
/** What follows the scheme's name in an Authorization header; prose such as "Basic authentication" is left alone. */
const credentials = /\b([Bb]asic|[Bb]earer|BASIC|BEARER)(?:\s+|%20)(?=[\w.~+/=%-]*[A-Z0-9=])[\w.~+/=%-]{4,}/g;

export interface Redactor {
  /** From now on this value, and its URL, JSON and base64 spellings, never leave the redactor. */
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
  Buffer.from(value, 'utf8').toString('base64'),
];

const copyError = (error: Error): Record<string, unknown> => ({
  ...error,
  name: error.name,
  message: error.message,
  stack: error.stack,
  ...('errors' in error && { errors: error.errors }),
  ...(error.cause !== undefined && { cause: error.cause }),
});

const scrubQuotedPairs = (text: string): string => {
  let output = '';
  let copiedUpTo = 0;
  for (const match of text.matchAll(quotedKey)) {
    const [pair, mark = '', key = ''] = match;
    if (match.index < copiedUpTo || !isSensitiveKey(key)) continue;
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
    return scrubQuotedPairs(output.replaceAll(credentials, `$1 ${REDACTED}`)).replaceAll(
      assignedPair,
      (pair: string, key: string) => (isSensitiveKey(key) ? `${key}=${REDACTED}` : pair),
    );
  };

  const text = (input: string, ancestors: readonly object[] = []): string => {
    if (/^\s*[[{]/.test(input) && ancestors.length < maximumDepth) {
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
    for (const [key, value] of entries) {
      const name = text(String(key));
      // A plain assignment to `__proto__` would lose the value or change the copy's prototype.
      const copied = isSensitiveKey(name) && value !== undefined && value !== null ? REDACTED : walk(value, ancestors);
      Object.defineProperty(copy, name, { value: copied, enumerable: true, configurable: true, writable: true });
    }
    return copy;
  };

  const copyObject = (value: object, ancestors: readonly object[]): unknown => {
    if (ancestors.includes(value)) return '[circular]';
    if (ancestors.length >= maximumDepth) return '[too deep]';
    const path = [...ancestors, value];
    if (value instanceof Error) return copyEntries(Object.entries(copyError(value)), path);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof URL) return text(value.href);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return value.map((item) => walk(item, path));
    if (value instanceof Set) return [...value].map((item) => walk(item, path));
    if (value instanceof Map || (typeof Headers === 'function' && value instanceof Headers)) {
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
      if (value.length < minimumRedactableLength) return;
      for (const spelling of spellingsOf(value)) remembered.add(spelling);
      longestFirst = [...remembered].sort((a, b) => b.length - a.length);
    },
    text: (input) => text(input),
    value: (value) => walk(value, []),
  };
};

import { hash } from 'node:crypto';

/**
 * SHA-256 of a record's data, the same for the same content whatever the order of its keys. Nulls count as absent,
 * because Rentvine leaves out one day what it answers as null the next.
 */
export const hashOf = (data: unknown): string => hash('sha256', canonicalJson(data), 'base64url');

function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  let json = '';
  for (const key of Object.keys(value).sort()) {
    const inner = value[key];
    if (inner === undefined || inner === null) continue;
    json += `${json === '' ? '' : ','}${quoted(key)}:${canonicalJson(inner)}`;
  }
  return `{${json}}`;
}

/** As `JSON.stringify` does it, but at a tenth of the cost for what has nothing in it that is escaped. */
const quoted = (text: string): string => (/^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text));

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

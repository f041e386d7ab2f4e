import { createHash } from 'node:crypto';

/**
 * SHA-256 of a record's data, the same for the same content whatever the order of its keys. Nulls count as absent,
 * because Rentvine leaves out one day what it answers as null the next.
 */
export const hashOf = (data: unknown): string => createHash('sha256').update(canonicalJson(data)).digest('base64url');

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined && inner !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

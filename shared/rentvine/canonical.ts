/**
 * The canonical spelling of one of Rentvine's keys: `leaseID`, `LeaseID` and `lease_id` are all `leaseId`, `leaseIDs` is
 * `leaseIds`. Keys that are not identifiers (custom field labels, say) stay as they are.
 */
export function canonicalKey(key: string): string {
  const found = knownKeys.get(key);
  if (found !== undefined) return found;
  const canonical = spellCanonically(key);
  if (knownKeys.size < maxKnownKeys) knownKeys.set(key, canonical);
  return canonical;
}

/** The same few hundred keys come with every row. */
const knownKeys = new Map<string, string>();
const maxKnownKeys = 5_000;

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

const sets = new Set(['SS', 'NS', 'BS']);

/** Whether two attribute values or items in DynamoDB's wire format are equal; sets have no order. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, at) => sameValue(item, right[at]));
  }
  const entries = Object.entries(left);
  const others = new Map<string, unknown>(Object.entries(right));
  if (entries.length !== others.size) return false;
  return entries.every(([key, value]) => {
    const other = others.get(key);
    if (sets.has(key) && Array.isArray(value) && Array.isArray(other)) {
      return value.length === other.length && value.every((member) => other.includes(member));
    }
    return sameValue(value, other);
  });
}

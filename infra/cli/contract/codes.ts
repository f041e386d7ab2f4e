/**
 * Published enumerations, by the canonical name of the field that holds one (integrators' code and Rentvine's reference, 2026).
 * Values outside of them occur: they are kept, and told here.
 */
const known: Readonly<Record<string, readonly number[]>> = {
  primaryLeaseStatusId: [1, 2, 3],
  primaryWorkOrderStatusId: [1, 2, 3, 4, 5],
  priorityId: [1, 2, 3, 4],
  sourceTypeId: [1, 2, 3, 4, 5, 6],
  contactTypeId: [1, 2, 3, 4, 5, 6],
  transactionTypeId: [1, 2, 3, 4, 5, 7, 8, 14, 15, 16, 19, 20],
};

/** How many objects have a code outside its enumeration, by field. */
export function unknownCodes(objects: readonly Readonly<Record<string, unknown>>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const data of objects) {
    for (const [field, codes] of Object.entries(known)) {
      const code = data[field];
      if (code === undefined || codes.includes(Number(code))) continue;
      counts[field] = (counts[field] ?? 0) + 1;
    }
  }
  return counts;
}

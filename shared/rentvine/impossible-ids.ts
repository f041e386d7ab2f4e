/** Beyond any id that an account has given out, and within 32 bits, so that an id is refused for being unknown alone. */
const beyondAllIds = [10_000_019, 20_000_003] as const;

/**
 * Two ids of one resource that cannot exist: ids count up, and no company has that many objects.
 *
 * @param ids some that do exist, all of digits
 */
export function impossibleIds(ids: readonly string[]): readonly [string, string] {
  const highest = Math.max(...ids.map(Number));
  return [String(highest + beyondAllIds[0]), String(highest + beyondAllIds[1])];
}

/** More objects than hints come about in the time for which it matters. */
const maxObjects = 10_000;

/**
 * When this function last asked for each object whose answer is stored. A read that changed nothing leaves no trace in its
 * record, and is still as good for every hint that came before it.
 */
export interface RecentReads {
  /** Epoch milliseconds; undefined when it is not remembered. */
  requestedAt(key: string): number | undefined;
  remember(key: string, requestedAtMs: number): void;
}

export function recentReads(): RecentReads {
  const reads = new Map<string, number>();
  return {
    requestedAt: (key) => reads.get(key),
    remember(key, requestedAtMs) {
      reads.delete(key);
      reads.set(key, requestedAtMs);
      const [oldest] = reads.keys();
      if (reads.size > maxObjects && oldest !== undefined) reads.delete(oldest);
    },
  };
}

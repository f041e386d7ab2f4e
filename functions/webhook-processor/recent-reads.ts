/** More objects than hints can name within the seconds that a read covers them for. */
const maxObjects = 10_000;

/**
 * When this function last asked for each object. A read that found nothing changed writes no record, so only this tells that
 * it covers the hints that came before it.
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

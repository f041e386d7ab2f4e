export interface Cached<T> {
  /** What was read a moment ago, or is being read now. */
  (): Promise<T>;
  /** What is read from now on. */
  anew(): Promise<T>;
}

/**
 * Reads something at most once in a while, however often it is asked for; several who ask at once share one read.
 *
 * @param lastsMs how long an answer is good for
 * @param leisure a read that takes long is repeated after so many times its own duration, should that be later
 */
export function cached<T>(read: () => Promise<T>, lastsMs: number, leisure = 0): Cached<T> {
  let current: Promise<T> | undefined;
  let isReading = false;
  let goodUntil = 0;
  function begin(): Promise<T> {
    const startedAt = performance.now();
    isReading = true;
    const reading = read().finally(() => {
      const now = performance.now();
      isReading = false;
      goodUntil = now + Math.max(lastsMs, leisure * (now - startedAt));
    });
    // Whoever asks next tries again.
    reading.catch(() => {
      current = undefined;
    });
    current = reading;
    return reading;
  }
  const ask = () => (current !== undefined && (isReading || performance.now() < goodUntil) ? current : begin());
  return Object.assign(ask, {
    async anew() {
      // One that began before may not have seen what has just changed.
      if (isReading) await current?.catch(() => undefined);
      return begin();
    },
  });
}

/** The same, but never waits: answers what was read last, and undefined until then. */
export function cachedInBackground<T>(read: () => Promise<T>, lastsMs: number, leisure: number): () => T | undefined {
  let last: T | undefined;
  const refresh = cached(
    async () => {
      last = await read();
    },
    lastsMs,
    leisure,
  );
  return () => {
    void refresh().catch(() => undefined);
    return last;
  };
}

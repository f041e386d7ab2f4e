/**
 * Remembers what `read` answered for a while, so that a flood of requests asks for it once. Callers at the same moment share one
 * read; one that fails is not remembered.
 *
 * @param now epoch milliseconds
 */
export function cached<T>(forMs: number, now: () => number, read: () => Promise<T>): () => Promise<T> {
  let kept: { readonly at: number; readonly value: Promise<T> } | undefined;
  return () => {
    if (kept !== undefined && now() - kept.at < forMs) return kept.value;
    const reading = { at: now(), value: read() };
    kept = reading;
    reading.value.catch(() => {
      if (kept === reading) kept = undefined;
    });
    return reading.value;
  };
}

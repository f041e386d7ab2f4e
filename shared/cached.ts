/** A read that hangs is not waited for by all who come later. */
const maxSharedMs = 10_000;

/**
 * Remembers what `read` answered for a while, so that a flood of requests asks for it once. Callers at the same moment share one
 * read; one that fails is not remembered.
 *
 * @param keptMs how long; for answers of some kinds it may be shorter
 * @param now epoch milliseconds
 */
export function cached<T>(
  keptMs: number | ((answer: T) => number),
  now: () => number,
  read: () => Promise<T>,
): () => Promise<T> {
  const keptMsOf = typeof keptMs === 'number' ? () => keptMs : keptMs;
  let kept: { readonly answer: Promise<T>; until: number } | undefined;
  return () => {
    const at = now();
    if (kept !== undefined && at < kept.until) return kept.answer;
    const reading = { answer: read(), until: at + maxSharedMs };
    kept = reading;
    reading.answer.then(
      (answer) => {
        reading.until = at + keptMsOf(answer);
      },
      () => {
        if (kept === reading) kept = undefined;
      },
    );
    return reading.answer;
  };
}

/** How often something may be done that anybody can cause. */
export interface AllowanceOptions {
  readonly atOnce: number;
  /** After this time there is one more, up to `atOnce`. */
  readonly oneMoreEachMs: number;
}

/** Answers, each time it is asked, whether it may be done once more. */
export function allowance({ atOnce, oneMoreEachMs }: AllowanceOptions, now: () => number): () => boolean {
  let left = atOnce;
  let at = now();
  return () => {
    left = Math.min(atOnce, left + (now() - at) / oneMoreEachMs);
    at = now();
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

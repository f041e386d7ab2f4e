export interface DeletionGuard {
  readonly percent: number;
  readonly atLeast: number;
}

/** Promise 6: how many of a resource's live records one run may mark as deleted. */
export const deletionLimit = (guard: DeletionGuard, known: number): number =>
  Math.max(guard.atLeast, Math.floor((known * guard.percent) / 100));

import type { LeaseRecord } from './records.ts';

/** Rentvine's primaryLeaseStatusID of an active lease. */
const active = '2';

/**
 * Whether a lease is active on a day: Rentvine says so, it has begun, and its tenants have not moved out before. An end date
 * that has passed ends no lease: it goes on from month to month until Rentvine closes it.
 */
export function isActiveOn(day: string, { primaryLeaseStatusId, startDate, moveOutDate }: LeaseRecord): boolean {
  if (primaryLeaseStatusId !== active) return false;
  return (startDate === undefined || startDate <= day) && (moveOutDate === undefined || moveOutDate >= day);
}

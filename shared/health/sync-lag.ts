import type { ResourceSchedule } from './resource-schedules.ts';

export interface LagOptions {
  readonly schedule: ResourceSchedule;
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** ISO 8601. */
  readonly lastSuccessAt?: string | undefined;
  /** When the account was asked for: it cannot be behind for longer than it is there. */
  readonly createdAt?: Date | undefined;
  /** When its breaker last closed, epoch milliseconds: after an outage a resource has its usual time to catch up. */
  readonly closedAt?: number | undefined;
  /** When a long run last got on, ISO 8601. */
  readonly progressAt?: string | undefined;
  readonly now: Date;
}

/**
 * How far a resource is behind, in intervals of its schedule; 1 is usual, 3 is worth waking somebody. A full run of many
 * slices is no reason to: while each of them gets on, the resource counts as looked after.
 *
 * @returns undefined where there is nothing to expect of it: its schedules are off, its account does not answer (which is
 * told by the breaker), or nothing says since when it should have been read
 */
export function syncLag(options: LagOptions): number | undefined {
  const { schedule, breaker, lastSuccessAt, createdAt, closedAt, progressAt, now } = options;
  if (!schedule.isScheduled || breaker !== 'closed') return undefined;
  const dueSince = lastSuccessAt === undefined ? createdAt?.getTime() : Date.parse(lastSuccessAt);
  if (dueSince === undefined) return undefined;
  const gotOnAt = progressAt === undefined ? 0 : Date.parse(progressAt);
  const behindMs = now.getTime() - Math.max(dueSince, closedAt ?? 0, gotOnAt);
  return Math.max(0, behindMs / (schedule.intervalMinutes * 60_000));
}

import { isActiveOn } from './active-lease.ts';
import { addDays } from './days.ts';
import type { LeaseFigures } from './figures.ts';
import type { LeaseRecord } from './records.ts';

/**
 * Sums up what is past due, and counts the leases that end soon, each of them in every span that it ends within.
 *
 * @param day YYYY-MM-DD
 */
export function leaseTally(day: string) {
  const leasesEnding = { '30': 0, '60': 0, '90': 0 };
  const spans = [
    { days: '30', until: addDays(day, 30) },
    { days: '60', until: addDays(day, 60) },
    { days: '90', until: addDays(day, 90) },
  ] as const;
  let pastDueCents = 0;
  let pastDueLeases = 0;
  return {
    add(lease: LeaseRecord): void {
      const dueCents = lease.balances?.pastDueTotalAmountCents ?? 0;
      // What was paid in advance on one lease is no help to another.
      if (dueCents > 0) {
        pastDueCents += dueCents;
        pastDueLeases += 1;
      }
      const { endDate } = lease;
      if (endDate === undefined || endDate < day || !isActiveOn(day, lease)) return;
      for (const { days, until } of spans) if (endDate <= until) leasesEnding[days] += 1;
    },
    result: (): LeaseFigures => ({ pastDueCents, pastDueLeases, leasesEnding: { ...leasesEnding } }),
  };
}

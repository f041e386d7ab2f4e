import type { BusinessFigures } from '../../shared/business/figures.ts';
import { priorities } from '../../shared/business/figures.ts';
import { metrics } from '../../shared/observability/metrics.ts';

/** Records one account's figures; what is not known of it is left out. */
export function recordFigures(account: string, figures: BusinessFigures): void {
  const { occupancy, leases, collectedThisMonthCents, openWorkOrders } = figures;
  if (occupancy !== undefined) {
    const { units, occupied, vacant, vacancyRate, rentRollCents } = occupancy;
    metrics.record('Units', units, { account });
    metrics.record('UnitsOccupied', occupied, { account });
    metrics.record('UnitsVacant', vacant, { account });
    if (vacancyRate !== undefined) metrics.record('VacancyRate', vacancyRate, { account });
    if (rentRollCents !== undefined) metrics.record('RentRollCents', rentRollCents, { account });
  }
  if (leases !== undefined) {
    metrics.record('PastDueCents', leases.pastDueCents, { account });
    metrics.record('PastDueLeases', leases.pastDueLeases, { account });
    for (const withinDays of ['30', '60', '90'] as const) {
      metrics.record('LeasesEnding', leases.leasesEnding[withinDays], { account, withinDays });
    }
  }
  if (collectedThisMonthCents !== undefined) {
    metrics.record('CollectedThisMonthCents', collectedThisMonthCents, { account });
  }
  if (openWorkOrders !== undefined) {
    for (const priority of priorities) {
      metrics.record('OpenWorkOrders', openWorkOrders[priority], { account, priority });
    }
  }
}

/** Records the vacancy of the account with the highest, if any has units. */
export function recordHighestVacancy(figures: readonly BusinessFigures[]): void {
  const rates = figures.flatMap(({ occupancy }) => occupancy?.vacancyRate ?? []);
  if (rates.length > 0) metrics.record('HighestVacancyRate', Math.max(...rates), {});
}

import { priorities } from '../../../shared/business/figures.ts';
import { recentFigures } from '../../../shared/store/business-figures.ts';
import type { Table } from '../../../shared/store/dynamo-table.ts';
import type { BusinessView } from '../view.ts';

const historyDays = 90;

/** An account's latest business figures and how they came about; none before they were computed once. */
export async function collectBusiness(state: Table, account: string): Promise<BusinessView[]> {
  const history = await recentFigures(state, account, historyDays);
  const latest = history.at(-1);
  if (latest === undefined) return [];
  const { measuredAt, occupancy, leases, collectedThisMonthCents, openWorkOrders } = latest;
  return [
    {
      account,
      at: measuredAt,
      ...(occupancy !== undefined && {
        occupancy: {
          units: occupancy.units,
          occupied: occupancy.occupied,
          vacant: occupancy.vacant,
          rentRollCents: occupancy.rentRollCents,
          ...(occupancy.vacancyRate !== undefined && { vacancyRate: occupancy.vacancyRate }),
        },
      }),
      ...(leases !== undefined && {
        leases: {
          pastDueCents: leases.pastDueCents,
          pastDueLeases: leases.pastDueLeases,
          ending: ([30, 60, 90] as const).map((withinDays) => ({
            withinDays,
            count: leases.leasesEnding[`${withinDays}`],
          })),
        },
      }),
      ...(collectedThisMonthCents !== undefined && { collectedThisMonthCents }),
      ...(openWorkOrders !== undefined && {
        openWorkOrders: [...priorities].reverse().map((priority) => ({ priority, count: openWorkOrders[priority] })),
      }),
      history: history.map((day) => ({
        day: day.measuredAt.slice(0, 10),
        ...(day.occupancy?.vacancyRate !== undefined && { vacancyRate: day.occupancy.vacancyRate }),
        ...(day.leases !== undefined && { pastDueCents: day.leases.pastDueCents }),
      })),
    },
  ];
}

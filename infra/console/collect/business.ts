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
  const reversed = [...priorities].reverse();
  return [
    {
      account,
      at: measuredAt,
      occupancy,
      leases: leases && {
        pastDueCents: leases.pastDueCents,
        pastDueLeases: leases.pastDueLeases,
        ending: ([30, 60, 90] as const).map((withinDays) => ({ withinDays, count: leases.leasesEnding[withinDays] })),
      },
      collectedThisMonthCents,
      openWorkOrders: openWorkOrders && reversed.map((priority) => ({ priority, count: openWorkOrders[priority] })),
      history: history.map((day) => ({
        day: day.measuredAt.slice(0, 10),
        vacancyRate: day.occupancy?.vacancyRate,
        pastDueCents: day.leases?.pastDueCents,
      })),
    },
  ];
}

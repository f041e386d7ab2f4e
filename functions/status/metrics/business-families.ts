import type { BusinessFigures } from '../../../shared/business/figures.ts';
import type { Family } from './exposition.ts';

/** The latest figures of one account. */
export interface AccountFigures {
  readonly account: string;
  readonly figures: BusinessFigures;
}

/** With its source: the rent that is kept with a unit has been seen to be a placeholder. */
const rentRoll = (all: readonly AccountFigures[]): Family => ({
  name: 'rent_roll_cents',
  help: 'Monthly rent of the occupied units, and where it comes from.',
  samples: all.flatMap(({ account, figures: { occupancy } }) =>
    occupancy?.rentRollCents === undefined
      ? []
      : [{ labels: { account, source: occupancy.rentRollSource ?? 'unitRent' }, value: occupancy.rentRollCents }],
  ),
});

type Values = Readonly<Record<string, number | undefined>>;

/**
 * The business figures of each account. What was never read in full has no sample.
 *
 * @param now epoch milliseconds
 */
export function businessFamilies(all: readonly AccountFigures[], now: number): Family[] {
  const one = (name: string, help: string, measure: (figures: BusinessFigures) => number | undefined): Family => ({
    name,
    help,
    samples: all.flatMap(({ account, figures }) => {
      const value = measure(figures);
      return value === undefined ? [] : [{ labels: { account }, value }];
    }),
  });
  const several = (
    name: string,
    help: string,
    label: string,
    valuesOf: (figures: BusinessFigures) => Values | undefined,
  ): Family => ({
    name,
    help,
    samples: all.flatMap(({ account, figures }) =>
      Object.entries(valuesOf(figures) ?? {}).flatMap(([of, value]) =>
        value === undefined ? [] : [{ labels: { account, [label]: of }, value }],
      ),
    ),
  });
  return [
    one('units', 'Units that are let.', ({ occupancy }) => occupancy?.units),
    one('units_occupied', 'Units with an active lease.', ({ occupancy }) => occupancy?.occupied),
    one('units_vacant', 'Units without one.', ({ occupancy }) => occupancy?.vacant),
    one('vacancy_ratio', 'Vacant units of all, 0 to 1.', ({ occupancy }) =>
      occupancy?.vacancyRate === undefined ? undefined : occupancy.vacancyRate / 100,
    ),
    rentRoll(all),
    one(
      'collected_this_month_cents',
      'Lease payments posted this month, UTC, less those that came back.',
      ({ collectedThisMonthCents }) => collectedThisMonthCents,
    ),
    one('past_due_cents', 'What is past due on leases.', ({ leases }) => leases?.pastDueCents),
    one('past_due_leases', 'Leases on which anything is past due.', ({ leases }) => leases?.pastDueLeases),
    several(
      'leases_ending',
      'Active leases that end within so many days.',
      'within_days',
      ({ leases }) => leases?.leasesEnding,
    ),
    several(
      'open_work_orders',
      'Work orders that are neither closed nor cancelled.',
      'priority',
      ({ openWorkOrders }) => openWorkOrders,
    ),
    one('business_figures_age_seconds', 'Since the business figures were measured.', ({ measuredAt }) =>
      Math.max(0, Math.round((now - Date.parse(measuredAt)) / 1000)),
    ),
  ];
}

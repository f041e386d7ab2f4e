import type { MetricName } from '../../shared/observability/metrics.ts';
import { ownMetric, ownNamespace } from '../alarms/metric-ref.ts';
import { type Dashboard, line, type Series, type Unit, type Widget } from './dashboard.ts';

/** As often as the reporter may come by: a period without a report would be a gap. */
const periodSeconds = 6 * 3600;

const perAccount = (name: MetricName, label = '', more: Readonly<Record<string, string>> = {}): Series => ({
  label,
  search: {
    namespace: ownNamespace,
    name,
    statistic: 'Maximum',
    fixed: { service: 'business-reporter', ...more },
    any: ['account'],
  },
});

const figure = (title: string, unit: Unit, series: readonly Series[], alarmAt?: number): Widget => ({
  title,
  kind: 'graph',
  unit,
  width: 8,
  periodSeconds,
  series,
  ...(alarmAt !== undefined && { alarmAt }),
});

const openWorkOrders: Series = {
  label: '',
  search: {
    namespace: ownNamespace,
    name: 'OpenWorkOrders',
    statistic: 'Maximum',
    fixed: { service: 'business-reporter' },
    any: ['account', 'priority'],
  },
};

export const business = (): Dashboard => ({
  name: 'business',
  title: 'Business',
  about: 'How the property managers do, by account, as the records say.',
  rows: [
    [
      figure(
        'Highest vacancy rate',
        'percent',
        [line('highest', ownMetric('business-reporter', 'HighestVacancyRate', 'Maximum'))],
        15,
      ),
      figure('Vacancy rate', 'percent', [perAccount('VacancyRate')], 15),
      figure('Units', 'count', [
        perAccount('Units', 'all'),
        perAccount('UnitsOccupied', 'occupied'),
        perAccount('UnitsVacant', 'vacant'),
      ]),
    ],
    [
      figure('Rent roll', 'cents', [perAccount('RentRollCents')]),
      figure('Collected this month', 'cents', [perAccount('CollectedThisMonthCents')]),
      figure('Past due', 'cents', [perAccount('PastDueCents')]),
    ],
    [
      figure('Leases past due', 'count', [perAccount('PastDueLeases')]),
      figure('Open work orders by priority', 'count', [openWorkOrders]),
      figure(
        'Leases ending within 30, 60 and 90 days',
        'count',
        ['30', '60', '90'].map((withinDays) => perAccount('LeasesEnding', `${withinDays} days`, { withinDays })),
      ),
    ],
  ],
});

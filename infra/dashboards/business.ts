import type { MetricName } from '../../shared/observability/metrics.ts';
import { ownMetric, ownNamespace } from '../alarms/metric-ref.ts';
import { type Dashboard, graph, line, type Series, type Unit, type Widget } from './dashboard.ts';

/** As often as the reporter may come by: a period without a report would be a gap. */
const periodSeconds = 6 * 3600;

const reported = (label: string, name: MetricName, any: string[], fixed: Record<string, string> = {}): Series => ({
  label,
  search: {
    namespace: ownNamespace,
    name,
    statistic: 'Maximum',
    fixed: { service: 'business-reporter', ...fixed },
    any,
  },
});
const perAccount = (name: MetricName, label = ''): Series => reported(label, name, ['account']);

const report = (title: string, unit: Unit, series: readonly Series[], alarm?: string): Widget =>
  graph(title, unit, series, { periodSeconds, ...(alarm !== undefined && { alarm }) });

export const business = (): Dashboard => ({
  name: 'business',
  title: 'Business',
  about: 'How the property managers do, by account, as the records say.',
  rows: [
    [
      report(
        'Highest vacancy rate',
        'percent',
        [line('highest', ownMetric('business-reporter', 'HighestVacancyRate', 'Maximum'))],
        'vacancy',
      ),
      report('Vacancy rate', 'percent', [perAccount('VacancyRate')], 'vacancy'),
      report('Units', 'count', [
        perAccount('Units', 'all'),
        perAccount('UnitsOccupied', 'occupied'),
        perAccount('UnitsVacant', 'vacant'),
      ]),
    ],
    [
      report('Rent roll', 'cents', [perAccount('RentRollCents')]),
      report('Collected this month', 'cents', [perAccount('CollectedThisMonthCents')]),
      report('Past due', 'cents', [perAccount('PastDueCents')]),
    ],
    [
      report('Leases past due', 'count', [perAccount('PastDueLeases')]),
      report('Open work orders by priority', 'count', [reported('', 'OpenWorkOrders', ['account', 'priority'])]),
      report(
        'Leases ending within 30, 60 and 90 days',
        'count',
        ['30', '60', '90'].map((withinDays) =>
          reported(`${withinDays} days`, 'LeasesEnding', ['account'], { withinDays }),
        ),
      ),
    ],
  ],
});

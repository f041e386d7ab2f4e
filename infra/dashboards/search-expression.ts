import type { Series, Unit } from './dashboard.ts';

type Search = Extract<Series, { readonly search: unknown }>;

/** Money is kept in cents and read in whole units. */
const divisors: Partial<Record<Unit, number>> = { cents: 100 };

/** The same text for CloudWatch and Grafana: a line for each metric that there is. */
export function searchExpression({ search }: Search, unit: Unit, periodSeconds: number): string {
  const { namespace, name, statistic, fixed, any } = search;
  const schema = [namespace, ...[...Object.keys(fixed), ...any].sort()].join(',');
  const terms = Object.entries({ MetricName: name, ...fixed }).map(([key, value]) => `${key}="${value}"`);
  const found = `SEARCH('{${schema}} ${terms.join(' ')}', '${statistic}', ${periodSeconds})`;
  const divisor = divisors[unit];
  return divisor === undefined ? found : `${found} / ${divisor}`;
}

/** Names each line after the values that were found. */
export const searchLabel = ({ label, search }: Search): string =>
  [label, ...search.any.map((dimension) => `\${PROP('Dim.${dimension}')}`)].filter(Boolean).join(' ');

import type { ComponentChildren, VNode } from 'preact';
import type { BusinessView, ConsoleView } from '../view.ts';
import { bars, meter, sparkline } from './charts.tsx';
import { ago, capitalized, count, counted, money, percent } from './format.tsx';
import { button, nothing, section } from './sections.tsx';

/** What the company's owner asks about, computed from the records. */
export function businessSection({ business }: ConsoleView): VNode {
  return section(
    'business',
    'Business',
    { about: 'computed from the records', aside: button('Compute now', { action: 'report' }) },
    business.length === 0
      ? nothing('The figures are computed every few hours; there are none yet.')
      : business.map((figures) => accountFigures(figures, business.length > 1)),
  );
}

const accountFigures = (figures: BusinessView, hasMany: boolean): VNode => (
  <div class="account" key={figures.account}>
    {hasMany && <h3>{figures.account}</h3>}
    <div class="tiles">
      {occupancyTile(figures)}
      {collectedTile(figures)}
      {pastDueTile(figures)}
      {workOrdersTile(figures)}
      {leasesTile(figures)}
    </div>
    <p class="muted small">as of {ago(figures.at)}</p>
  </div>
);

const tile = (title: string, figure: string, ...rest: ComponentChildren[]): VNode => (
  <div class="tile" key={title}>
    <h3>{title}</h3>
    <p class="figure">{figure}</p>
    {rest}
  </div>
);

/** One day makes no trend. */
function trend(values: readonly (number | undefined)[], what: string): ComponentChildren {
  const known = values.filter((value) => value !== undefined);
  return known.length > 1 && sparkline(known, `${what} in the last ${known.length} days`);
}

function occupancyTile({ occupancy, history }: BusinessView): ComponentChildren {
  if (occupancy === undefined) return undefined;
  const { units, occupied, vacant, vacancyRate } = occupancy;
  return tile(
    'Vacancy',
    vacancyRate === undefined ? 'no units' : percent(vacancyRate),
    meter(units === 0 ? 0 : occupied / units, `${occupied} of ${units} units are let`, 'good'),
    <p class="muted">{`${count(occupied)} of ${counted(units, 'unit')} let, ${count(vacant)} vacant`}</p>,
    trend(
      history.map((day) => day.vacancyRate),
      'Vacancy',
    ),
  );
}

function collectedTile({ occupancy, collectedThisMonthCents }: BusinessView): ComponentChildren {
  if (collectedThisMonthCents === undefined) return undefined;
  const rentRollCents = occupancy?.rentRollCents ?? 0;
  const source = occupancy?.rentRollSource === 'recurringCharges' ? 'recurring charges' : 'the units’ rents';
  const share = rentRollCents > 0 ? collectedThisMonthCents / rentRollCents : 0;
  return tile(
    'Collected this month',
    money(collectedThisMonthCents),
    meter(share, `${Math.round(share * 100)} % of the rent roll`, 'good'),
    <p class="muted">{`rent roll ${money(rentRollCents)} a month, from ${source}`}</p>,
  );
}

function pastDueTile({ leases, history }: BusinessView): ComponentChildren {
  if (leases === undefined) return undefined;
  return tile(
    'Past due',
    money(leases.pastDueCents),
    <p class="muted">{`on ${counted(leases.pastDueLeases, 'lease')}`}</p>,
    trend(
      history.map((day) => day.pastDueCents),
      'Past due',
    ),
  );
}

function workOrdersTile({ openWorkOrders }: BusinessView): ComponentChildren {
  if (openWorkOrders === undefined) return undefined;
  const kinds: Readonly<Record<string, string>> = { high: 'bad', medium: 'warning', low: 'good' };
  return tile(
    'Open work orders',
    count(openWorkOrders.reduce((sum, each) => sum + each.count, 0)),
    bars(
      openWorkOrders.map(({ priority, count: some }) => ({
        label: capitalized(priority),
        value: some,
        text: count(some),
        kind: kinds[priority] ?? '',
      })),
    ),
  );
}

function leasesTile({ leases }: BusinessView): ComponentChildren {
  if (leases === undefined) return undefined;
  return tile(
    'Leases ending',
    count(leases.ending.at(-1)?.count ?? 0),
    bars(
      leases.ending.map(({ withinDays, count: some }) => ({
        label: `in ${withinDays} days`,
        value: some,
        text: count(some),
      })),
    ),
  );
}

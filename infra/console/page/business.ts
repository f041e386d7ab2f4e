import type { BusinessView, ConsoleView } from '../view.ts';
import { bars, meter, sparkline } from './charts.ts';
import { type Child, h } from './dom.ts';
import { ago, capitalized, count, counted, money, percent } from './format.ts';
import { button, nothing, section } from './sections.ts';

/** What the company's owner asks about, computed from the records. */
export function businessSection({ business }: ConsoleView): HTMLElement {
  return section(
    'business',
    'Business',
    { about: 'computed from the records', aside: button('Compute now', { action: 'report' }) },
    business.length === 0
      ? nothing('The figures are computed every few hours; there are none yet.')
      : business.map((figures) => accountFigures(figures, business.length > 1)),
  );
}

const accountFigures = (figures: BusinessView, hasMany: boolean): HTMLElement =>
  h(
    'div',
    { class: 'account', 'data-key': figures.account },
    hasMany && h('h3', {}, figures.account),
    h(
      'div',
      { class: 'tiles' },
      occupancyTile(figures),
      collectedTile(figures),
      pastDueTile(figures),
      workOrdersTile(figures),
      leasesTile(figures),
    ),
    h('p', { class: 'muted small' }, 'as of ', ago(figures.at)),
  );

const tile = (title: string, figure: string, ...rest: Child[]): HTMLElement =>
  h('div', { class: 'tile', 'data-key': title }, h('h3', {}, title), h('p', { class: 'figure' }, figure), rest);

/** One day makes no trend. */
function trend(values: readonly (number | undefined)[], what: string): Child {
  const known = values.filter((value) => value !== undefined);
  return known.length > 1 && sparkline(known, `${what} in the last ${known.length} days`);
}

function occupancyTile({ occupancy, history }: BusinessView): Child {
  if (occupancy === undefined) return undefined;
  const { units, occupied, vacant, vacancyRate } = occupancy;
  return tile(
    'Vacancy',
    vacancyRate === undefined ? 'no units' : percent(vacancyRate),
    meter(units === 0 ? 0 : occupied / units, `${occupied} of ${units} units are let`, 'good'),
    h('p', { class: 'muted' }, `${count(occupied)} of ${counted(units, 'unit')} let, ${count(vacant)} vacant`),
    trend(
      history.map((day) => day.vacancyRate),
      'Vacancy',
    ),
  );
}

function collectedTile({ occupancy, collectedThisMonthCents }: BusinessView): Child {
  if (collectedThisMonthCents === undefined) return undefined;
  const rentRollCents = occupancy?.rentRollCents ?? 0;
  const share = rentRollCents > 0 ? collectedThisMonthCents / rentRollCents : 0;
  return tile(
    'Collected this month',
    money(collectedThisMonthCents),
    meter(share, `${Math.round(share * 100)} % of the rent roll`, 'good'),
    h('p', { class: 'muted' }, `rent roll ${money(rentRollCents)} a month`),
  );
}

function pastDueTile({ leases, history }: BusinessView): Child {
  if (leases === undefined) return undefined;
  return tile(
    'Past due',
    money(leases.pastDueCents),
    h('p', { class: 'muted' }, `on ${counted(leases.pastDueLeases, 'lease')}`),
    trend(
      history.map((day) => day.pastDueCents),
      'Past due',
    ),
  );
}

function workOrdersTile({ openWorkOrders }: BusinessView): Child {
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

function leasesTile({ leases }: BusinessView): Child {
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

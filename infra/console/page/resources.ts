import { maxLagIntervals } from '../../../shared/health/thresholds.ts';
import type { AccountView, ConsoleView, ResourceView, RunView } from '../view.ts';
import { meter } from './charts.ts';
import { type Child, h } from './dom.ts';
import { ago, capitalized, count, words } from './format.ts';
import { syncButtons } from './header.ts';
import { badge, button, nothing, section, table, twoLines } from './sections.ts';

/** How fresh each account's copy is, resource by resource. */
export function resourcesSection({ accounts, runs }: ConsoleView): HTMLElement {
  return section(
    'resources',
    'Freshness',
    { about: 'age of what is stored, against the resource’s schedule' },
    accounts.length === 0 && nothing('No account is configured yet.'),
    ...accounts.map((account) => accountPart(account, runs)),
  );
}

function accountPart(account: AccountView, runs: readonly RunView[]): HTMLElement {
  const running = new Set(
    runs.filter((run) => run.account === account.name && run.status === 'running').map(({ resource }) => resource),
  );
  return h(
    'div',
    { class: 'account', 'data-key': account.name },
    h('div', { class: 'account-head' }, h('h3', {}, account.name), breakerBadge(account), syncButtons(account.name)),
    table<ResourceView>(
      `Resources of ${account.name}`,
      [
        { title: 'Resource', cell: (resource) => resourceCell(resource) },
        { title: 'Fresh', class: 'grow', cell: (resource) => freshnessCell(resource, running.has(resource.name)) },
        {
          title: '',
          class: 'end',
          cell: ({ name }) =>
            button(
              'Sync',
              { action: 'sync', account: account.name, resource: name, mode: 'incremental' },
              { label: `Sync ${words(name)} of ${account.name}` },
            ),
        },
      ],
      account.resources,
      ({ name }) => name,
    ),
  );
}

function breakerBadge({ breaker }: AccountView): HTMLElement {
  if (breaker.state === 'closed') return badge('good', 'Rentvine answers, breaker closed');
  const text = breaker.state === 'open' ? 'breaker open: calls are stopped' : 'breaker half-open: being tried';
  return h(
    'span',
    {},
    badge('bad', text),
    breaker.openSince !== undefined && h('span', { class: 'muted' }, ' since ', ago(breaker.openSince)),
  );
}

function resourceCell({ name, records, quarantined, hold }: ResourceView): Child {
  const stored = records === undefined ? 'counting…' : `${count(records)} records`;
  return twoLines(capitalized(words(name)), [
    h('span', { 'data-records': name }, stored),
    quarantined > 0 && [' · ', h('span', { class: 'warning-text' }, `${count(quarantined)} quarantined`)],
    hold !== undefined && [' · ', h('span', { class: 'warning-text' }, `${count(hold.missing)} deletions held`)],
  ]);
}

function freshnessCell(resource: ResourceView, isRunning: boolean): Child {
  const { freshAt, intervalMinutes, isScheduled, lag } = resource;
  const state = freshness(resource, isRunning);
  const every = isScheduled ? `every ${intervalMinutes} min` : 'not scheduled';
  return [
    h(
      'span',
      { class: 'line' },
      badge(state.kind, state.text),
      ' ',
      freshAt === undefined ? '' : ago(freshAt),
      h('span', { class: 'muted wide-only' }, ` · ${every}`),
    ),
    lag !== undefined && meter(lag / maxLagIntervals, `${lag} of ${maxLagIntervals} intervals behind`, state.kind),
  ];
}

function freshness(
  { freshAt, lag, isScheduled }: ResourceView,
  isRunning: boolean,
): { kind: 'good' | 'busy' | 'warning' | 'bad' | 'quiet'; text: string } {
  if (isRunning) return { kind: 'busy', text: 'syncing' };
  if (lag !== undefined && lag > maxLagIntervals) return { kind: 'bad', text: 'stale' };
  if (freshAt === undefined) return { kind: 'quiet', text: 'never read' };
  if (lag === undefined) return isScheduled ? { kind: 'warning', text: 'on hold' } : { kind: 'quiet', text: 'off' };
  return lag > 1.5 ? { kind: 'warning', text: 'late' } : { kind: 'good', text: 'fresh' };
}

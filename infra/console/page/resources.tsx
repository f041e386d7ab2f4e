import type { ComponentChildren, VNode } from 'preact';
import { maxLagIntervals } from '../../../shared/health/thresholds.ts';
import type { AccountView, ConsoleView, ResourceView, RunView } from '../view.ts';
import { meter } from './charts.tsx';
import { ago, capitalized, count, words } from './format.tsx';
import { syncButtons } from './header.tsx';
import { badge, button, nothing, section, table, twoLines } from './sections.tsx';

/** How fresh each account's copy is, resource by resource. */
export function resourcesSection({ accounts, runs }: ConsoleView): VNode {
  return section(
    'resources',
    'Freshness',
    { about: 'age of what is stored, against the resource’s schedule' },
    accounts.length === 0 && nothing('No account is configured yet.'),
    ...accounts.map((account) => accountPart(account, runs)),
  );
}

function accountPart(account: AccountView, runs: readonly RunView[]): VNode {
  const running = new Set(
    runs.filter((run) => run.account === account.name && run.status === 'running').map(({ resource }) => resource),
  );
  return (
    <div class="account" key={account.name}>
      <div class="account-head">
        <h3>{account.name}</h3>
        {breakerBadge(account)}
        {syncButtons(account.name)}
      </div>
      {table<ResourceView>(
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
      )}
    </div>
  );
}

function breakerBadge({ breaker }: AccountView): VNode {
  if (breaker.state === 'closed') return badge('good', 'Rentvine answers, breaker closed');
  const text = breaker.state === 'open' ? 'breaker open: calls are stopped' : 'breaker half-open: being tried';
  return (
    <span>
      {badge('bad', text)}
      {breaker.openSince !== undefined && <span class="muted"> since {ago(breaker.openSince)}</span>}
    </span>
  );
}

function resourceCell({ name, records, quarantined, hold }: ResourceView): ComponentChildren {
  const stored = records === undefined ? 'counting…' : `${count(records)} records`;
  return twoLines(capitalized(words(name)), [
    <span data-records={name}>{stored}</span>,
    quarantined > 0 && [' · ', <span class="warning-text">{`${count(quarantined)} quarantined`}</span>],
    hold !== undefined && [' · ', <span class="warning-text">{`${count(hold.missing)} deletions held`}</span>],
  ]);
}

function freshnessCell(resource: ResourceView, isRunning: boolean): ComponentChildren {
  const { freshAt, intervalMinutes, isScheduled, lag } = resource;
  const state = freshness(resource, isRunning);
  const every = isScheduled ? `every ${intervalMinutes} min` : 'not scheduled';
  return [
    <span class="line">
      {badge(state.kind, state.text)} {freshAt === undefined ? '' : ago(freshAt)}
      <span class="muted wide-only">{` · ${every}`}</span>
    </span>,
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

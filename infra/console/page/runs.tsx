import type { ComponentChildren, VNode } from 'preact';
import type { ConsoleView, RunView } from '../view.ts';
import { ago, capitalized, count, counted, duration, words } from './format.tsx';
import { badge, nothing, section, table, twoLines } from './sections.tsx';

const shownAtFirst = 12;

/** Sync runs, the newest first; the ones that had nothing to do are left to the logs. */
export function runsSection({ runs, accounts }: ConsoleView): VNode {
  const worth = runs.filter(({ status }) => status !== 'covered');
  const hasMany = accounts.length > 1;
  return section(
    'runs',
    'Sync runs',
    { about: 'newest first' },
    worth.length === 0 ? nothing('Nothing has run yet.') : runTable(worth.slice(0, shownAtFirst), hasMany, 'Sync runs'),
    worth.length > shownAtFirst && (
      <details key="earlier">
        <summary>{counted(worth.length - shownAtFirst, 'earlier run')}</summary>
        {runTable(worth.slice(shownAtFirst), hasMany, 'Earlier sync runs')}
      </details>
    ),
  );
}

const runTable = (runs: readonly RunView[], hasMany: boolean, caption: string): VNode =>
  table<RunView>(
    caption,
    [
      {
        title: 'Resource',
        class: 'grow',
        cell: (run) =>
          twoLines(
            [
              capitalized(words(run.resource)),
              <span class="muted">
                {` ${run.mode}`}
                {hasMany && `, ${run.account}`}
              </span>,
            ],
            outcome(run),
          ),
      },
      { title: 'Status', cell: statusBadge },
      {
        title: 'When',
        class: 'end',
        cell: (run) => twoLines(ago(run.finishedAt ?? run.startedAt), duration(run.workedMs)),
      },
    ],
    runs,
    ({ id }) => id,
  );

function outcome({ error, counts, status }: RunView): ComponentChildren {
  if (error !== undefined)
    return <span class={status === 'failed' ? 'problem' : ''}>{`${error.message} (${error.code})`}</span>;
  const { created, updated, deleted, quarantined, fetched, requests } = counts;
  const changes = [
    created > 0 && `${count(created)} created`,
    updated > 0 && `${count(updated)} updated`,
    deleted > 0 && `${count(deleted)} deleted`,
    quarantined > 0 && `${count(quarantined)} quarantined`,
  ].filter((text) => text !== false);
  const changed = changes.length > 0 ? changes.join(', ') : status === 'running' ? 'reading' : 'no change';
  return `${changed} · ${count(fetched)} read in ${counted(requests, 'request')}`;
}

function statusBadge({ status, pass, phase, resumesAt }: RunView): ComponentChildren {
  switch (status) {
    case 'succeeded':
      return badge('good', 'done');
    case 'running':
      return badge('busy', phase === 'verify' ? 'verifying' : pass > 1 ? `pass ${pass}` : 'running');
    case 'waiting':
      return twoLines(badge('warning', 'waiting'), resumesAt !== undefined && ago(resumesAt));
    case 'held':
      return badge('warning', 'held');
    case 'failed':
      return badge('bad', 'failed');
    case 'covered':
      return badge('quiet', 'covered');
  }
}

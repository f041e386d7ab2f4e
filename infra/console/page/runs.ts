import type { ConsoleView, RunView } from '../view.ts';
import { type Child, h } from './dom.ts';
import { ago, capitalized, count, counted, duration, words } from './format.ts';
import { badge, nothing, section, table, twoLines } from './sections.ts';

const shownAtFirst = 12;

/** Sync runs, the newest first; the ones that had nothing to do are left to the logs. */
export function runsSection({ runs, accounts }: ConsoleView): HTMLElement {
  const worth = runs.filter(({ status }) => status !== 'covered');
  const hasMany = accounts.length > 1;
  return section(
    'runs',
    'Sync runs',
    { about: 'newest first' },
    worth.length === 0 ? nothing('Nothing has run yet.') : runTable(worth.slice(0, shownAtFirst), hasMany, 'Sync runs'),
    worth.length > shownAtFirst &&
      h(
        'details',
        { 'data-key': 'earlier' },
        h('summary', {}, counted(worth.length - shownAtFirst, 'earlier run')),
        runTable(worth.slice(shownAtFirst), hasMany, 'Earlier sync runs'),
      ),
  );
}

const runTable = (runs: readonly RunView[], hasMany: boolean, caption: string): HTMLElement =>
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
              h('span', { class: 'muted' }, ` ${run.mode}`, hasMany && `, ${run.account}`),
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

function outcome({ error, counts, status }: RunView): Child {
  if (error !== undefined)
    return h('span', { class: status === 'failed' ? 'problem' : '' }, `${error.message} (${error.code})`);
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

function statusBadge({ status, pass, phase, resumesAt }: RunView): Child {
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

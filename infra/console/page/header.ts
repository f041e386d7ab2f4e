import type { ConsoleView } from '../view.ts';
import { h } from './dom.ts';
import { counted } from './format.ts';
import { badge, button } from './sections.ts';

export type Connection = 'connected' | 'lost' | 'waiting';

const connectionWords: Readonly<Record<Connection, string>> = {
  connected: 'live',
  lost: 'not connected',
  waiting: 'connecting',
};

/** The line at the top: how it all is in a few words, whether this page still hears of it, and what one can ask for. */
export function header(view: ConsoleView | undefined, connection: Connection): HTMLElement[] {
  return [
    h('div', { class: 'brand' }, h('h1', {}, 'Rentvine mirror'), h('span', { class: 'stage' }, view?.stage ?? '')),
    h('div', { class: 'verdict' }, view !== undefined && verdict(view)),
    h(
      'p',
      { class: `connection connection-${connection}`, role: 'status', 'data-connection': connection },
      h('span', { class: 'dot', 'aria-hidden': 'true' }),
      connectionWords[connection],
    ),
  ];
}

/** The worst thing that is the matter. */
function verdict(view: ConsoleView): HTMLElement {
  const ringing = view.alarms.filter(({ state }) => state === 'ALARM');
  if (ringing.length > 0) return badge('bad', `${counted(ringing.length, 'alarm')} ringing`);
  const tripped = view.accounts.filter(({ breaker }) => breaker.state !== 'closed').length;
  if (tripped > 0) return badge('bad', 'Rentvine is not answering');
  if (view.deadLetters.length > 0)
    return badge('warning', `${counted(view.deadLetters.length, 'dead letter')} waiting`);
  const resources = view.accounts.flatMap((account) => account.resources);
  if (resources.some(({ hold }) => hold !== undefined)) return badge('warning', 'a deletion is held');
  if (resources.length > 0 && resources.every(({ freshAt }) => freshAt === undefined))
    return badge('busy', 'first sync under way');
  return badge('good', 'all is well');
}

/** Buttons for all resources of an account at once. */
export const syncButtons = (account: string): HTMLElement =>
  h(
    'div',
    { class: 'buttons' },
    button('Sync all', { action: 'sync', account, mode: 'incremental' }, { label: `Sync all resources of ${account}` }),
    button(
      'Full sync',
      { action: 'sync', account, mode: 'full' },
      { label: `Full sync of all resources of ${account}` },
    ),
  );

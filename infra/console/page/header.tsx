import type { VNode } from 'preact';
import type { ConsoleView } from '../view.ts';
import { counted } from './format.tsx';
import { badge, button } from './sections.tsx';

export type Connection = 'connected' | 'lost' | 'waiting';

const connectionWords: Readonly<Record<Connection, string>> = {
  connected: 'live',
  lost: 'not connected',
  waiting: 'connecting',
};

/** The line at the top: how it all is in a few words, whether this page still hears of it, and what one can ask for. */
export function header(view: ConsoleView | undefined, connection: Connection): VNode[] {
  return [
    <div class="brand">
      <h1>Rentvine mirror</h1>
      <span class="stage">{view?.stage ?? ''}</span>
    </div>,
    <div class="verdict">{view !== undefined && verdict(view)}</div>,
    <p class={`connection connection-${connection}`} role="status" data-connection={connection}>
      <span class="dot" aria-hidden="true" />
      {connectionWords[connection]}
    </p>,
  ];
}

/** The worst thing that is the matter. */
function verdict(view: ConsoleView): VNode {
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
export const syncButtons = (account: string): VNode => (
  <div class="buttons">
    {button(
      'Sync all',
      { action: 'sync', account, mode: 'incremental' },
      { label: `Sync all resources of ${account}` },
    )}
    {button(
      'Full sync',
      { action: 'sync', account, mode: 'full' },
      { label: `Full sync of all resources of ${account}` },
    )}
  </div>
);

import { render, type VNode } from 'preact';
import type { ConsoleView } from '../view.ts';
import { listenToActions } from './actions.ts';
import { alarmsSection } from './alarms.tsx';
import { businessSection } from './business.tsx';
import { byId } from './by-id.ts';
import { flowPictures, healthWords } from './flow.tsx';
import { setClock } from './format.tsx';
import { type Connection, header } from './header.tsx';
import { resourcesSection } from './resources.tsx';
import { runsSection } from './runs.tsx';
import { section } from './sections.tsx';
import { eventsSection, webhooksSection } from './traffic.tsx';
import { waitingSection } from './waiting.tsx';

const everyMs = 1_000;
/** Nobody looks at a hidden page. */
const hiddenEveryMs = 15_000;
const patienceMs = 10_000;

let view: ConsoleView | undefined;
let etag = '';
let connection: Connection = 'waiting';
let ringingBefore = '';
let timer = 0;
/** Questions asked, and the latest of them whose answer is shown: a button's may overtake the clock's. */
let asked = 0;
let answered = 0;

function show(): void {
  render(header(view, connection), byId('header', HTMLElement));
  document.body.classList.toggle('is-lost', connection === 'lost');
  const main = byId('main', HTMLElement);
  if (view === undefined) {
    render(<p class="waiting">Asking the platform…</p>, main);
    return;
  }
  const focused = document.activeElement;
  const sections = [
    alarmsSection(view),
    section('flow', 'Flow', { aside: legend() }, ...flowPictures(view.flow)),
    waitingSection(view),
    <div class="columns-2" key="syncs">
      {resourcesSection(view)}
      {runsSection(view)}
    </div>,
    businessSection(view),
    <div class="columns-2" key="traffic">
      {webhooksSection(view)}
      {eventsSection(view)}
    </div>,
  ];
  render(sections, main);
  if (focused?.isConnected === false) focusWhatIsNext();
  announce(view);
}

/** Whose button has gone with what it was for goes on with the next one, and does not start over at the top. */
function focusWhatIsNext(): void {
  const next = document.querySelector('[data-action="redrive"]') ?? document.querySelector('#waiting-title');
  if (next instanceof HTMLElement) next.focus();
}

const legend = (): VNode => (
  <ul class="legend" aria-hidden="true">
    {(['good', 'busy', 'warning', 'bad'] as const).map((health) => (
      <li>
        <span class={`swatch ${health}`} />
        {healthWords[health]}
      </li>
    ))}
  </ul>
);

/** Says aloud which alarms ring when that changes, and only then. */
function announce({ alarms }: ConsoleView): void {
  const ringing = alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  const key = ringing.join();
  if (key === ringingBefore) return;
  ringingBefore = key;
  byId('announcements', HTMLElement).textContent =
    ringing.length === 0 ? 'No alarm is ringing any more.' : `Ringing: ${ringing.join(', ')}.`;
  document.title = ringing.length === 0 ? 'Rentvine mirror' : `(${ringing.length}) ${ringing[0]} · Rentvine mirror`;
}

/** Asks for the view; an unchanged one is not sent again. */
async function refresh(): Promise<void> {
  asked += 1;
  const question = asked;
  try {
    const response = await fetch('/console/state', {
      headers: { 'if-none-match': etag },
      cache: 'no-store',
      signal: AbortSignal.timeout(patienceMs),
    });
    if (!response.ok && response.status !== 304) throw new Error(`The platform answered ${response.status}.`);
    setClock(response.headers.get('x-now'));
    // Read in any case: the browser would give an unread answer up and call it aborted.
    const text = await response.text();
    if (question < answered) return;
    answered = question;
    connection = 'connected';
    if (response.status === 200) {
      view = JSON.parse(text) as ConsoleView;
      etag = response.headers.get('etag') ?? '';
    }
  } catch {
    // Whatever it was: it is tried again, and the page says so until it works.
    connection = 'lost';
  }
  // Unchanged or not: ages grow.
  show();
}

async function keepRefreshing(): Promise<void> {
  clearTimeout(timer);
  await refresh();
  clearTimeout(timer);
  timer = window.setTimeout(keepRefreshing, document.hidden ? hiddenEveryMs : everyMs);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void keepRefreshing();
});
listenToActions(refresh);
show();
void keepRefreshing();

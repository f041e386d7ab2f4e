import { byId } from './by-id.ts';

const toastMs = 6_000;
let toastTimer = 0;

/** Has the page's buttons do what they say; one listener for all, for buttons come and go. */
export function listenToActions(refresh: () => Promise<void>): void {
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const link = event.target.closest('.article a');
    if (link instanceof HTMLAnchorElement) return follow(link, event);
    const pressed = event.target.closest('[data-action]');
    if (pressed instanceof HTMLElement) void press(pressed, refresh);
    else if (event.target instanceof HTMLDialogElement) event.target.close();
  });
  byId('discard-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void discard(refresh);
  });
}

async function press(pressed: HTMLElement, refresh: () => Promise<void>): Promise<void> {
  const { action, id, name, account, resource, mode } = pressed.dataset;
  switch (action) {
    case 'runbook':
      return showRunbook(name ?? '');
    case 'discard':
      return askForReason(id ?? '', pressed.dataset.about ?? '');
    case 'close-dialog':
      return pressed.closest('dialog')?.close();
    case 'redrive':
      return ask({ kind: 'redrive', id }, pressed, refresh);
    case 'sync':
      return ask({ kind: 'sync', account, resource, mode }, pressed, refresh);
    case 'report':
      return ask({ kind: 'report' }, pressed, refresh);
  }
}

/** Asks the platform to do something, tells what became of it, and shows the result at once. */
async function ask(action: object, pressed: HTMLElement, refresh: () => Promise<void>): Promise<void> {
  if (pressed.getAttribute('aria-busy') === 'true') return;
  pressed.setAttribute('aria-busy', 'true');
  const { ok, message } = await send(action);
  pressed.removeAttribute('aria-busy');
  toast(message, ok);
  await refresh();
}

async function send(action: object): Promise<{ ok: boolean; message: string }> {
  try {
    const response = await fetch('/console/actions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action),
    });
    const { message = `The platform answered ${response.status}.` } = (await response.json()) as { message?: string };
    return { ok: response.ok, message };
  } catch {
    return { ok: false, message: 'Not connected: nothing was done.' };
  }
}

function toast(message: string, ok: boolean): void {
  const output = byId('toast', HTMLOutputElement);
  output.textContent = message;
  output.className = ok ? 'toast is-shown' : 'toast is-shown is-problem';
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => output.classList.remove('is-shown'), toastMs);
}

let discarding = '';

function askForReason(id: string, about: string): void {
  discarding = id;
  byId('discard-about', HTMLElement).textContent = about;
  byId('discard-problem', HTMLElement).textContent = '';
  byId('discard-reason', HTMLTextAreaElement).value = '';
  byId('discard', HTMLDialogElement).showModal();
  byId('discard-reason', HTMLTextAreaElement).focus();
}

async function discard(refresh: () => Promise<void>): Promise<void> {
  const reason = byId('discard-reason', HTMLTextAreaElement).value.trim();
  const problem = byId('discard-problem', HTMLElement);
  if (reason === '') {
    problem.textContent = 'Say why nobody needs it any more.';
    return;
  }
  const { ok, message } = await send({ kind: 'discard', id: discarding, reason });
  if (!ok) {
    problem.textContent = message;
    return;
  }
  byId('discard', HTMLDialogElement).close();
  toast(message, true);
  await refresh();
}

async function showRunbook(name: string): Promise<void> {
  const dialog = byId('runbook', HTMLDialogElement);
  const text = byId('runbook-text', HTMLElement);
  byId('runbook-title', HTMLElement).textContent = name;
  say(text, 'muted', 'Fetching the article…');
  if (!dialog.open) dialog.showModal();
  try {
    const response = await fetch(`/console/runbooks/${encodeURIComponent(name)}`);
    if (!response.ok) throw new Error();
    text.innerHTML = await response.text();
    // Most articles begin with their name, which the panel says already.
    if (text.firstElementChild?.textContent === name) text.firstElementChild.remove();
    for (const wide of text.querySelectorAll<HTMLElement>('pre, table')) wide.tabIndex = 0;
    text.scrollTop = 0;
  } catch {
    say(text, 'problem', `There is no article ${name}, or the platform is not connected.`);
  }
}

/** Other articles open in the same panel, the web in a new tab. */
function follow(link: HTMLAnchorElement, event: MouseEvent): void {
  const [, article] = /^(?:\.\/)?([a-z0-9-]+)\.md(?:#.*)?$/.exec(link.getAttribute('href') ?? '') ?? [];
  event.preventDefault();
  if (article !== undefined) void showRunbook(article);
  else if (/^https?:$/.test(link.protocol)) window.open(link.href, '_blank', 'noreferrer');
}

function say(target: HTMLElement, kind: 'muted' | 'problem', words: string): void {
  const paragraph = document.createElement('p');
  paragraph.className = kind;
  paragraph.textContent = words;
  target.replaceChildren(paragraph);
}

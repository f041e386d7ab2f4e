import type { ConsoleView, DeadLetterView, QuarantinedView } from '../view.ts';
import { type Child, h } from './dom.ts';
import { ago, capitalized, count, counted, words } from './format.ts';
import { badge, button, nothing, section } from './sections.ts';

/** What waits for a person: dead letters, held deletions, quarantined rows. */
export function waitingSection(view: ConsoleView): HTMLElement {
  const holds = view.accounts.flatMap(({ name: account, resources }) =>
    resources.flatMap(({ name, hold }) => (hold === undefined ? [] : [{ account, resource: name, hold }])),
  );
  const isNothing = view.deadLetters.length + holds.length + view.quarantined.length === 0;
  return section(
    'waiting',
    'Waiting for you',
    {},
    isNothing && nothing('Nothing: no dead letters, no held deletions, no quarantined rows.'),
    view.deadLetters.length > 0 && [
      h('h3', { id: 'dead-letters-title', tabindex: -1 }, counted(view.deadLetters.length, 'dead letter')),
      h('ul', { class: 'letters', 'data-key': 'letters' }, ...view.deadLetters.map(letterItem)),
    ],
    holds.length > 0 && [
      h('h3', {}, counted(holds.length, 'held deletion')),
      h(
        'ul',
        { class: 'letters', 'data-key': 'holds' },
        ...holds.map(({ account, resource, hold }) =>
          h(
            'li',
            { 'data-key': `${account}${resource}` },
            h(
              'div',
              { class: 'letter-text' },
              h(
                'p',
                {},
                h('strong', {}, `${count(hold.missing)} of ${count(hold.known)} ${words(resource)}`),
                ' of ',
                account,
                ' are no longer in Rentvine’s list, held ',
                ago(hold.heldAt),
                '.',
              ),
              h(
                'p',
                { class: 'muted' },
                `At most ${count(hold.limit)} are marked deleted without your word. Look into Rentvine; if it is right: `,
                h('code', {}, `npm run ops -- sync approve --resource ${resource} --yes`),
              ),
            ),
          ),
        ),
      ),
    ],
    view.quarantined.length > 0 &&
      h(
        'details',
        { 'data-key': 'quarantined' },
        h('summary', {}, counted(view.quarantined.length, 'quarantined row')),
        h('ul', { class: 'plain' }, ...view.quarantined.map(quarantinedItem)),
      ),
  );
}

function letterItem(letter: DeadLetterView): HTMLElement {
  const { id, source, account, resource, code, message, keptAt, receiveCount, redrives, status } = letter;
  const about = [resource === undefined ? undefined : words(resource), account].filter((text) => text !== undefined);
  const name = `the dead letter of ${source} from ${account ?? 'no account'}, ${code}`;
  return h(
    'li',
    { 'data-key': id, 'data-letter': id },
    h(
      'div',
      { class: 'letter-text' },
      h(
        'p',
        {},
        badge('bad', code),
        ' ',
        status === 'redriving' && [badge('busy', 'being redriven'), ' '],
        h('strong', {}, source),
        about.length > 0 && ` · ${about.join(' of ')}`,
        h('span', { class: 'muted' }, ' · ', ago(keptAt)),
      ),
      h('p', { class: 'message' }, message),
      h(
        'p',
        { class: 'muted small' },
        `tried ${counted(receiveCount, 'time')}${redrives > 0 ? `, redriven ${counted(redrives, 'time')}` : ''} · ${id}`,
      ),
    ),
    h(
      'div',
      { class: 'buttons' },
      button('Redrive', { action: 'redrive', id }, { label: `Redrive ${name}`, kind: 'primary' }),
      button('Discard…', { action: 'discard', id, about: `${source} · ${code}` }, { label: `Discard ${name}` }),
    ),
  );
}

const quarantinedItem = ({ account, resource, id, reason, seenAt }: QuarantinedView): HTMLElement =>
  h(
    'li',
    { 'data-key': `${account}${resource}${id}` },
    h('strong', {}, `${capitalized(words(resource))} ${id}`),
    h('span', { class: 'muted' }, ` of ${account}, `, ago(seenAt), ': '),
    reason as Child,
  );

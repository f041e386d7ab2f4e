import type { ConsoleView, EventView } from '../view.ts';
import { columns } from './charts.ts';
import { h } from './dom.ts';
import { ago, capitalized, count, duration, words } from './format.ts';
import { nothing, section } from './sections.ts';

const answerKinds: Readonly<Record<string, string>> = { queued: 'good', duplicate: 'busy', unauthorized: 'bad' };
const answerWords: Readonly<Record<string, string>> = {
  queued: 'queued',
  duplicate: 'repeated',
  unauthorized: 'refused: signature',
  malformed: 'refused: shape',
  tooLarge: 'refused: size',
  unsupported: 'refused: type',
  limited: 'too many',
  unavailable: 'asked to repeat',
};

/** What arrived by webhook in the last half hour, and how fast it became a record. */
export function webhooksSection({ webhooks }: ConsoleView): HTMLElement {
  const answers = webhooks.answers.map(({ answer, perMinute }) => ({
    answer,
    kind: answerKinds[answer] ?? 'warning',
    values: perMinute,
    total: perMinute.reduce((sum, value) => sum + value, 0),
  }));
  const total = answers.reduce((sum, answer) => sum + answer.total, 0);
  const delays = webhooks.slowestMs.filter((value) => value !== null);
  const typical = [...delays].sort((a, b) => a - b)[Math.floor(delays.length / 2)];
  return section(
    'webhooks',
    'Webhooks',
    { about: 'the last 30 minutes' },
    total === 0
      ? nothing('None arrived.')
      : [
          columns(
            answers.map(({ answer, kind, values }) => ({ name: answer, kind, values })),
            `${count(total)} webhooks in 30 minutes`,
          ),
          h(
            'ul',
            { class: 'legend' },
            ...answers.map(({ answer, kind, total: some }) =>
              h(
                'li',
                { 'data-key': answer },
                h('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }),
                `${count(some)} ${answerWords[answer] ?? answer}`,
              ),
            ),
          ),
        ],
    typical !== undefined && [
      h('h3', {}, 'From arrival to stored record'),
      columns(
        [{ name: 'slowest', kind: 'busy', values: webhooks.slowestMs.map((value) => value ?? 0) }],
        'Slowest delay of each minute',
      ),
      h(
        'p',
        { class: 'muted small' },
        `The slowest of each minute: usually ${duration(typical)}, at most ${duration(Math.max(...delays))}.`,
      ),
    ],
  );
}

const changeWords: Readonly<Record<string, string>> = { created: 'created', updated: 'changed', deleted: 'deleted' };

/** What was told to other programs just now. */
export function eventsSection({ events, flow }: ConsoleView): HTMLElement {
  return section(
    'events',
    'Change events',
    { about: `${count(flow.bus.value)} published since the start` },
    events.length === 0
      ? nothing('None yet.')
      : h('ol', { class: 'plain events' }, ...events.slice(0, shownEvents).map(eventItem)),
  );
}

const shownEvents = 8;

function eventItem({ type, id, account, at, fields }: EventView): HTMLElement {
  const [, resource = '', change = ''] = type.split('.');
  return h(
    'li',
    { 'data-key': `${account}${type}${id}${at}` },
    h('span', {}, `${capitalized(words(resource))} ${id} `, h('strong', {}, changeWords[change] ?? change)),
    fields.length > 0 && h('span', { class: 'muted fields' }, fields.map(words).join(', ')),
    h('span', { class: 'muted when' }, ago(at)),
  );
}

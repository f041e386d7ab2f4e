import type { VNode } from 'preact';
import type { ConsoleView, EventView } from '../view.ts';
import { columns } from './charts.tsx';
import { ago, capitalized, count, duration, words } from './format.tsx';
import { nothing, section } from './sections.tsx';

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
export function webhooksSection({ webhooks }: ConsoleView): VNode {
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
          <ul class="legend">
            {answers.map(({ answer, kind, total: some }) => (
              <li key={answer}>
                <span class={`swatch ${kind}`} aria-hidden="true" />
                {`${count(some)} ${answerWords[answer] ?? answer}`}
              </li>
            ))}
          </ul>,
        ],
    typical !== undefined && [
      <h3>From arrival to stored record</h3>,
      columns(
        [{ name: 'slowest', kind: 'busy', values: webhooks.slowestMs.map((value) => value ?? 0) }],
        'Slowest delay of each minute',
      ),
      <p class="muted small">{`The slowest of each minute: usually ${duration(typical)}, at most ${duration(Math.max(...delays))}.`}</p>,
    ],
  );
}

const changeWords: Readonly<Record<string, string>> = { created: 'created', updated: 'changed', deleted: 'deleted' };

/** What was told to other programs just now. */
export function eventsSection({ events, flow }: ConsoleView): VNode {
  return section(
    'events',
    'Change events',
    { about: `${count(flow.bus.value)} published since the start` },
    events.length === 0 ? (
      nothing('None yet.')
    ) : (
      <ol class="plain events">{events.slice(0, shownEvents).map(eventItem)}</ol>
    ),
  );
}

const shownEvents = 8;

function eventItem({ type, id, account, at, fields }: EventView): VNode {
  const [, resource = '', change = ''] = type.split('.');
  return (
    <li key={`${account}${type}${id}${at}`}>
      <span>
        {`${capitalized(words(resource))} ${id} `}
        <strong>{changeWords[change] ?? change}</strong>
      </span>
      {fields.length > 0 && <span class="muted fields">{fields.map(words).join(', ')}</span>}
      <span class="muted when">{ago(at)}</span>
    </li>
  );
}

import type { ComponentChildren, VNode } from 'preact';
import type { ConsoleView, DeadLetterView, QuarantinedView } from '../view.ts';
import { ago, capitalized, count, counted, words } from './format.tsx';
import { badge, button, nothing, section } from './sections.tsx';

/** What waits for a person: dead letters, held deletions, quarantined rows. */
export function waitingSection(view: ConsoleView): VNode {
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
      <h3 id="dead-letters-title" tabindex={-1}>
        {counted(view.deadLetters.length, 'dead letter')}
      </h3>,
      <ul class="letters" key="letters">
        {view.deadLetters.map(letterItem)}
      </ul>,
    ],
    holds.length > 0 && [
      <h3>{counted(holds.length, 'held deletion')}</h3>,
      <ul class="letters" key="holds">
        {holds.map(({ account, resource, hold }) => (
          <li key={`${account}${resource}`}>
            <div class="letter-text">
              <p>
                <strong>{`${count(hold.missing)} of ${count(hold.known)} ${words(resource)}`}</strong> of {account} are
                no longer in Rentvine’s list, held {ago(hold.heldAt)}.
              </p>
              <p class="muted">
                {`At most ${count(hold.limit)} are marked deleted without your word. Look into Rentvine; if it is right: `}
                <code>{`npm run ops -- sync approve --resource ${resource} --yes`}</code>
              </p>
            </div>
          </li>
        ))}
      </ul>,
    ],
    view.quarantined.length > 0 && (
      <details key="quarantined">
        <summary>{counted(view.quarantined.length, 'quarantined row')}</summary>
        <ul class="plain">{view.quarantined.map(quarantinedItem)}</ul>
      </details>
    ),
  );
}

function letterItem(letter: DeadLetterView): VNode {
  const { id, source, account, resource, code, message, keptAt, receiveCount, redrives, status } = letter;
  const about = [resource === undefined ? undefined : words(resource), account].filter((text) => text !== undefined);
  const name = `the dead letter of ${source} from ${account ?? 'no account'}, ${code}`;
  return (
    <li key={id} data-letter={id}>
      <div class="letter-text">
        <p>
          {badge('bad', code)} {status === 'redriving' && [badge('busy', 'being redriven'), ' ']}
          <strong>{source}</strong>
          {about.length > 0 && ` · ${about.join(' of ')}`}
          <span class="muted"> · {ago(keptAt)}</span>
        </p>
        <p class="message">{message}</p>
        <p class="muted small">{`tried ${counted(receiveCount, 'time')}${redrives > 0 ? `, redriven ${counted(redrives, 'time')}` : ''} · ${id}`}</p>
      </div>
      <div class="buttons">
        {button('Redrive', { action: 'redrive', id }, { label: `Redrive ${name}`, kind: 'primary' })}
        {button('Discard…', { action: 'discard', id, about: `${source} · ${code}` }, { label: `Discard ${name}` })}
      </div>
    </li>
  );
}

const quarantinedItem = ({ account, resource, id, reason, seenAt }: QuarantinedView): VNode => (
  <li key={`${account}${resource}${id}`}>
    <strong>{`${capitalized(words(resource))} ${id}`}</strong>
    <span class="muted">
      {` of ${account}, `}
      {ago(seenAt)}:{' '}
    </span>
    {reason as ComponentChildren}
  </li>
);

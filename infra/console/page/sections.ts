import { type Child, h } from './dom.ts';

/** One part of the page: a card with a heading that can take the focus when a button in it has gone. */
export function section(
  id: string,
  title: string,
  { aside, about }: { readonly aside?: Child; readonly about?: string } = {},
  ...children: Child[]
): HTMLElement {
  return h(
    'section',
    { class: 'card', id, 'aria-labelledby': `${id}-title`, 'data-key': id },
    h(
      'div',
      { class: 'card-head' },
      h('h2', { id: `${id}-title`, tabindex: -1 }, title),
      about !== undefined && h('p', { class: 'muted about' }, about),
      aside !== undefined && h('div', { class: 'card-aside' }, aside),
    ),
    ...children,
  );
}

export const nothing = (text: string): HTMLElement => h('p', { class: 'nothing' }, text);

/** A word with a colour and a mark, so that nobody needs the colour. */
export const badge = (kind: 'good' | 'busy' | 'warning' | 'bad' | 'quiet', text: string): HTMLElement =>
  h('span', { class: `badge badge-${kind}` }, text);

export interface Column<T> {
  readonly title: string;
  readonly class?: string;
  readonly cell: (row: T) => Child;
}

export function table<T>(
  caption: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
  keyOf: (row: T) => string,
): HTMLElement {
  return h(
    'table',
    {},
    h('caption', { class: 'unseen' }, caption),
    h(
      'thead',
      {},
      h('tr', {}, ...columns.map((column) => h('th', { scope: 'col', class: column.class }, column.title))),
    ),
    h(
      'tbody',
      {},
      ...rows.map((row) =>
        h(
          'tr',
          { 'data-key': keyOf(row) },
          ...columns.map((column, index) =>
            h(
              index === 0 ? 'th' : 'td',
              { class: column.class, ...(index === 0 && { scope: 'row' }) },
              column.cell(row),
            ),
          ),
        ),
      ),
    ),
  );
}

/** A main line with a smaller one below. */
export const twoLines = (main: Child, below: Child): Child[] => [
  h('span', { class: 'line' }, main),
  h('span', { class: 'line below' }, below),
];

export const button = (
  text: string,
  data: Readonly<Record<string, string>>,
  { label, kind = '' }: { label?: string; kind?: '' | 'danger' | 'primary' } = {},
): HTMLElement =>
  h(
    'button',
    {
      class: `button ${kind}`.trim(),
      type: 'button',
      'aria-label': label,
      ...Object.fromEntries(Object.entries(data).map(([name, value]) => [`data-${name}`, value])),
    },
    text,
  );

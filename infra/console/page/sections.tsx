import type { ComponentChildren, VNode } from 'preact';

/** One part of the page: a card with a heading that can take the focus when a button in it has gone. */
export function section(
  id: string,
  title: string,
  { aside, about }: { readonly aside?: ComponentChildren; readonly about?: string } = {},
  ...children: ComponentChildren[]
): VNode {
  return (
    <section class="card" id={id} aria-labelledby={`${id}-title`} key={id}>
      <div class="card-head">
        <h2 id={`${id}-title`} tabindex={-1}>
          {title}
        </h2>
        {about !== undefined && <p class="muted about">{about}</p>}
        {aside !== undefined && <div class="card-aside">{aside}</div>}
      </div>
      {children}
    </section>
  );
}

export const nothing = (text: string): VNode => <p class="nothing">{text}</p>;

/** A word with a colour and a mark, so that nobody needs the colour. */
export const badge = (kind: 'good' | 'busy' | 'warning' | 'bad' | 'quiet', text: string): VNode => (
  <span class={`badge badge-${kind}`}>{text}</span>
);

export interface Column<T> {
  readonly title: string;
  readonly class?: string;
  readonly cell: (row: T) => ComponentChildren;
}

export function table<T>(
  caption: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
  keyOf: (row: T) => string,
): VNode {
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col" class={column.class}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column, index) =>
              index === 0 ? (
                <th scope="row" class={column.class}>
                  {column.cell(row)}
                </th>
              ) : (
                <td class={column.class}>{column.cell(row)}</td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A main line with a smaller one below. */
export const twoLines = (main: ComponentChildren, below: ComponentChildren): ComponentChildren[] => [
  <span class="line">{main}</span>,
  <span class="line below">{below}</span>,
];

export const button = (
  text: string,
  data: Readonly<Record<string, string>>,
  { label, kind = '' }: { label?: string; kind?: '' | 'danger' | 'primary' } = {},
): VNode => (
  <button
    class={`button ${kind}`.trim()}
    type="button"
    aria-label={label}
    {...Object.fromEntries(Object.entries(data).map(([name, value]) => [`data-${name}`, value]))}
  >
    {text}
  </button>
);

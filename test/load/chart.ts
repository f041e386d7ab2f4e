export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Chart {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly series: readonly Series[];
  /** Horizontal line: the number to hold. */
  readonly limit?: { readonly y: number; readonly name: string };
  /** Vertical line: where something begins. */
  readonly mark?: { readonly x: number; readonly name: string };
  /** What to write at places on the x axis; round numbers by default. */
  readonly ticks?: readonly { readonly x: number; readonly text: string }[];
}

const width = 860;
const height = 320;
const margin = { left: 64, right: 20, top: 44, bottom: 48 };

/** A line chart as SVG, with the y axis from 0. */
export function chart({ title, xTitle, yTitle, series, limit, mark, ticks }: Chart): string {
  const points = series.flatMap((each) => each.points);
  const xTicks = ticks ?? roundTicks(Math.max(...points.map(({ x }) => x), 1)).map((x) => ({ x, text: String(x) }));
  const yTicks = roundTicks(Math.max(...points.map(({ y }) => y), (limit?.y ?? 0) * 1.05, 1));
  const mostX = Math.max(...points.map(({ x }) => x), ...xTicks.map(({ x }) => x));
  const mostY = Math.max(...yTicks);
  const bottom = height - margin.bottom;
  const right = width - margin.right;
  const x = (value: number) => round(margin.left + (value / mostX) * (right - margin.left));
  const y = (value: number) => round(bottom - (value / mostY) * (bottom - margin.top));
  const text = (at: number, down: number, content: string, more = '') =>
    `<text x="${at}" y="${down}" ${more}>${escapeText(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">`,
    text(margin.left, 20, title, 'class="title"'),
    ...yTicks.map(
      (tick) =>
        `<line class="grid" x1="${margin.left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}"/>` +
        text(margin.left - 8, y(tick) + 4, tick.toLocaleString('en-US'), 'text-anchor="end"'),
    ),
    ...xTicks.map((tick) => text(x(tick.x), bottom + 18, tick.text, 'text-anchor="middle"')),
    text((margin.left + right) / 2, height - 8, xTitle, 'text-anchor="middle"'),
    text(margin.left, 38, yTitle, 'class="unit"'),
    ...(mark === undefined
      ? []
      : [
          `<line class="mark" x1="${x(mark.x)}" x2="${x(mark.x)}" y1="${margin.top}" y2="${bottom}"/>`,
          text(x(mark.x) + 5, bottom - 6, mark.name),
        ]),
    ...(limit === undefined
      ? []
      : [
          `<line class="limit" x1="${margin.left}" x2="${right}" y1="${y(limit.y)}" y2="${y(limit.y)}"/>`,
          text(right - 4, y(limit.y) - 5, limit.name, 'text-anchor="end" class="limit"'),
        ]),
    ...series.map(({ colour, points: line }) => {
      const path = line.map((point) => `${x(point.x)},${y(point.y)}`).join(' ');
      return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.8"/>`;
    }),
    ...series.map(({ name, colour }, index) =>
      text(right - 110 * (series.length - index - 1), 20, `― ${name}`, `text-anchor="end" style="fill:${colour}"`),
    ),
    '</svg>',
  ].join('\n');
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** From 0 to at least `most`, in four to ten steps of 1, 2 or 5 times a power of ten. */
function roundTicks(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [0.1, 0.2, 0.5, 1].map((factor) => factor * power).find((each) => most / each <= 8) ?? power;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text for HTML and SVG, attributes included. */
export const escapeText = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? '');

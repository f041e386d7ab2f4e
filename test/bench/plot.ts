/** One curve; both axes are logarithmic, so values are above 0. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
}

const colours = ['#1f6feb', '#d1570a', '#1a7f37', '#8250df'];
const width = 420;
const height = 280;
const margin = { left: 64, right: 16, top: 36, bottom: 56 };

/** Panels side by side as an SVG image, readable on a light and on a dark page. */
export function plot(panels: readonly Panel[], xTitle: string): string {
  const drawn = panels.map((panel, index) => `<g transform="translate(${index * width} 0)">${draw(panel, xTitle)}</g>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${panels.length * width} ${height}" font-family="sans-serif" font-size="11">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function draw({ title, curves }: Panel, xTitle: string): string {
  const all = curves.flatMap(({ points }) => points);
  const x = scale(
    all.map((point) => point.x),
    margin.left,
    width - margin.right,
  );
  const y = scale(
    all.map((point) => point.y),
    height - margin.bottom,
    margin.top,
  );
  const bottom = height - margin.bottom;
  const grid = [
    ...x.ticks.map(
      (tick) =>
        `<line x1="${x.at(tick)}" x2="${x.at(tick)}" y1="${margin.top}" y2="${bottom}" stroke="#d8dee4"/>` +
        `<text x="${x.at(tick)}" y="${bottom + 14}" text-anchor="middle" fill="#57606a">${label(tick)}</text>`,
    ),
    ...y.ticks.map(
      (tick) =>
        `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y.at(tick)}" y2="${y.at(tick)}" stroke="#d8dee4"/>` +
        `<text x="${margin.left - 6}" y="${y.at(tick) + 4}" text-anchor="end" fill="#57606a">${label(tick)}</text>`,
    ),
  ];
  const lines = curves.map(({ name, points }, index) => {
    const colour = colours[index % colours.length];
    const path = points.map((point) => `${x.at(point.x)},${y.at(point.y)}`).join(' ');
    const dots = points.map((point) => `<circle cx="${x.at(point.x)}" cy="${y.at(point.y)}" r="3" fill="${colour}"/>`);
    const legend = `<text x="${margin.left + 8}" y="${margin.top + 14 + index * 14}" fill="${colour}">${name}</text>`;
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${legend}`;
  });
  return [
    `<text x="${margin.left}" y="20" font-size="13" fill="#1f2328">${title}</text>`,
    ...grid,
    ...lines,
    `<text x="${(margin.left + width) / 2}" y="${height - 16}" text-anchor="middle" fill="#57606a">${xTitle}</text>`,
  ].join('\n');
}

/** From the power of ten below the values to the one above them. */
function scale(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const at = (value: number): number =>
    Math.round((from + ((Math.log10(value) - low) / (high - low)) * (to - from)) * 10) / 10;
  return { at, ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)) };
}

const label = (value: number): string =>
  value >= 1_000_000
    ? `${value / 1_000_000}M`
    : value >= 1000
      ? `${value / 1000}k`
      : String(Number(value.toPrecision(2)));

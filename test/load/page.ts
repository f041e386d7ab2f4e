import type { Row } from '../bench/report.ts';
import { chart, escapeText, type Series } from './chart.ts';
import { percentile, spreadOf } from './percentiles.ts';
import type { Sample } from './processes/protocol.ts';
import { atFullRate, type Measured, type Plan } from './verdicts.ts';

const colours = {
  p50: '#1a7f37',
  p95: '#bc6c00',
  p99: '#cf222e',
  max: '#8250df',
  sent: '#57606a',
  answered: '#0969da',
};
const style = `
  :root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --page: #fff; --missed: #cf222e; --held: #1a7f37; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --page: #0d1117; --missed: #ff7b72; --held: #56d364; } }
  body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 920px; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; font-size: 14px; }
  th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
  svg { width: 100%; height: auto; margin: 1rem 0; font: 12px system-ui, sans-serif; }
  svg text { fill: var(--soft); } svg .title { fill: var(--ink); font-size: 15px; font-weight: 600; }
  svg .grid { stroke: var(--line); } svg line.limit { stroke: var(--missed); stroke-dasharray: 6 4; }
  svg text.limit { fill: var(--missed); } svg .mark { stroke: var(--soft); stroke-dasharray: 2 4; }
  .held { color: var(--held); } .missed { color: var(--missed); font-weight: 600; } p { color: var(--soft); }`;

/** The report as one HTML file that loads nothing. */
export function page(
  measured: Measured,
  plan: Plan,
  rows: readonly Row[],
  conditions: string,
  notes: readonly string[],
) {
  const { load, endToEnd } = measured;
  const mark = { x: plan.rampUpSeconds, name: 'full rate' };
  const charts = [
    chart({
      title: 'Latency over time',
      xTitle: 'seconds since the load began',
      yTitle: 'ms, by the second in which requests were due',
      series: latencyOverTime(load.samples),
      limit: { y: 200, name: 'p95 to hold: 200 ms' },
      mark,
    }),
    chart({
      title: 'Percentiles at the full rate',
      xTitle: '% of the requests',
      yTitle: 'ms, at most',
      series: [{ name: 'answered', colour: colours.answered, points: percentileCurve(atFullRate(load, plan)) }],
      limit: { y: 200, name: '200 ms' },
      mark: { x: nines(95), name: 'p95' },
      ticks: [0, 50, 90, 95, 99, 99.9].map((percent) => ({ x: nines(percent), text: String(percent) })),
    }),
    chart({
      title: 'Throughput',
      xTitle: 'seconds since the load began',
      yTitle: 'requests per second',
      series: throughput(load.samples),
      limit: { y: plan.requestsPerSecond, name: `${plan.requestsPerSecond} asked for` },
      mark,
    }),
    chart({
      title: 'Webhook to stored record',
      xTitle: 'webhooks, in their order',
      yTitle: 'ms',
      series: [
        { name: 'idle', colour: colours.p50, points: endToEnd.idle.map((y, x) => ({ x, y })) },
        {
          name: `${endToEnd.busyPerSecond} a second`,
          colour: colours.max,
          points: endToEnd.busy.map((y, x) => ({ x, y })),
        },
      ],
      limit: { y: 2000, name: 'p95 to hold: 2 s' },
    }),
  ];
  const verdict = ({ ok }: Row) =>
    ok === undefined ? '' : ok ? '<span class="held">held</span>' : '<span class="missed">MISSED</span>';
  const lines = rows.map(
    (row) =>
      `<tr><td>${escapeText(row.what)}</td><td>${escapeText(row.measured)}</td><td>${escapeText(row.target ?? '')}</td><td>${verdict(row)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Webhooks under load</title><style>${style}
</style></head>
<body>
<h1>Webhooks under load</h1>
<p>${escapeText(conditions)}</p>
<table><thead><tr><th>what</th><th>measured</th><th>to hold</th><th></th></tr></thead><tbody>
${lines.join('\n')}
</tbody></table>
${charts.join('\n')}
${notes.map((note) => `<p>${escapeText(note)}</p>`).join('\n')}
</body>
</html>
`;
}

function bySecond(samples: readonly Sample[], secondOf: (sample: Sample) => number): Map<number, Sample[]> {
  const seconds = new Map<number, Sample[]>();
  for (const sample of samples) {
    const second = Math.floor(secondOf(sample) / 1000);
    const known = seconds.get(second);
    if (known === undefined) seconds.set(second, [sample]);
    else known.push(sample);
  }
  return new Map([...seconds].sort(([a], [b]) => a - b));
}

function latencyOverTime(samples: readonly Sample[]): Series[] {
  const spreads = [...bySecond(samples, ({ at }) => at)].map(([x, each]) => ({
    x,
    ...spreadOf(each.map(({ latency }) => latency)),
  }));
  return (['p50', 'p95', 'p99'] as const).map((name) => ({
    name,
    colour: colours[name],
    points: spreads.map((each) => ({ x: each.x, y: each[name] })),
  }));
}

function throughput(samples: readonly Sample[]): Series[] {
  const count = (name: string, colour: string, secondOf: (sample: Sample) => number): Series => ({
    name,
    colour,
    points: [...bySecond(samples, secondOf)].map(([x, each]) => ({ x, y: each.length })),
  });
  return [
    count('due', colours.sent, ({ at }) => at),
    count('answered', colours.answered, ({ at, latency }) => at + latency),
  ];
}

/** Where a percentage stands on an axis that gives each further nine the same room. */
const nines = (percent: number): number => -Math.log10(1 - percent / 100);

function percentileCurve(samples: readonly Sample[]): { x: number; y: number }[] {
  const sorted = samples.map(({ latency }) => latency).sort((a, b) => a - b);
  return Array.from({ length: 121 }, (_, index) => (index / 120) * 3).map((x) => ({
    x,
    y: percentile(sorted, 100 * (1 - 10 ** -x)),
  }));
}

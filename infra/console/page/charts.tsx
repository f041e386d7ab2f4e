import type { VNode } from 'preact';

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly kind?: string;
}

/** Horizontal bars with their numbers beside them; readable without seeing the bars. */
export function bars(values: readonly Bar[]): VNode {
  const highest = Math.max(1, ...values.map(({ value }) => value));
  return (
    <dl class="bars">
      {values.map(({ label, value, text, kind = '' }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect class="bar-track" width={100} height={10} />
              <rect class={`bar ${kind}`} width={(value / highest) * 100} height={10} />
            </svg>
            <span class="bar-text">{text}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A share of a whole, as one bar. */
export function meter(share: number, label: string, kind = ''): VNode {
  const width = Math.min(100, Math.max(0, share * 100));
  return (
    <svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="bar-track" width={100} height={6} />
      <rect class={`bar ${kind}`} width={width} height={6} />
    </svg>
  );
}

/** How a figure came about: a line with its latest point marked. */
export function sparkline(values: readonly number[], label: string): VNode {
  const [width, height, margin] = [160, 40, 4];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (index: number) => margin + (values.length < 2 ? 0.5 : index / (values.length - 1)) * (width - 2 * margin);
  const y = (value: number) =>
    high === low ? height / 2 : height - margin - ((value - low) / (high - low)) * (height - 2 * margin);
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  const last = values.length - 1;
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <polyline points={points.join(' ')} />
      <circle cx={x(last)} cy={y(values[last] ?? 0)} r={3} />
    </svg>
  );
}

export interface ColumnSeries {
  readonly name: string;
  readonly kind: string;
  readonly values: readonly number[];
}

/** Counts a minute, the kinds on top of each other. */
export function columns(series: readonly ColumnSeries[], label: string): VNode {
  const length = Math.max(0, ...series.map(({ values }) => values.length));
  const [width, height, gap] = [length * 10, 64, 2];
  const totals = Array.from({ length }, (_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const highest = Math.max(1, ...totals);
  const rects: VNode[] = [];
  for (let at = 0; at < length; at += 1) {
    let top = height;
    for (const { kind, values } of series) {
      const value = values[at] ?? 0;
      if (value === 0) continue;
      const tall = (value / highest) * height;
      top -= tall;
      rects.push(<rect class={`bar ${kind}`} x={at * 10 + gap / 2} y={top} width={10 - gap} height={tall} />);
    }
  }
  return (
    <svg
      class="columns"
      viewBox={`0 0 ${width} ${height + 1}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <line class="axis" x1={0} x2={width} y1={height + 0.5} y2={height + 0.5} />
      {rects}
    </svg>
  );
}

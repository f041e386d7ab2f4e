import type { VNode } from 'preact';
import type { FlowView, Health, NodeName, NodeView } from '../view.ts';
import { type Edge, type Layout, nodes, type Point, type Shape } from './flow-layout.ts';
import { count } from './format.tsx';
import { tallLayout } from './tall-layout.ts';
import { wideLayout } from './wide-layout.ts';

export const healthWords: Readonly<Record<Health, string>> = {
  good: 'ok',
  busy: 'working',
  warning: 'needs a look',
  bad: 'failing',
  unknown: 'not known',
};

const layouts = { wide: wideLayout(), tall: tallLayout() };

/** The picture of the flow with what is in it now; style sheets show the one of the two that fits. */
export const flowPictures = (flow: FlowView): VNode[] => [
  picture(flow, layouts.wide, 'wide'),
  picture(flow, layouts.tall, 'tall'),
];

function picture(flow: FlowView, layout: Layout, kind: 'wide' | 'tall'): VNode {
  const names = Object.keys(layout.places) as NodeName[];
  return (
    // biome-ignore lint/a11y/useSemanticElements: an SVG has no fieldset
    <svg
      class={`flow flow-${kind}`}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="group"
      aria-label="The flow of data from Rentvine to the event bus"
      key={kind}
    >
      <g>{layout.edges.map((edge) => drawEdge(edge, flow))}</g>
      {names.map((name) => drawNode(name, flow[name], layout, kind))}
    </svg>
  );
}

function drawEdge(edge: Edge, flow: FlowView): VNode {
  const { from, to, points, isFailure = false, joins = false } = edge;
  const isMoving = isFailure ? flow[to].value > 0 && flow.deadLetterQueues.value > 0 : flow[from].perMinute > 0;
  const classes = ['edge', isFailure && 'edge-failure', isMoving && 'edge-moving'].filter(Boolean).join(' ');
  return (
    <g class={classes} key={`${from}-${to}`}>
      <path class="edge-line" d={pathOf(points)} />
      {!joins && <path class="edge-head" d={headOf(points)} />}
    </g>
  );
}

const cornerRadius = 8;

function pathOf(points: readonly Point[]): string {
  const parts: string[] = [];
  for (const [index, [x, y]] of points.entries()) {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined) parts.push(`M${x} ${y}`);
    else if (after === undefined) parts.push(`L${x} ${y}`);
    else {
      const [enterX, enterY] = towards([x, y], before, cornerRadius);
      const [leaveX, leaveY] = towards([x, y], after, cornerRadius);
      parts.push(`L${enterX} ${enterY}Q${x} ${y} ${leaveX} ${leaveY}`);
    }
  }
  return parts.join('');
}

function towards([x, y]: Point, [toX, toY]: Point, maxStep: number): Point {
  const length = Math.hypot(toX - x, toY - y);
  const step = Math.min(maxStep, length / 2) / (length || 1);
  return [x + (toX - x) * step, y + (toY - y) * step];
}

/** An arrow head at the last point, in the direction of the last stretch. */
function headOf(points: readonly Point[]): string {
  const [x, y] = points.at(-1) ?? [0, 0];
  const [fromX, fromY] = points.at(-2) ?? [x, y];
  const length = Math.hypot(x - fromX, y - fromY) || 1;
  const [dx, dy] = [(x - fromX) / length, (y - fromY) / length];
  const [baseX, baseY] = [x - dx * 8, y - dy * 8];
  return `M${x} ${y}L${baseX - dy * 4} ${baseY + dx * 4}L${baseX + dy * 4} ${baseY - dx * 4}Z`;
}

function drawNode(name: NodeName, view: NodeView, layout: Layout, kind: 'wide' | 'tall'): VNode {
  const { nodeWidth: width, nodeHeight: height, places } = layout;
  const [x, y] = places[name];
  const { label, short, shape } = nodes[name];
  const middle = width / 2;
  const healthText = view.note ?? healthWords[view.health];
  return (
    <g
      class={`node node-${view.health} node-${shape}`}
      transform={`translate(${x} ${y})`}
      key={name}
      data-node={kind === 'wide' ? name : undefined}
    >
      <title>{`${label}: ${count(view.value)} ${view.unit}, ${healthText}`}</title>
      {outline(shape, width, height)}
      <text class="node-label" x={middle} y={21}>
        {kind === 'wide' ? label : short}
      </text>
      <text class="node-value" x={middle} y={44}>
        {count(view.value)}
        <tspan class="node-unit" dx={4}>
          {view.unit}
        </tspan>
      </text>
      <text class="node-health" x={middle} y={62}>{`${marks[view.health]} ${healthText}`}</text>
    </g>
  );
}

const marks: Readonly<Record<Health, string>> = { good: '●', busy: '◐', warning: '▲', bad: '✖', unknown: '○' };

/** Queues have double sides, tables are drums, functions are rounded, what is not ours has cut corners. */
function outline(shape: Shape, width: number, height: number): VNode {
  const box = { class: 'node-box', x: 0.5, y: 0.5, width: width - 1, height: height - 1 };
  switch (shape) {
    case 'queue':
      return (
        <g>
          <rect {...box} rx={4} />
          <path class="node-detail" d={`M5.5 1V${height - 1}M${width - 5.5} 1V${height - 1}`} />
        </g>
      );
    case 'store': {
      const bend = 7;
      const side = `M.5 ${bend}C.5 -1.5 ${width - 0.5} -1.5 ${width - 0.5} ${bend}V${height - bend}C${width - 0.5} ${height + 1.5} .5 ${height + 1.5} .5 ${height - bend}Z`;
      return (
        <g>
          <path class="node-box" d={side} />
          <path
            class="node-detail"
            d={`M.5 ${bend}C.5 ${bend + 6.5} ${width - 0.5} ${bend + 6.5} ${width - 0.5} ${bend}`}
          />
        </g>
      );
    }
    case 'function':
      return <rect {...box} rx={12} />;
    case 'outside':
      return <rect {...box} rx={2} stroke-dasharray="1 0" />;
  }
}

import type { NodeName } from '../view.ts';

export type Shape = 'function' | 'queue' | 'store' | 'outside';

/** A point of the picture, in its own units. */
export type Point = readonly [x: number, y: number];

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Upper left corners. */
  readonly places: Readonly<Record<NodeName, Point>>;
  readonly edges: readonly Edge[];
}

export interface Edge {
  readonly from: NodeName;
  readonly to: NodeName;
  readonly points: readonly Point[];
  /** Where messages go that failed for good. */
  readonly isFailure?: boolean;
}

export const nodes: Readonly<
  Record<NodeName, { readonly label: string; readonly short: string; readonly shape: Shape }>
> = {
  schedules: { label: 'Scheduler', short: 'Scheduler', shape: 'outside' },
  planner: { label: 'sync-planner', short: 'planner', shape: 'function' },
  syncJobs: { label: 'sync-jobs', short: 'sync-jobs', shape: 'queue' },
  worker: { label: 'sync-worker', short: 'sync-worker', shape: 'function' },
  rentvine: { label: 'Rentvine API', short: 'Rentvine API', shape: 'outside' },
  webhook: { label: 'Rentvine webhook', short: 'webhook', shape: 'outside' },
  api: { label: 'HTTP API', short: 'HTTP API', shape: 'outside' },
  receiver: { label: 'webhook-receiver', short: 'receiver', shape: 'function' },
  webhookEvents: { label: 'webhook-events', short: 'webhook-events', shape: 'queue' },
  processor: { label: 'webhook-processor', short: 'processor', shape: 'function' },
  records: { label: 'records table', short: 'records table', shape: 'store' },
  publisher: { label: 'change-publisher', short: 'publisher', shape: 'function' },
  bus: { label: 'event bus', short: 'event bus', shape: 'outside' },
  deadLetterQueues: { label: 'dead-letter queues', short: 'dead letters', shape: 'queue' },
  keeper: { label: 'dead-letter-keeper', short: 'keeper', shape: 'function' },
  state: { label: 'state table', short: 'state table', shape: 'store' },
};

const wideWidth = 136;
const wideHeight = 74;
const column = (index: number): number => 4 + index * 158;
const row = (index: number): number => 6 + index * 106;

function widePlaces(): Readonly<Record<NodeName, Point>> {
  return {
    schedules: [column(0), row(0)],
    planner: [column(1), row(0)],
    syncJobs: [column(2), row(0)],
    worker: [column(4), row(0)],
    rentvine: [column(4), row(1)],
    records: [column(5), row(1)],
    publisher: [column(6), row(1)],
    bus: [column(7), row(1)],
    webhook: [column(0), row(2)],
    api: [column(1), row(2)],
    receiver: [column(2), row(2)],
    webhookEvents: [column(3), row(2)],
    processor: [column(4), row(2)],
    deadLetterQueues: [column(3), row(3)],
    keeper: [column(5), row(3)],
    state: [column(6), row(3)],
  };
}

/** Left to right, for a screen: synchronization above, webhooks below, what failed at the bottom. */
export function wideLayout(): Layout {
  const places = widePlaces();
  const at = sides(places, wideWidth, wideHeight);
  const trunk = (column(2) + wideWidth + column(3)) / 2;
  const deadLetterY = at.left('deadLetterQueues')[1];
  const crossing = row(1) + wideHeight / 2;
  const below = row(3) - 16;
  const bend = (from: Point, to: Point): Point[] => [from, [to[0], from[1]], to];
  return {
    width: column(7) + wideWidth + 4,
    height: row(3) + wideHeight + 6,
    nodeWidth: wideWidth,
    nodeHeight: wideHeight,
    places,
    edges: [
      { from: 'schedules', to: 'planner', points: [at.right('schedules'), at.left('planner')] },
      { from: 'planner', to: 'syncJobs', points: [at.right('planner'), at.left('syncJobs')] },
      { from: 'syncJobs', to: 'worker', points: [at.right('syncJobs'), at.left('worker')] },
      { from: 'rentvine', to: 'worker', points: [at.top('rentvine'), at.bottom('worker')] },
      { from: 'rentvine', to: 'processor', points: [at.bottom('rentvine'), at.top('processor')] },
      { from: 'worker', to: 'records', points: bend(at.right('worker'), at.top('records')) },
      { from: 'webhook', to: 'api', points: [at.right('webhook'), at.left('api')] },
      { from: 'api', to: 'receiver', points: [at.right('api'), at.left('receiver')] },
      { from: 'receiver', to: 'webhookEvents', points: [at.right('receiver'), at.left('webhookEvents')] },
      { from: 'webhookEvents', to: 'processor', points: [at.right('webhookEvents'), at.left('processor')] },
      { from: 'processor', to: 'records', points: bend(at.right('processor'), at.bottom('records')) },
      { from: 'records', to: 'publisher', points: [at.right('records'), at.left('publisher')] },
      { from: 'publisher', to: 'bus', points: [at.right('publisher'), at.left('bus')] },
      {
        from: 'schedules',
        to: 'deadLetterQueues',
        points: [
          at.bottom('schedules'),
          [at.bottom('schedules')[0], crossing],
          [trunk, crossing],
          [trunk, deadLetterY],
          at.left('deadLetterQueues'),
        ],
        isFailure: true,
      },
      {
        from: 'syncJobs',
        to: 'deadLetterQueues',
        points: [
          at.bottom('syncJobs'),
          [at.bottom('syncJobs')[0], crossing],
          [trunk, crossing],
          [trunk, deadLetterY],
          at.left('deadLetterQueues'),
        ],
        isFailure: true,
      },
      {
        from: 'webhookEvents',
        to: 'deadLetterQueues',
        points: [at.bottom('webhookEvents'), at.top('deadLetterQueues')],
        isFailure: true,
      },
      {
        from: 'publisher',
        to: 'deadLetterQueues',
        points: [
          at.bottom('publisher'),
          [at.bottom('publisher')[0], below],
          [at.top('deadLetterQueues')[0] + 40, below],
          [at.top('deadLetterQueues')[0] + 40, at.top('deadLetterQueues')[1]],
        ],
        isFailure: true,
      },
      {
        from: 'deadLetterQueues',
        to: 'keeper',
        points: [at.right('deadLetterQueues'), at.left('keeper')],
        isFailure: true,
      },
      { from: 'keeper', to: 'state', points: [at.right('keeper'), at.left('state')], isFailure: true },
    ],
  };
}

const tallWidth = 108;
const tallHeight = 70;
const tallColumn = (index: number): number => 13 + index * 120;
const tallRow = (index: number): number => 4 + index * 92;

function tallPlaces(): Readonly<Record<NodeName, Point>> {
  return {
    schedules: [tallColumn(0), tallRow(0)],
    planner: [tallColumn(0), tallRow(1)],
    syncJobs: [tallColumn(0), tallRow(2)],
    worker: [tallColumn(0), tallRow(4)],
    webhook: [tallColumn(2), tallRow(0)],
    api: [tallColumn(2), tallRow(1)],
    receiver: [tallColumn(2), tallRow(2)],
    webhookEvents: [tallColumn(2), tallRow(3)],
    processor: [tallColumn(2), tallRow(4)],
    rentvine: [tallColumn(1), tallRow(4)],
    records: [tallColumn(1), tallRow(5)],
    publisher: [tallColumn(1), tallRow(6)],
    bus: [tallColumn(1), tallRow(7)],
    deadLetterQueues: [tallColumn(0), tallRow(8)],
    keeper: [tallColumn(1), tallRow(8)],
    state: [tallColumn(2), tallRow(8)],
  };
}

/** Top to bottom, for a telephone: synchronization on the left, webhooks on the right. */
export function tallLayout(): Layout {
  const places = tallPlaces();
  const at = sides(places, tallWidth, tallHeight);
  const leftTrunk = 5;
  const rightTrunk = tallColumn(2) + tallWidth + 8;
  const above = tallRow(8) - 11;
  const [deadLetterX, deadLetterY] = at.top('deadLetterQueues');
  const down = (from: NodeName, to: NodeName): Edge => ({ from, to, points: [at.bottom(from), at.top(to)] });
  const across = (from: NodeName): Point[] => {
    const [x, y] = at.bottom(from);
    const [toX, toY] = at.top('records');
    return [
      [x, y],
      [x, y + 11],
      [toX + (x < toX ? -26 : 26), y + 11],
      [toX + (x < toX ? -26 : 26), toY],
    ];
  };
  const alongTheLeft = (from: NodeName): Point[] => [
    at.left(from),
    [leftTrunk, at.left(from)[1]],
    [leftTrunk, at.left('deadLetterQueues')[1]],
    at.left('deadLetterQueues'),
  ];
  return {
    width: rightTrunk + 6,
    height: tallRow(8) + tallHeight + 4,
    nodeWidth: tallWidth,
    nodeHeight: tallHeight,
    places,
    edges: [
      down('schedules', 'planner'),
      down('planner', 'syncJobs'),
      down('syncJobs', 'worker'),
      down('webhook', 'api'),
      down('api', 'receiver'),
      down('receiver', 'webhookEvents'),
      down('webhookEvents', 'processor'),
      { from: 'rentvine', to: 'worker', points: [at.left('rentvine'), at.right('worker')] },
      { from: 'rentvine', to: 'processor', points: [at.right('rentvine'), at.left('processor')] },
      { from: 'worker', to: 'records', points: across('worker') },
      { from: 'processor', to: 'records', points: across('processor') },
      down('records', 'publisher'),
      down('publisher', 'bus'),
      { from: 'schedules', to: 'deadLetterQueues', points: alongTheLeft('schedules'), isFailure: true },
      { from: 'syncJobs', to: 'deadLetterQueues', points: alongTheLeft('syncJobs'), isFailure: true },
      {
        from: 'webhookEvents',
        to: 'deadLetterQueues',
        points: [
          at.right('webhookEvents'),
          [rightTrunk, at.right('webhookEvents')[1]],
          [rightTrunk, above],
          [deadLetterX + 26, above],
          [deadLetterX + 26, deadLetterY],
        ],
        isFailure: true,
      },
      {
        from: 'publisher',
        to: 'deadLetterQueues',
        points: [at.left('publisher'), [deadLetterX, at.left('publisher')[1]], [deadLetterX, deadLetterY]],
        isFailure: true,
      },
      {
        from: 'deadLetterQueues',
        to: 'keeper',
        points: [at.right('deadLetterQueues'), at.left('keeper')],
        isFailure: true,
      },
      { from: 'keeper', to: 'state', points: [at.right('keeper'), at.left('state')], isFailure: true },
    ],
  };
}

function sides(places: Layout['places'], width: number, height: number) {
  const side =
    (dx: number, dy: number) =>
    (name: NodeName): Point => [places[name][0] + dx, places[name][1] + dy];
  return {
    left: side(0, height / 2),
    right: side(width, height / 2),
    top: side(width / 2, 0),
    bottom: side(width / 2, height),
  };
}

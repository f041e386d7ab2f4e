import type { NodeName } from '../view.ts';
import { type Edge, type Layout, type Point, sides } from './flow-layout.ts';

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
      {
        from: 'schedules',
        to: 'deadLetterQueues',
        points: [at.left('schedules'), [leftTrunk, at.left('schedules')[1]], [leftTrunk, at.left('syncJobs')[1]]],
        isFailure: true,
        joins: true,
      },
      {
        from: 'syncJobs',
        to: 'deadLetterQueues',
        points: [
          at.left('syncJobs'),
          [leftTrunk, at.left('syncJobs')[1]],
          [leftTrunk, at.left('deadLetterQueues')[1]],
          at.left('deadLetterQueues'),
        ],
        isFailure: true,
      },
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

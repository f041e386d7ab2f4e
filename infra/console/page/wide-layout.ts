import type { NodeName } from '../view.ts';
import { type Layout, type Point, sides } from './flow-layout.ts';

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
        points: [at.bottom('schedules'), [at.bottom('schedules')[0], crossing], [at.bottom('syncJobs')[0], crossing]],
        isFailure: true,
        joins: true,
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

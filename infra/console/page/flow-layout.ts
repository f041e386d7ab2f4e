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
  /** It ends where it meets another edge to the same node, which goes on for both. */
  readonly joins?: boolean;
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

/** The middles of the sides of each node, where edges begin and end. */
export function sides(places: Layout['places'], width: number, height: number) {
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

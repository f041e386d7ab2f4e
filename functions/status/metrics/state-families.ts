import { worst } from '../health/health-report.ts';
import type { PlatformSnapshot } from '../health/run-checks.ts';
import type { Family, Sample } from './exposition.ts';

const statuses = ['healthy', 'degraded', 'unhealthy'] as const;

/** One sample a status, 1 for the one that it has: as Prometheus' state sets are written. */
const stateSet = (current: string, labels: Readonly<Record<string, string>> = {}): Sample[] =>
  statuses.map((status) => ({ labels: { ...labels, status }, value: status === current ? 1 : 0 }));

/** What was seen just now. */
export function stateFamilies({ checks, queues }: PlatformSnapshot): Family[] {
  return [
    {
      name: 'health',
      help: 'What GET /health answers: 1 for the status that it is.',
      samples: stateSet(worst(checks.map(({ status }) => status))),
    },
    {
      name: 'health_check',
      help: 'Each check of GET /health: 1 for the status that it is.',
      samples: checks.flatMap(({ name, status }) => stateSet(status, { check: name })),
    },
    {
      name: 'queue_messages',
      help: 'Messages in each queue, about.',
      samples: queues.flatMap(({ queue, visible, inFlight, delayed }) => [
        { labels: { queue, state: 'visible' }, value: visible },
        { labels: { queue, state: 'in_flight' }, value: inFlight },
        { labels: { queue, state: 'delayed' }, value: delayed },
      ]),
    },
  ];
}

import { describe, expect, it } from 'vitest';
import { platformNames } from '../alarms/platform-names.ts';
import { evaluateMath } from '../local/cloudwatch/math.ts';
import { parseMath } from '../local/cloudwatch/math-syntax.ts';
import { readSettings } from '../settings.ts';
import { alarmCatalogue } from './catalogue.ts';

const alarms = alarmCatalogue(
  platformNames(
    readSettings(() => undefined),
    'api',
  ),
);

/** What an alarm's expression makes of one period's values; a metric without one is missing. */
const outcome = (name: string, values: Readonly<Record<string, number>>): number | undefined => {
  const alarm = alarms.find((one) => one.name === name);
  if (alarm?.kind !== 'metric' || alarm.expression === undefined) throw new Error(`${name} has no expression.`);
  const unknown = Object.keys(values).filter((id) => !(id in alarm.metrics));
  if (unknown.length > 0) throw new Error(`${name} does not look at ${unknown.join(', ')}.`);
  const result = evaluateMath(parseMath(alarm.expression), { length: 1, quota: 1000, lookUp: (id) => [values[id]] });
  return typeof result === 'number' ? undefined : result[0];
};

describe('the queue backlog', () => {
  it('is what the longest waiting webhook or dead letter says', () => {
    expect(outcome('queue-backlog', { hints: 601 })).toBe(601);
    expect(outcome('queue-backlog', { hints: 3, deadEvents: 900, jobs: 10 })).toBe(900);
  });

  it('counts a sync job only while nobody works on any', () => {
    expect(outcome('queue-backlog', { jobs: 2400 })).toBe(2400);
    expect(outcome('queue-backlog', { jobs: 2400, workers: 0 })).toBe(2400);
    // An hour of full read: jobs take turns, and some wait for long.
    expect(outcome('queue-backlog', { jobs: 2400, workers: 1 })).toBe(0);
    expect(outcome('queue-backlog', { jobs: 2400, fullSlices: 1 })).toBe(0);
    expect(outcome('queue-backlog', { jobs: 2400, incrementalSlices: 2, hints: 700 })).toBe(700);
  });
});

describe('what is summed', () => {
  it('goes over the functions that ran, whichever they are', () => {
    expect(outcome('high-error-rate', { watcher: 0, syncWorker: 7, notQueued: 4 })).toBe(11);
    expect(outcome('high-error-rate', { notQueued: 11 })).toBe(11);
    expect(outcome('function-throttles', { webhookReceiver: 1 })).toBe(1);
    expect(outcome('workflow-failures', { hints: 6 })).toBe(6);
    expect(outcome('new-dead-letter', { changeEvents: 1 })).toBe(1);
  });

  it('is nothing where nothing is recorded, so that an alarm ends with its cause', () => {
    for (const name of ['workflow-failures', 'new-dead-letter', 'rentvine-api-down', 'contract-violations']) {
      expect(outcome(name, {})).toBe(0);
    }
    expect(outcome('monitoring-blind', {})).toBe(0);
  });
});

describe('an account’s API', () => {
  it('is down from the first opening, before the watcher comes by', () => {
    expect(outcome('rentvine-api-down', { openedByWebhooks: 1 })).toBe(1);
    expect(outcome('rentvine-api-down', { open: 1 })).toBe(1);
  });
});

describe('latency', () => {
  it('says nothing of so few requests that one of them, which may be a cold start, decides', () => {
    expect(outcome('api-latency', { latency: 4000, requests: 24 })).toBe(0);
    expect(outcome('api-latency', { latency: 4000, requests: 25 })).toBe(4000);
    expect(outcome('rentvine-latency', { sync: 9000, syncCalls: 3, webhooks: 6000, webhooksCalls: 40 })).toBe(6000);
    expect(outcome('rentvine-latency', { sync: 9000, syncCalls: 30 })).toBe(9000);
  });
});

describe('contract violations', () => {
  it('are the share of rows that do not fit, or a whole run', () => {
    expect(outcome('contract-violations', { rows: 1000, quarantined: 5 })).toBe(0.5);
    expect(outcome('contract-violations', { rows: 1000, quarantined: 6 })).toBe(0.6);
    expect(outcome('contract-violations', { rows: 1000 })).toBe(0);
    expect(outcome('contract-violations', { violations: 1 })).toBe(100);
  });
});

describe('concurrency', () => {
  it('is a percentage of the account’s quota', () => {
    expect(outcome('concurrency', { running: 810 })).toBe(81);
    expect(outcome('concurrency', { running: 10, claimed: 900 })).toBe(90);
  });
});

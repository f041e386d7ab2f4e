import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import type { Settings } from '../settings.ts';

/** Folders in `functions/`: the `service` of a function's metrics, and the last part of its physical name. */
export const functionNames = [
  'sync-planner',
  'sync-worker',
  'change-publisher',
  'webhook-receiver',
  'webhook-processor',
  'dead-letter-keeper',
  'status',
  'watcher',
  'business-reporter',
] as const;

export type FunctionName = (typeof functionNames)[number];

/** Queues that work waits in, and those for what failed. */
export const queueNames = {
  syncJobs: 'sync-jobs.fifo',
  webhookEvents: 'webhook-events',
  syncJobsDeadLetters: 'sync-jobs-dlq.fifo',
  webhookEventsDeadLetters: 'webhook-events-dlq',
  changeEventsDeadLetters: 'change-events-dlq',
  scheduleDeadLetters: 'schedule-dlq',
} as const;

export type QueueName = (typeof queueNames)[keyof typeof queueNames];

/** What dead letters were for, as the keeper calls it. */
export const deadLetterSources = ['sync-jobs', 'webhook-events', 'change-events', 'sync-planner'] as const;

export type DeadLetterSourceName = (typeof deadLetterSources)[number];

/** The index that finds records by their property. */
export const byPropertyIndex = 'by-property';

export const resourceNames = resources.map(({ name }) => name);

/** The names of one stage's parts, which its alarms and dashboards look at. */
export interface PlatformNames {
  readonly stage: string;
  /** What all physical names begin with: `aictive-prod`. */
  readonly prefix: string;
  /** API Gateway's id of the HTTP API, the one thing that has no name of ours. */
  readonly apiId: string;
  readonly tables: Settings['tableNames'];
  /** How many requests the HTTP API lets through. */
  readonly requestsPerSecond: number;
}

/** The names of the stage that has these settings. */
export const platformNames = ({ stage, prefix, tableNames, api }: Settings, apiId: string): PlatformNames => ({
  stage,
  prefix,
  apiId,
  tables: tableNames,
  requestsPerSecond: api.requestsPerSecond,
});

/** The name under which the core stack exports the HTTP API's id. */
export const apiIdExport = (prefix: string): string => `${prefix}-api-id`;

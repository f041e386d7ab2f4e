import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { maxReceiveCount } from '../../shared/dead-letters/receive-counts.ts';
import { directoryPartition } from '../../shared/store/directory-partition.ts';
import { queueNames } from '../alarms/platform-names.ts';
import type { Settings } from '../settings.ts';
import { PlatformFunction } from './platform-function.ts';
import { deadLetterQueue, type NamedQueue, workQueue } from './queues.ts';
import { SyncSchedules } from './sync-schedules.ts';
import type { Tables } from './tables.ts';

/** A slice of work ends after four minutes; this is what saving it and queueing the rest may take on top. */
const workerTimeout = Duration.seconds(290);

export interface SyncPipeline {
  readonly planner: PlatformFunction;
  readonly jobs: NamedQueue;
  readonly jobDeadLetters: NamedQueue;
  /** Gets the ticks for which the planner could not be invoked, or failed. */
  readonly scheduleDeadLetters: NamedQueue;
  readonly scheduleGroup: ScheduleGroup;
}

/** From a schedule's tick to stored records: the schedules, the planner, its queue of jobs, and the worker. */
export function addSyncPipeline(scope: Construct, settings: Settings, tables: Tables): SyncPipeline {
  const jobDeadLetters = deadLetterQueue(scope, 'SyncJobsDeadLetters', {
    settings,
    name: queueNames.syncJobsDeadLetters,
  });
  const scheduleDeadLetters = deadLetterQueue(scope, 'ScheduleDeadLetters', {
    settings,
    name: queueNames.scheduleDeadLetters,
  });
  const jobs = workQueue(scope, 'SyncJobs', {
    settings,
    name: queueNames.syncJobs,
    consumerTimeout: workerTimeout,
    deadLetterQueue: { queue: jobDeadLetters.queue, maxReceiveCount },
  });

  const planner = new PlatformFunction(scope, 'SyncPlanner', {
    name: 'sync-planner',
    description: 'Turns one schedule tick into one sync job per account',
    settings,
    timeout: Duration.seconds(60),
    memorySize: 256,
    deadLetterQueue: scheduleDeadLetters.queue,
  });
  planner.bindQueue('SYNC_JOBS_QUEUE_URL', jobs.queue);
  planner.bindTable('STATE_TABLE', tables.state, ['Query'], [directoryPartition]);
  planner.bindAccountNames();

  const worker = new PlatformFunction(scope, 'SyncWorker', {
    name: 'sync-worker',
    description: 'Reads pages of one resource of one account and stores what changed',
    settings,
    timeout: workerTimeout,
    memorySize: 512,
    queuesForItself: true,
    environment: { SYNC_SETTINGS: JSON.stringify(settings.sync) },
  });
  worker.function.addEventSource(
    new SqsEventSource(jobs.queue, {
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: settings.workerMaximumConcurrency,
    }),
  );
  worker.bindQueue('SYNC_JOBS_QUEUE_URL', jobs.queue);
  worker.bindQueue('SYNC_JOBS_DEAD_LETTERS_URL', jobDeadLetters.queue);
  tables.bindForSync(worker);
  worker.bindAccountSecrets();
  worker.bindAccountSecrets('DescribeSecret');

  const { group } = new SyncSchedules(scope, 'Schedules', {
    settings,
    planner: planner.function,
    deadLetterQueue: scheduleDeadLetters.queue,
  });
  return { planner, jobs, jobDeadLetters, scheduleDeadLetters, scheduleGroup: group };
}

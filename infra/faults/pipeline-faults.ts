import { maxQueueAgeSeconds } from '../../shared/health/thresholds.ts';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import type { AlarmFault, FaultContext } from './fault.ts';
import { failFunction, minuteMs, passMinutes, postWebhook, sync, watch } from './stack-driver.ts';

const maxQueueAgeMinutes = maxQueueAgeSeconds / 60;

/** Runs of so many resources fail because Rentvine does not take the key. */
async function failRuns(context: FaultContext, runs: number): Promise<void> {
  const { simulator, account } = context;
  const fault = simulator.faults.add({ kind: 'unauthorized', account });
  for (const { name } of resources.slice(0, runs)) await sync(context, name, 'incremental');
  simulator.faults.remove(fault);
}

/** Nothing is synced for so long. The shortest interval is five minutes. */
async function fallBehind(context: FaultContext, minutes: number): Promise<void> {
  const { simulator, account, clock } = context;
  for (const { name } of resources) await sync(context, name, 'full');
  simulator.faults.add({ kind: 'unauthorized', account });
  await clock.advance(minutes * minuteMs);
  await watch(context);
  await passMinutes(context, 1);
}

async function leaveWebhookWaiting(context: FaultContext, minutes: number): Promise<void> {
  await context.stack.setEventSources(context.platform.nameOf('webhook-processor'), false);
  await postWebhook(context);
  await passMinutes(context, minutes);
}

/** What ends in one page of the pipeline's. */
export const pipelineFaults: readonly AlarmFault[] = [
  {
    name: 'high-error-rate',
    summary: 'A function fails 11 times within five minutes.',
    cause: (context) => failFunction(context, 'sync-planner', 11),
    justBelow: (context) => failFunction(context, 'sync-planner', 10),
  },
  {
    name: 'workflow-failures',
    summary: 'Rentvine takes the key no more, and the syncs of 6 resources fail within ten minutes.',
    cause: (context) => failRuns(context, 6),
    justBelow: (context) => failRuns(context, 5),
  },
  {
    name: 'stale-resource',
    summary: 'Nothing has been synced for more than three of the shortest interval.',
    cause: (context) => fallBehind(context, 16),
    justBelow: (context) => fallBehind(context, 13),
  },
  {
    name: 'queue-backlog',
    summary: 'The webhook processor takes nothing from its queue, and a webhook waits for over ten minutes.',
    cause: (context) => leaveWebhookWaiting(context, maxQueueAgeMinutes + 1),
    justBelow: (context) => leaveWebhookWaiting(context, maxQueueAgeMinutes - 1),
  },
  {
    name: 'pipeline-failing',
    summary: 'Rentvine takes the key no more, the syncs of 6 resources fail, and one page is sent for all of it.',
    cause: (context) => failRuns(context, 6),
    async justBelow(context) {
      context.simulator.faults.down(true);
      await sync(context, 'vendors', 'incremental');
      await leaveWebhookWaiting(context, maxQueueAgeMinutes + 1);
    },
  },
];

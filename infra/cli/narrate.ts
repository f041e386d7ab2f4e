import { setTimeout as delay } from 'node:timers/promises';
import { changeEventSchema } from '../../shared/events/change-event-schema.ts';
import { schemaEventType } from '../../shared/events/schema-event.ts';
import { schemaEventSchema } from '../../shared/events/schema-event-schema.ts';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import { type Run, recentRuns } from '../../shared/store/runs.ts';
import type { Notification } from '../local/cloudwatch/alarms.ts';
import type { BusEvent } from '../local/eventbridge/eventbridge.ts';
import type { Platform } from '../platform/platform.ts';

const lookForRunsMs = 2_000;
const runsLookedAt = 3;

/** Tells of every sync run of an account that ends, until the signal stops it. */
export async function narrateRuns(
  { state, now }: Platform,
  account: string,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<void> {
  const since = now().toISOString();
  const told = new Set<string>();
  while (!signal.aborted) {
    for (const { name: resource } of resources) {
      for (const run of await recentRuns(state, { account, resource }, runsLookedAt)) {
        const key = `${resource} ${run.runId}`;
        if (run.finishedAt === undefined || run.finishedAt < since || run.status === 'covered' || told.has(key))
          continue;
        told.add(key);
        tell(describeRun(resource, run, run.finishedAt));
      }
    }
    await delay(lookForRunsMs, undefined, { signal }).catch(() => undefined);
  }
}

const timeOf = (iso: string): string => iso.slice(11, 19);

function describeRun(resource: string, { mode, status, counts, error }: Run, finishedAt: string): string {
  const { created, updated, deleted, requests } = counts;
  const outcome = error?.message ?? `${created} created, ${updated} updated, ${deleted} deleted`;
  return `${timeOf(finishedAt)} ${mode} sync of ${resource} ${status}: ${requests} requests, ${outcome}`;
}

/** How many events a second are told one by one. */
const maxEventsTold = 10;

/** Tells of events one by one, and of many at once by their number. */
export function eventTeller(now: () => Date, tell: (line: string) => void): (event: BusEvent) => void {
  let toldInThisSecond = 0;
  let more = 0;
  let isCounting = false;
  const summarize = () => {
    isCounting = false;
    toldInThisSecond = 0;
    if (more > 0) tell(`${timeOf(now().toISOString())} … and ${more} more events`);
    more = 0;
  };
  return (event) => {
    if (!isCounting) setTimeout(summarize, 1000).unref();
    isCounting = true;
    if (++toldInThisSecond <= maxEventsTold) tell(describeEvent(event, now()));
    else more += 1;
  };
}

/** An event as a line: which record changed in which fields, or which fields changed, and nothing of what they hold. */
function describeEvent(event: BusEvent, at: Date): string {
  const time = timeOf(at.toISOString());
  const ofFields = schemaEventSchema.safeParse(event.detail);
  if (event['detail-type'] === schemaEventType && ofFields.success) {
    const { resource, changes } = ofFields.data;
    return `${time} ${schemaEventType} ${resource}: ${changes.map(({ change, field }) => `${change} ${field}`).join(', ')}`;
  }
  const detail = changeEventSchema.safeParse(event.detail);
  const fields =
    detail.success && detail.data.change === 'updated' ? detail.data.changes.map(({ field }) => field) : [];
  const id = detail.success ? ` ${detail.data.id}` : '';
  return `${time} ${event['detail-type']}${id}${fields.length > 0 ? `: ${fields.join(', ')}` : ''}`;
}

/**
 * Tells of what alarms send to topics: that one rings, and that it is over. What an alarm says when it is evaluated for the
 * first time and all is well is no news.
 */
export function notificationTeller(tell: (line: string) => void): (notification: Notification) => void {
  const ringing = new Set<string>();
  return ({ topic, alarmName, state, at }) => {
    const time = at.toISOString().slice(11, 19);
    if (state === 'ALARM') {
      ringing.add(alarmName);
      tell(`${time} ALARM ${alarmName}, sent to ${topic}`);
    } else if (ringing.delete(alarmName)) {
      tell(`${time} ${alarmName} is over, sent to ${topic}`);
    }
  };
}

import * as z from 'zod';
import { stateFile } from '../state-file.ts';
import type { AlarmDefinition, CompositeAlarm, MetricAlarm } from './alarm-definitions.ts';
import { alarmReason } from './alarm-reason.ts';
import { evaluateQuery, type TimeGrid } from './metric-queries.ts';
import { type MetricStore, minuteMs } from './metric-store.ts';
import { type AlarmState, evaluationRange, judge } from './missing-data.ts';

/** What a topic was told. */
export interface Notification {
  /** Name of the topic. */
  readonly topic: string;
  readonly alarmName: string;
  readonly state: AlarmState;
  readonly reason: string;
  readonly at: Date;
}

const statusSchema = z.object({
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  since: z.string(),
  reason: z.string(),
});

/** An alarm and the state that it is in. */
export interface AlarmStatus {
  readonly definition: AlarmDefinition;
  readonly state: AlarmState;
  readonly since: Date;
  readonly reason: string;
}

export interface AlarmBoard {
  /** Brings all alarms up to date. */
  evaluate(now: Date): void;
  statuses(): AlarmStatus[];
}

/**
 * The points that an alarm looks at. CloudWatch evaluates every minute, whatever the period, and the newest period ends
 * with that minute. There it is the last whole minute; here it is the current one, so that what has just happened rings
 * at the next evaluation and not a minute later.
 */
function gridOf(alarm: MetricAlarm, now: Date): TimeGrid {
  const end = Math.floor(now.getTime() / minuteMs) * minuteMs + minuteMs;
  const { periodMs } = alarm;
  const length = evaluationRange(alarm.evaluationPeriods);
  return { periodMs, starts: Array.from({ length }, (_, at) => end - (length - at) * periodMs) };
}

/**
 * Keeps the states of alarms, and tells their topics of changes.
 *
 * @param options.path file that keeps the states; in memory when absent
 */
export function alarmBoard(options: {
  readonly definitions: readonly AlarmDefinition[];
  readonly store: MetricStore;
  readonly path: string | undefined;
  tell(notification: Notification): void;
}): AlarmBoard {
  const { definitions, store } = options;
  const saved = stateFile(options.path, z.record(z.string(), statusSchema), {});

  const statusOf = (name: string): z.infer<typeof statusSchema> =>
    saved.value[name] ?? {
      state: 'INSUFFICIENT_DATA',
      since: store.begin.toISOString(),
      reason: 'Unchecked: Initial alarm creation',
    };

  function change(alarm: AlarmDefinition, state: AlarmState, reason: string, at: Date): void {
    if (statusOf(alarm.name).state === state) return;
    saved.value[alarm.name] = { state, reason, since: at.toISOString() };
    saved.save();
    if (state === 'INSUFFICIENT_DATA') return;
    for (const topic of alarm.topics[state]) {
      options.tell({ topic: topic.split(':').at(-1) ?? topic, alarmName: alarm.name, state, reason, at });
    }
  }

  function evaluateMetric(alarm: MetricAlarm, now: Date): void {
    const grid = gridOf(alarm, now);
    const range = evaluateQuery(alarm.watched, alarm.queries, store, grid);
    const verdict = judge(range, alarm);
    // Before the runner began nobody could report: an alarm on silence does not ring for that time.
    const needed = grid.starts.at(-alarm.evaluationPeriods) ?? 0;
    const tooEarly = alarm.treatMissing === 'breaching' && needed < store.begin.getTime() - minuteMs;
    if (verdict.state === 'retain' || (verdict.state === 'ALARM' && tooEarly)) return;
    change(alarm, verdict.state, alarmReason(alarm, { verdict, range, grid }, statusOf(alarm.name).state), now);
  }

  function evaluateComposite(alarm: CompositeAlarm, now: Date): void {
    const ringing = alarm.children.filter((name) => statusOf(name).state === 'ALARM');
    const state = ringing.length > 0 ? 'ALARM' : 'OK';
    change(alarm, state, `Alarm Rule evaluated to ${state}: ${ringing.join(', ') || 'none'} in ALARM`, now);
  }

  return {
    evaluate(now) {
      // A composite alarm is judged by the states that its children have now.
      for (const alarm of definitions) if (alarm.kind === 'metric') evaluateMetric(alarm, now);
      for (const alarm of definitions) if (alarm.kind === 'composite') evaluateComposite(alarm, now);
    },
    statuses: () =>
      definitions.map((definition) => {
        const { state, since, reason } = statusOf(definition.name);
        return { definition, state, since: new Date(since), reason };
      }),
  };
}

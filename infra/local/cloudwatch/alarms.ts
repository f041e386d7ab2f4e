import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';
import { stateFile } from '../state-file.ts';
import type { AlarmDefinition, CompositeAlarm, MetricAlarm } from './alarm-definitions.ts';
import { type AlarmMessage, alarmMessage, metricReason } from './alarm-texts.ts';
import { evaluateQuery, type TimeGrid } from './metric-queries.ts';
import { type MetricStore, minuteMs } from './metric-store.ts';
import { type AlarmState, evaluationRange, judge } from './missing-data.ts';

/** What a topic was told. */
export interface Notification {
  /** Name of the topic. */
  readonly topic: string;
  readonly alarmName: string;
  readonly state: AlarmState;
  readonly at: Date;
  readonly message: AlarmMessage;
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
  /** Brings all alarms up to date; resolves when the topics were told. */
  evaluate(now: Date): Promise<void>;
  statuses(): AlarmStatus[];
}

export interface AlarmBoardOptions {
  readonly definitions: readonly AlarmDefinition[];
  readonly store: MetricStore;
  /** File that keeps the states; in memory when absent. */
  readonly path: string | undefined;
  /** What SERVICE_QUOTA yields. */
  readonly quota: number;
  readonly accountId: string;
  readonly region: string;
  /** Delivers to one topic. */
  tell(topicArn: string, notification: Notification): Promise<void>;
}

/** What a composite alarm would have told, were it not for its suppressor. */
interface Withheld {
  readonly before: AlarmState;
  readonly since: number;
  readonly announce: () => void;
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

/** Composite alarms, each after those that its rule names: none is judged by a state that is about to change. */
function inOrder(definitions: readonly AlarmDefinition[]): CompositeAlarm[] {
  const ordered = new Set<CompositeAlarm>();
  const visit = (alarm: CompositeAlarm, path: readonly string[]): void => {
    if (path.includes(alarm.name)) throw new ConfigurationError(`Alarm ${alarm.name} depends on itself`);
    for (const name of alarm.rule.alarms) {
      const child = definitions.find((candidate) => candidate.name === name);
      if (child?.kind === 'composite') visit(child, [...path, alarm.name]);
    }
    ordered.add(alarm);
  };
  for (const alarm of definitions) if (alarm.kind === 'composite') visit(alarm, []);
  return [...ordered];
}

/** Keeps the states of alarms, and tells their topics of changes. */
export function alarmBoard(options: AlarmBoardOptions): AlarmBoard {
  const { definitions, store, accountId, region } = options;
  const saved = stateFile(options.path, z.record(z.string(), statusSchema), {});
  const composites = inOrder(definitions);
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const withheld = new Map<string, Withheld>();
  const suppressedUntil = new Map<string, number>();
  let telling: Promise<void>[] = [];

  const statusOf = (name: string): z.infer<typeof statusSchema> =>
    saved.value[name] ?? {
      state: 'INSUFFICIENT_DATA',
      since: store.begin.toISOString(),
      reason: 'Unchecked: Initial alarm creation',
    };
  const stateOf = (name: string): AlarmState => statusOf(name).state;

  function announce(alarm: AlarmDefinition, from: AlarmState, at: Date): void {
    const { state: to, reason } = statusOf(alarm.name);
    if (!alarm.actionsEnabled || from === to) return;
    const children = (alarm.kind === 'composite' ? alarm.rule.alarms : [])
      .filter((name) => stateOf(name) === to)
      .map((name) => ({ arn: byName.get(name)?.arn ?? name, state: to, since: new Date(statusOf(name).since) }));
    const message = alarmMessage(alarm, { from, to, at, reason, children }, { accountId, region });
    for (const action of alarm.actions[to]) {
      if (!action.includes(':sns:')) continue;
      const topic = action.split(':').at(-1) ?? action;
      telling.push(options.tell(action, { topic, alarmName: alarm.name, state: to, at, message }));
    }
  }

  function change(alarm: AlarmDefinition, state: AlarmState, reason: string, now: Date): void {
    const from = stateOf(alarm.name);
    if (from === state) return;
    saved.value[alarm.name] = { state, reason, since: now.toISOString() };
    saved.save();
    if (alarm.kind === 'metric' || alarm.suppressor === undefined) {
      announce(alarm, from, now);
      return;
    }
    const before = withheld.get(alarm.name)?.before ?? from;
    withheld.set(alarm.name, { before, since: now.getTime(), announce: () => announce(alarm, before, now) });
  }

  function evaluateMetric(alarm: MetricAlarm, now: Date): void {
    const grid = gridOf(alarm, now);
    const range = evaluateQuery(alarm.watched, alarm.queries, { store, grid, quota: options.quota });
    const verdict = judge(range, alarm);
    // Before the runner began nobody could report: an alarm on silence does not ring for that time.
    const needed = grid.starts.at(-alarm.evaluationPeriods) ?? 0;
    const tooEarly = alarm.treatMissing === 'breaching' && needed < store.begin.getTime() - minuteMs;
    if (verdict.state === 'retain' || (verdict.state === 'ALARM' && tooEarly)) return;
    change(alarm, verdict.state, metricReason(alarm, { verdict, range, grid }, stateOf(alarm.name)), now);
  }

  function evaluateComposite(alarm: CompositeAlarm, now: Date): void {
    const state = alarm.rule.holds(stateOf) ? 'ALARM' : 'OK';
    const named = alarm.rule.alarms.map((name) => `${name} is ${stateOf(name)}`).join(', ');
    change(alarm, state, `Alarm Rule evaluated to ${state}: ${named}`, now);
  }

  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html#Composite_Alarm_Suppression */
  function releaseWithheld(alarm: CompositeAlarm, now: number): void {
    if (alarm.suppressor === undefined) return;
    if (stateOf(alarm.suppressor) === 'ALARM') suppressedUntil.set(alarm.name, now + alarm.suppressorExtensionMs);
    const waiting = withheld.get(alarm.name);
    if (!waiting || stateOf(alarm.suppressor) === 'ALARM') return;
    const until = Math.max(suppressedUntil.get(alarm.name) ?? 0, waiting.since + alarm.suppressorWaitMs);
    if (now < until) return;
    withheld.delete(alarm.name);
    waiting.announce();
  }

  return {
    async evaluate(now) {
      for (const alarm of definitions) if (alarm.kind === 'metric') evaluateMetric(alarm, now);
      for (const alarm of composites) evaluateComposite(alarm, now);
      for (const alarm of composites) releaseWithheld(alarm, now.getTime());
      const told = telling;
      telling = [];
      await Promise.all(told);
    },
    statuses: () =>
      definitions.map((definition) => {
        const { state, since, reason } = statusOf(definition.name);
        return { definition, state, since: new Date(since), reason };
      }),
  };
}

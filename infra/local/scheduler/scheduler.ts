import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../clock/clock.ts';
import { stateFile } from '../state-file.ts';
import { parseSchedule, type Recurrence } from './schedule-expression.ts';

export interface ScheduleDefinition {
  readonly name: string;
  readonly arn: string;
  readonly expression: string;
  readonly timezone: string;
  readonly enabled: boolean;
  /** JSON or text for the target; may hold `<aws.scheduler.scheduled-time>` and the other context attributes. */
  readonly input: string;
  readonly maximumRetryAttempts: number;
  /** Hands the input to the target; rejects when the target does not take it. */
  deliver(input: string): Promise<void>;
  /** Sends the input to the schedule's dead-letter queue, if it has one. */
  readonly giveUp?: (input: string, error: Error, attempts: number) => Promise<void>;
}

export interface Scheduler {
  add(schedule: ScheduleDefinition): void;
  /** Fires a schedule now, whether enabled or not. @throws Error when there is none of this name */
  fire(name: string): Promise<void>;
  /** Whether a schedule fires by itself. @throws Error when there is none of this name */
  setEnabled(name: string, enabled: boolean): void;
  start(): void;
  stop(): void;
  active(): number;
}

const retryDelayMs = 1000;
/** The longest that a timer can wait. */
const longestTimerMs = 2 ** 31 - 1;

/** EventBridge Scheduler on one machine. Which schedule fired when is kept in `path`, so that a restart goes on. */
export function createScheduler(options: { path: string | undefined; clock: Clock }): Scheduler {
  const { clock } = options;
  const fired = stateFile(options.path, z.record(z.string(), z.string()), {});
  const schedules = new Map<string, { definition: ScheduleDefinition; recurrence: Recurrence }>();
  const cancels = new Map<string, () => void>();
  /** Schedules that were switched on or off, by name. */
  const switched = new Map<string, boolean>();
  let active = 0;
  let started = false;
  let stopped = false;

  function find(name: string): { definition: ScheduleDefinition; recurrence: Recurrence } {
    const schedule = schedules.get(name);
    if (!schedule) {
      throw new Error(`There is no schedule ${name}; there are ${[...schedules.keys()].join(', ') || 'none'}`);
    }
    return schedule;
  }

  async function deliver(definition: ScheduleDefinition, scheduledAt: Date): Promise<void> {
    active += 1;
    const context: Readonly<Record<string, string>> = {
      'aws.scheduler.schedule-arn': definition.arn,
      'aws.scheduler.scheduled-time': scheduledAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    };
    try {
      for (let attempt = 1; ; attempt += 1) {
        const values = {
          ...context,
          // Each attempt has its own: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
          'aws.scheduler.execution-id': randomUUID(),
          'aws.scheduler.attempt-number': String(attempt),
        };
        const input = Object.entries(values).reduce(
          (text, [key, value]) => text.replaceAll(`<${key}>`, value),
          definition.input,
        );
        try {
          await definition.deliver(input);
          return;
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          if (attempt > definition.maximumRetryAttempts || stopped) {
            await definition.giveUp?.(input, error, attempt);
            return;
          }
        }
        await new Promise<void>((resolve) => clock.after(retryDelayMs, resolve));
      }
    } finally {
      active -= 1;
    }
  }

  function plan(name: string): void {
    const schedule = schedules.get(name);
    if (!schedule || stopped || !(switched.get(name) ?? schedule.definition.enabled)) return;
    const last = fired.value[name];
    const now = clock.now();
    const next = schedule.recurrence.next(now, last ? new Date(last) : undefined);
    if (!next) return;
    const waitMs = next.getTime() - now.getTime();
    const run = (): void => {
      if (waitMs <= longestTimerMs) {
        // A machine that slept and a clock that was turned leave many times out: the schedule fires once for all of
        // them, where AWS would have fired each.
        const due = schedule.recurrence.latest(next, clock.now());
        fired.value[name] = due.toISOString();
        fired.save();
        void deliver(schedule.definition, due);
      }
      plan(name);
    };
    cancels.set(name, clock.after(Math.min(waitMs, longestTimerMs), run));
  }

  return {
    add(definition) {
      const recurrence = parseSchedule(definition.expression, definition.timezone);
      schedules.set(definition.name, { definition, recurrence });
    },
    async fire(name) {
      await deliver(find(name).definition, clock.now());
    },
    setEnabled(name, enabled) {
      find(name);
      switched.set(name, enabled);
      cancels.get(name)?.();
      if (started) plan(name);
    },
    start() {
      started = true;
      for (const name of schedules.keys()) plan(name);
    },
    stop() {
      stopped = true;
      for (const cancel of cancels.values()) cancel();
    },
    active: () => active,
  };
}

import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseSchedule, type Recurrence } from './schedule-expression.ts';
import { stateFile } from './state-file.ts';

/** Time as the scheduler sees it; replaced in tests. */
export interface Clock {
  now(): Date;
  /** Calls `run` after `ms` milliseconds; returns what cancels it. Never keeps the process alive. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

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
  let active = 0;
  let stopped = false;

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
    if (!schedule?.definition.enabled || stopped) return;
    const last = fired.value[name];
    const now = clock.now();
    const next = schedule.recurrence.next(now, last ? new Date(last) : undefined);
    if (!next) return;
    const waitMs = next.getTime() - now.getTime();
    const run = (): void => {
      if (waitMs <= longestTimerMs) {
        fired.value[name] = next.toISOString();
        fired.save();
        void deliver(schedule.definition, next);
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
      const schedule = schedules.get(name);
      if (!schedule) {
        throw new Error(`There is no schedule ${name}; there are ${[...schedules.keys()].join(', ') || 'none'}`);
      }
      await deliver(schedule.definition, clock.now());
    },
    start() {
      for (const name of schedules.keys()) plan(name);
    },
    stop() {
      stopped = true;
      for (const cancel of cancels.values()) cancel();
    },
    active: () => active,
  };
}

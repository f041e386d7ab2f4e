import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import { ofType, type TemplateResource } from '../cloudformation/template-resource.ts';
import type { LocalLambda } from '../lambda/lambda.ts';
import type { LocalService, LocalWorld } from '../local-service.ts';
import type { LocalSqs } from '../sqs/sqs.ts';
import { stateFile } from '../state-file.ts';
import { parseSchedule, type Recurrence } from './schedule-expression.ts';

const scheduleSchema = z.strictObject({
  Name: z.string().optional(),
  GroupName: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF') }),
  Target: z.strictObject({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string().default('{}'),
    RetryPolicy: z
      .strictObject({
        MaximumRetryAttempts: z.coerce.number().default(185),
        /** Nobody here waits for as long. */
        MaximumEventAgeInSeconds: z.coerce.number().optional(),
      })
      .prefault({}),
    DeadLetterConfig: z.strictObject({ Arn: z.string() }).optional(),
  }),
});

interface Schedule {
  readonly arn: string;
  readonly recurrence: Recurrence;
  enabled: boolean;
  /** JSON or text for the target; may hold `<aws.scheduler.scheduled-time>` and the other context attributes. */
  readonly input: string;
  readonly maximumRetryAttempts: number;
  /** Hands the input to the target; rejects when the target does not take it. */
  deliver(input: string): Promise<void>;
  /** Sends the input to the schedule's dead-letter queue, if it has one. */
  giveUp(input: string, error: Error, attempts: number): Promise<void>;
}

export interface LocalScheduler extends LocalService {
  /** Fires a schedule now, whether enabled or not. @throws Error when there is none of this name */
  fire(name: string): Promise<void>;
  /** Whether a schedule fires by itself. @throws Error when there is none of this name */
  setEnabled(name: string, enabled: boolean): void;
  /** From now on schedules fire by themselves. */
  play(): void;
}

const retryDelayMs = 1000;
/** The longest that a timer can wait. */
const maxTimerMs = 2 ** 31 - 1;

/** EventBridge Scheduler on one machine. Which schedule fired when survives the process, so that a restart goes on. */
export function startScheduler(
  world: Pick<LocalWorld, 'clock' | 'path'>,
  { sqs, lambda }: { readonly sqs: Pick<LocalSqs, 'byArn' | 'send'>; readonly lambda: Pick<LocalLambda, 'target'> },
): LocalScheduler {
  const { clock } = world;
  const fired = stateFile(world.path('schedules.json'), z.record(z.string(), z.string()), {});
  const schedules = new Map<string, Schedule>();
  const cancels = new Map<string, () => void>();
  let active = 0;
  let playing = false;
  let stopped = false;

  function readSchedule(resource: TemplateResource): Schedule {
    const { Target, ...properties } = resource.properties(scheduleSchema, ['Description']);
    const deliver = lambda.target(Target.Arn);
    if (!deliver) throw resource.fault(`its target ${Target.Arn} is no function of this stack`);
    const deadLetters = Target.DeadLetterConfig && sqs.byArn(Target.DeadLetterConfig.Arn);
    if (Target.DeadLetterConfig && !deadLetters) {
      throw resource.fault(`its dead-letter queue ${Target.DeadLetterConfig.Arn} is no queue of this stack`);
    }
    const arn = resource.attribute('Arn');
    return {
      arn,
      recurrence: parseSchedule(properties.ScheduleExpression, properties.ScheduleExpressionTimezone),
      enabled: properties.State === 'ENABLED',
      input: Target.Input,
      maximumRetryAttempts: Target.RetryPolicy.MaximumRetryAttempts,
      deliver,
      async giveUp(input, error, attempts) {
        if (!deadLetters) return;
        const attributes = {
          ERROR_CODE: error instanceof AwsError ? error.type : error.name,
          ERROR_MESSAGE: error.message || 'unknown',
          RETRY_ATTEMPTS: String(attempts - 1),
          TARGET_ARN: Target.Arn,
          SCHEDULE_ARN: arn,
          EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
        };
        await sqs.send(deadLetters.url, input, { attributes });
      },
    };
  }

  function find(name: string): Schedule {
    const schedule = schedules.get(name);
    if (schedule) return schedule;
    throw new Error(`There is no schedule ${name}; there are ${[...schedules.keys()].join(', ') || 'none'}`);
  }

  async function deliver(schedule: Schedule, scheduledAt: Date): Promise<void> {
    active += 1;
    try {
      for (let attempt = 1; ; attempt += 1) {
        const context = {
          'schedule-arn': schedule.arn,
          'scheduled-time': scheduledAt.toISOString().replace(/\.\d+Z$/, 'Z'),
          // Each attempt has its own: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
          'execution-id': randomUUID(),
          'attempt-number': String(attempt),
        };
        const input = Object.entries(context).reduce(
          (text, [key, value]) => text.replaceAll(`<aws.scheduler.${key}>`, value),
          schedule.input,
        );
        try {
          await schedule.deliver(input);
          return;
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          if (attempt > schedule.maximumRetryAttempts || stopped) {
            await schedule.giveUp(input, error, attempt);
            return;
          }
        }
        await new Promise<void>((resolve) => clock.after(retryDelayMs, resolve));
      }
    } finally {
      active -= 1;
    }
  }

  function plan(name: string, schedule: Schedule): void {
    if (stopped || !schedule.enabled) return;
    const last = fired.value[name];
    const now = clock.now();
    const next = schedule.recurrence.next(now, last ? new Date(last) : undefined);
    if (!next) return;
    const waitMs = next.getTime() - now.getTime();
    const run = (): void => {
      if (waitMs <= maxTimerMs) {
        // A machine that slept and a clock that was turned leave many times out: the schedule fires once for all of
        // them, where AWS would have fired each.
        const due = schedule.recurrence.latest(next, clock.now());
        fired.value[name] = due.toISOString();
        fired.save();
        void deliver(schedule, due);
      }
      plan(name, schedule);
    };
    cancels.set(name, clock.after(Math.min(waitMs, maxTimerMs), run));
  }

  return {
    provision(resources) {
      for (const resource of ofType(resources, 'AWS::Scheduler::Schedule')) {
        schedules.set(resource.physicalId, readSchedule(resource));
      }
    },
    async fire(name) {
      await deliver(find(name), clock.now());
    },
    setEnabled(name, enabled) {
      const schedule = find(name);
      schedule.enabled = enabled;
      cancels.get(name)?.();
      if (playing) plan(name, schedule);
    },
    play() {
      playing = true;
      for (const [name, schedule] of schedules) plan(name, schedule);
    },
    idle: () => active === 0,
    close() {
      stopped = true;
      for (const cancel of cancels.values()) cancel();
    },
  };
}

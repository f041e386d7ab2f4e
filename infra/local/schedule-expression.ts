import { Cron } from 'croner';
import { ConfigurationError } from '../../shared/errors.ts';

/** When a schedule fires. */
export interface Recurrence {
  /**
   * The first time after `now`.
   *
   * @param last when it fired last; a `rate` counts from there, and fires at once when it never did
   * @returns undefined when it never fires again
   */
  next(now: Date, last: Date | undefined): Date | undefined;
}

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Reads an EventBridge Scheduler expression: `rate(5 minutes)`, `cron(0 3 * * ? *)` or `at(2030-01-01T00:00:00)`.
 *
 * @throws ConfigurationError when it is none of these
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseSchedule(expression: string, timezone = 'UTC'): Recurrence {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const unit = rate[2] === 'minute' ? 'minute' : rate[2] === 'hour' ? 'hour' : 'day';
    const intervalMs = Number(rate[1]) * unitMs[unit];
    return {
      next: (now, last) => (last ? new Date(Math.max(now.getTime(), last.getTime() + intervalMs)) : now),
    };
  }
  const [, kind, argument = ''] = /^(cron|at)\((.+)\)$/.exec(expression) ?? [];
  try {
    if (kind === 'cron' && argument.trim().split(/\s+/).length === 6) {
      // Scheduler has no seconds field and counts weekdays from Sunday = 1; `0/15` means every 15th from 0 on.
      const cron = new Cron(`0 ${argument.trim()}`, {
        timezone,
        alternativeWeekdays: true,
        sloppyRanges: true,
        mode: '7-part',
      });
      return { next: (now) => cron.nextRun(now) ?? undefined };
    }
    if (kind === 'at') {
      const once = new Cron(argument, { timezone, allowPast: true }).getOnce();
      return { next: (now, last) => (once && !last ? new Date(Math.max(once.getTime(), now.getTime())) : undefined) };
    }
  } catch (error) {
    throw new ConfigurationError(`Schedule expression ${expression} cannot be read`, { cause: error });
  }
  throw new ConfigurationError(`Schedule expression ${expression} is no rate(), cron() or at() expression`);
}

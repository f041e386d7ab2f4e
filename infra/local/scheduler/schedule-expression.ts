import { Cron } from 'croner';
import { ConfigurationError } from '../../../shared/errors.ts';

/** When a schedule fires. */
export interface Recurrence {
  /**
   * The first time after `now`.
   *
   * @param last when it fired last; a `rate` counts from there, and fires at once when it never did
   * @returns undefined when it never fires
   */
  next(now: Date, last: Date | undefined): Date | undefined;
  /** The last time not after `now`, given that it fires at `first`, which is not after `now` either. */
  latest(first: Date, now: Date): Date;
}

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Looks further and further back: what fires each minute is not counted through a whole year. */
function latestRun(cron: Cron, first: Date, now: Date): Date {
  for (let backMs: number = unitMs.minute; ; backMs *= 2) {
    const from = now.getTime() - backMs;
    let latest = from <= first.getTime() ? first : cron.nextRun(new Date(from));
    if (!latest || latest > now) continue;
    for (let next = cron.nextRun(latest); next && next <= now; next = cron.nextRun(next)) latest = next;
    return latest;
  }
}

/**
 * Reads an EventBridge Scheduler expression: `rate(5 minutes)` or `cron(0 3 * * ? *)`.
 *
 * @throws ConfigurationError when it is neither
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseSchedule(expression: string, timezone = 'UTC'): Recurrence {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const unit = rate[2] === 'minute' ? 'minute' : rate[2] === 'hour' ? 'hour' : 'day';
    const intervalMs = Number(rate[1]) * unitMs[unit];
    return {
      next: (now, last) => (last ? new Date(Math.max(now.getTime(), last.getTime() + intervalMs)) : now),
      latest(first, now) {
        const times = Math.floor((now.getTime() - first.getTime()) / intervalMs);
        return new Date(first.getTime() + Math.max(0, times) * intervalMs);
      },
    };
  }
  const [, cronFields] = /^cron\((\S+(?: \S+){5})\)$/.exec(expression) ?? [];
  if (cronFields === undefined) {
    throw new ConfigurationError(`Schedule expression ${expression} is no rate() or cron() expression`);
  }
  try {
    // Scheduler has no seconds field and counts weekdays from Sunday = 1; `0/15` means every 15th from 0 on.
    const cron = new Cron(`0 ${cronFields}`, {
      timezone,
      alternativeWeekdays: true,
      sloppyRanges: true,
      mode: '7-part',
    });
    return { next: (now) => cron.nextRun(now) ?? undefined, latest: (first, now) => latestRun(cron, first, now) };
  } catch (error) {
    throw new ConfigurationError(`Schedule expression ${expression} cannot be read`, { cause: error });
  }
}

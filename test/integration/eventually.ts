import type { TurnableClock } from '../../infra/local/clock/turnable-clock.ts';

const firstLookMs = 10;
/** Looking costs time of the very machine that is to bring about what is waited for. */
const maxLookMs = 200;

/** Waits until `read` answers something. @throws Error naming `what` after `deadlineMs` milliseconds */
export async function eventually<T>(
  what: string,
  read: () => T | undefined | Promise<T | undefined>,
  deadlineMs = 240_000,
): Promise<T> {
  const giveUpAt = Date.now() + deadlineMs;
  for (let lookMs = firstLookMs; ; lookMs = Math.min(lookMs * 1.4, maxLookMs)) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

/** Waits until `condition` holds. @throws Error naming `what` after `deadlineMs` milliseconds */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs?: number,
): Promise<void> {
  await eventually(what, async () => ((await condition()) ? true : undefined), deadlineMs);
}

/** A condition that time brings about: each look that finds it false turns the clock by so many milliseconds. */
export const asTimePasses =
  (clock: TurnableClock, condition: () => boolean | Promise<boolean>, stepMs = 5_000) =>
  async (): Promise<boolean> => {
    if (await condition()) return true;
    clock.turn(stepMs);
    return false;
  };

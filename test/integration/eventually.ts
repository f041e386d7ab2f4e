import { setTimeout as delay } from 'node:timers/promises';
import type { TurnableClock } from '../../infra/local/clock/turnable-clock.ts';

export interface Patience {
  readonly deadlineMs?: number;
  /** Resolves when there may be something new to see. */
  readonly news?: () => Promise<unknown>;
}

/** Looking costs time of the very machine that is to bring about what is waited for. */
const looks = { firstMs: 10, maxMs: 200, maxWithNewsMs: 400 };

/** Waits until `read` answers something. @throws Error naming `what` after `deadlineMs` milliseconds */
export async function eventually<T>(
  what: string,
  read: () => T | undefined | Promise<T | undefined>,
  { deadlineMs = 240_000, news }: Patience = {},
): Promise<T> {
  const giveUpAt = Date.now() + deadlineMs;
  const maxMs = news === undefined ? looks.maxMs : looks.maxWithNewsMs;
  for (let lookMs = news === undefined ? looks.firstMs : maxMs; ; lookMs = Math.min(lookMs * 1.4, maxMs)) {
    const heard = news?.();
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    const looked = delay(lookMs);
    await (heard === undefined ? looked : Promise.race([heard, looked]));
  }
}

/** Waits until `condition` holds. @throws Error naming `what` after `deadlineMs` milliseconds */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patience?: Patience,
): Promise<void> {
  await eventually(what, async () => ((await condition()) ? true : undefined), patience);
}

/** A condition that time brings about: each look that finds it false turns the clock by so many milliseconds. */
export const asTimePasses =
  (clock: TurnableClock, condition: () => boolean | Promise<boolean>, stepMs = 5_000) =>
  async (): Promise<boolean> => {
    if (await condition()) return true;
    clock.turn(stepMs);
    return false;
  };

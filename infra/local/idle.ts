import { setTimeout as delay } from 'node:timers/promises';

const checkMs = 5;
/** A turn of the clock does not wait longer than this: a function may well be made to hang. */
const maxWaitMs = 60_000;

/** Waits for work to end. */
export interface Idleness {
  /** Nothing runs, and nothing waits in a queue or stream that a function consumes. */
  idle(): Promise<void>;
  /** Nothing runs; messages may wait. Gives up after a minute. */
  ended(): Promise<void>;
}

/**
 * @param active whether something runs
 * @param emptied whether no event source has work, in flight included
 */
export function idleness(active: () => boolean, emptied: () => boolean): Idleness {
  /** Several times in a row: an answer that was just given may be about to become the next piece of work. */
  async function until(quiet: () => boolean, times: number, giveUpAt = Infinity): Promise<void> {
    for (let seen = 0; seen < times && Date.now() < giveUpAt; seen += 1) {
      if (!quiet()) seen = -1;
      await delay(checkMs);
    }
  }
  return {
    idle: () => until(() => !active() && emptied(), 2),
    ended: () => until(() => !active(), 4, Date.now() + maxWaitMs),
  };
}

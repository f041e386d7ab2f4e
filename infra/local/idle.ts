import { setTimeout as delay } from 'node:timers/promises';

const checkMs = 5;

/**
 * Waits until `isIdle` holds several times in a row: an answer that was just given may be about to become the next piece of
 * work.
 */
export async function untilIdle(
  isIdle: () => boolean,
  { times, maxWaitMs = Infinity }: { times: number; maxWaitMs?: number },
): Promise<void> {
  const giveUpAt = Date.now() + maxWaitMs;
  for (let seen = 0; seen < times && Date.now() < giveUpAt; seen += 1) {
    if (!isIdle()) seen = -1;
    await delay(checkMs);
  }
}

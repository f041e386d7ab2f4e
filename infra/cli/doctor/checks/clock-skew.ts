import { type Check, ok, warn } from '../check.ts';
import { perProbe } from '../per-account.ts';
import { firstAnswer } from './first-answer.ts';

const maxSeconds = 60;

/** How far Rentvine's clock is from ours: cursors are in its time, webhooks' time-stamps are judged by ours. */
export const clockSkew: Check = perProbe('clock skew', async (probe) => {
  const answer = await firstAnswer(probe);
  const serverDate = answer.kind === 'page' ? answer.page.serverDate : undefined;
  if (answer.kind !== 'page') return warn('not known, because Rentvine does not answer');
  if (serverDate === undefined)
    return warn('not known: the answer has no Date', 'Nothing to do; our own clock is used instead.');
  const { requestedAt, answeredAt } = answer.page;
  const middle = (requestedAt.getTime() + answeredAt.getTime()) / 2;
  const seconds = Math.round((serverDate.getTime() - middle) / 1000);
  const found = `Rentvine's clock is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} ours`;
  if (Math.abs(seconds) <= maxSeconds) return ok(found);
  return warn(
    found,
    "Set this machine's clock by NTP; if it is right, Rentvine's is wrong, and webhooks over 5 minutes off are refused.",
  );
});

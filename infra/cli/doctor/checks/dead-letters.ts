import { readDeadLetterHealth } from '../../../../shared/health/dead-letter-health.ts';
import { maxDeadLetterAgeSeconds } from '../../../../shared/health/thresholds.ts';
import { formatDuration } from '../../time.ts';
import { type Check, fail, ok, warn } from '../check.ts';

/** Whether messages that failed for good wait for somebody, and for how long. */
export const deadLetters: Check = {
  name: 'dead letters',
  async run({ platform }) {
    const sources = await readDeadLetterHealth(platform.state);
    if (sources.length === 0) return ok('none');
    const ageMs = Math.max(...sources.map(({ oldestKeptAt }) => platform.now().getTime() - Date.parse(oldestKeptAt)));
    const counts = sources.map(({ source, count }) => `${count} of ${source}`).join(', ');
    const found = `${counts}, the oldest ${formatDuration(ageMs)} old`;
    const advice = 'See npm run ops -- dlq list: mend the cause, then dlq redrive or dlq discard.';
    return ageMs > maxDeadLetterAgeSeconds * 1000 ? fail(found, advice) : warn(found, advice);
  },
};

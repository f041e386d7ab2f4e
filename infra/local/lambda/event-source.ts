import * as z from 'zod';
import type { InvocationOutcome } from './function-pool.ts';

/** Something that feeds a function from a queue or a stream until it is stopped. */
export interface EventSource {
  /** Whether there is nothing to do: no work waiting, in flight or being processed. */
  idle(): boolean;
  /** Stops taking new work at once; resolves when what was running has ended and is accounted for. */
  stop(): Promise<void>;
}

const partialResponse = z.looseObject({
  batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string().nullish() })).nullish(),
});

/**
 * Which items of a batch failed, by what the function answered.
 *
 * @returns identifiers of the failed items, or 'all'
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function batchFailures(
  outcome: InvocationOutcome,
  reportsFailures: boolean,
  ids: ReadonlySet<string>,
): Set<string> | 'all' {
  if (!outcome.ok) return 'all';
  if (!reportsFailures) return new Set();
  const answer: unknown = JSON.parse(outcome.payload);
  if (answer === null || answer === '') return new Set();
  const parsed = partialResponse.safeParse(answer);
  if (!parsed.success) return 'all';
  const failed = (parsed.data.batchItemFailures ?? []).map((failure) => failure.itemIdentifier ?? '');
  return failed.every((id) => ids.has(id)) ? new Set(failed) : 'all';
}

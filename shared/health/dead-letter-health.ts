import { waitingDeadLetters } from '../store/dead-letters.ts';
import type { Table } from '../store/dynamo-table.ts';

/** Dead letters of one source that wait for an operator. */
export interface DeadLetterHealth {
  /** The queue or function that the messages were for: `webhook-events`. */
  readonly source: string;
  readonly count: number;
  /** When the oldest of them was kept, ISO 8601. */
  readonly oldestKeptAt: string;
}

/** Counts the dead letters that are open, or being redriven, by their source; a source without any is left out. */
export async function readDeadLetterHealth(table: Table): Promise<DeadLetterHealth[]> {
  const bySource = new Map<string, DeadLetterHealth>();
  for await (const { source, keptAt } of waitingDeadLetters(table)) {
    const { count = 0, oldestKeptAt = keptAt } = bySource.get(source) ?? {};
    bySource.set(source, { source, count: count + 1, oldestKeptAt: keptAt < oldestKeptAt ? keptAt : oldestKeptAt });
  }
  return [...bySource.values()].sort((a, b) => (a.source < b.source ? -1 : 1));
}

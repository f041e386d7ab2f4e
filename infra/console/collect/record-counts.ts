import { cached } from '../../../shared/cached.ts';
import type { Collection } from '../../../shared/store/collection.ts';
import type { Table } from '../../../shared/store/dynamo-table.ts';
import { liveIds } from '../../../shared/store/records.ts';
import type { BusEvents } from './bus-events.ts';

export interface RecordCounter {
  /** Live records of a collection; undefined until they were counted for the first time. */
  of(collection: Collection): number | undefined;
}

const keptMs = 1_000;
/** Counting reads every record here, so it may take a seventh of the time. */
const leisure = 7;

/** Counts records in the background, those of a collection only after something happened in it. */
export function countRecords(records: Table, events: BusEvents): RecordCounter {
  const counters = new Map<string, () => number | undefined>();
  const count = async (collection: Collection): Promise<number> => {
    let live = 0;
    for await (const ids of liveIds(records, collection)) live += ids.length;
    return live;
  };
  const counterOf = (collection: Collection) => {
    let counted: number | undefined;
    let countedAt: number | undefined;
    const refresh = cached(
      (tookMs: number) => Math.max(keptMs, leisure * tookMs),
      () => performance.now(),
      async () => {
        const startedAt = performance.now();
        const seen = events.of(collection);
        if (counted === undefined || seen !== countedAt) counted = await count(collection);
        countedAt = seen;
        return performance.now() - startedAt;
      },
    );
    // Nobody waits for a count: what was counted last is shown until the next is there.
    return () => {
      refresh().catch(() => undefined);
      return counted;
    };
  };
  return {
    of(collection) {
      const key = `${collection.account}#${collection.resource}`;
      const counter = counters.get(key) ?? counterOf(collection);
      counters.set(key, counter);
      return counter();
    },
  };
}

import type { Table } from '../../../shared/store/dynamo-table.ts';
import { type Collection, liveIds } from '../../../shared/store/records.ts';
import type { BusEvents } from './bus-events.ts';
import { cachedInBackground } from './cached.ts';

export interface RecordCounter {
  /** Live records of a collection; undefined until they were counted for the first time. */
  of(collection: Collection): number | undefined;
}

const lastsMs = 1_000;
/** Counting reads every record here, so it may take a seventh of the time at most. */
const leisure = 6;

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
    return cachedInBackground(
      async () => {
        const seen = events.of(collection);
        if (counted === undefined || seen !== countedAt) counted = await count(collection);
        countedAt = seen;
        return counted;
      },
      lastsMs,
      leisure,
    );
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

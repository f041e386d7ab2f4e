import type { AttributeMap, BatchOperation, DynaliteStore } from './dynalite.ts';
import type { StreamLog } from './stream-log.ts';

/** dynalite's store as one writing request sees it. */
export interface RequestStore {
  readonly store: DynaliteStore;
  /** What the request read, by key; undefined where there was nothing. */
  readonly seen: ReadonlyMap<string, AttributeMap | undefined>;
}

/**
 * A store of which each item's write, the entries of its indexes and its stream record are committed as one.
 *
 * @param byTtl whether the writes are removals of what has expired
 */
export function requestStore(
  store: DynaliteStore,
  streamOf: (tableName: string) => StreamLog | undefined,
  byTtl: boolean,
): RequestStore {
  const seen = new Map<string, AttributeMap | undefined>();
  const indexOperations: BatchOperation[] = [];

  async function commit(table: string, key: string, after: AttributeMap | undefined): Promise<void> {
    const record = streamOf(table)?.record(seen.get(key), after, byTtl);
    const write: BatchOperation = after ? { type: 'put', key, value: after } : { type: 'del', key };
    const operations = [...indexOperations.splice(0), write];
    if (record) operations.push(record.operation);
    try {
      await store.db.batch(operations);
    } finally {
      record?.done();
    }
  }

  const view: DynaliteStore = {
    ...store,
    getIndexDb(indexType, tableName, indexName) {
      const prefix = `index-${indexType.toLowerCase()}~${tableName}~${indexName}~`;
      return {
        ...store.getIndexDb(indexType, tableName, indexName),
        put(key, value, done) {
          indexOperations.push({ type: 'put', key: prefix + key, value });
          done(null);
        },
        del(key, done) {
          indexOperations.push({ type: 'del', key: prefix + key });
          done(null);
        },
      };
    },
    getItemDb(name) {
      const base = store.getItemDb(name);
      const prefix = `item-${name}~`;
      return {
        lock: base.lock,
        get: (key, done) =>
          base.get(key, (error, item) => {
            if (!error) seen.set(prefix + key, item);
            done(error, item);
          }),
        put: (key, item, done) => void commit(name, prefix + key, item).then(() => done(null), done),
        del: (key, done) => void commit(name, prefix + key, undefined).then(() => done(null), done),
      };
    },
  };
  return { store: view, seen };
}

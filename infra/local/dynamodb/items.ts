import * as z from 'zod';
import { type AttributeMap, itemSize, sameValue } from './attribute-value.ts';
import { writeUnits } from './capacity.ts';
import type { Database, Row } from './database.ts';
import { invalid } from './errors.ts';
import type { StreamLog } from './stream-log.ts';
import { entryKey, type Index, type ItemKey, projectedItem, type TableDefinition } from './table.ts';

/** Which sort keys of a partition are wanted; without bounds, all. */
export interface KeyRange {
  readonly from?: { readonly text: string; readonly inclusive: boolean } | undefined;
  readonly to?: { readonly text: string; readonly inclusive: boolean } | undefined;
}

/** The items of one table. */
export interface ItemTable {
  readonly definition: TableDefinition;
  get(key: ItemKey): AttributeMap | undefined;
  /**
   * Puts `after` in the place of `before`, with what follows from it in indexes and in the stream. To be called within
   * `atomically`.
   *
   * @returns the write units it takes
   */
  replace(key: ItemKey, before: AttributeMap | undefined, after: AttributeMap | undefined, byTtl?: boolean): number;
  /** Of one partition, in the order of the sort keys, beginning after `start` (an index's key and then an item's). */
  query(query: {
    readonly index?: Index | undefined;
    readonly partition: string;
    readonly range: KeyRange;
    readonly forward: boolean;
    readonly start?: readonly string[] | undefined;
  }): Iterable<AttributeMap>;
  /** All items; of an index, those that are in it. */
  scan(index: Index | undefined, start: readonly string[] | undefined): Iterable<AttributeMap>;
  /** The keys of what has expired. */
  expired(): readonly { readonly key: ItemKey; readonly item: AttributeMap }[];
}

const maxItemBytes = 400 * 1024;
/** DynamoDB leaves what would have expired longer ago: it takes it for a wrong date. */
const maxExpiredSeconds = 5 * 365 * 86_400;

const readItem = (row: Row): AttributeMap => JSON.parse(z.string().parse(row.item));

/** @param timeToLive the attribute that says when an item expires, in epoch seconds */
export function itemTable(
  database: Database,
  definition: TableDefinition,
  { stream, timeToLive }: { readonly stream?: StreamLog | undefined; readonly timeToLive?: string | undefined },
): ItemTable {
  const { name, indexes } = definition;
  const expiryOf = (item: AttributeMap) => {
    const expires = timeToLive === undefined ? undefined : item[timeToLive]?.N;
    return expires === undefined ? null : Number(expires);
  };

  /** @returns the units of the index's own writes */
  function moveEntry(
    index: Index,
    key: ItemKey,
    before: AttributeMap | undefined,
    after: AttributeMap | undefined,
  ): number {
    const [from, to] = [before && entryKey(index, before), after && entryKey(index, after)];
    const [old, now] = [from && projectedItem(index, before ?? {}), to && projectedItem(index, after ?? {})];
    if (sameValue(old, now)) return 0;
    const where = (entry: ItemKey) => [name, index.name, entry.pk, entry.sk, key.pk, key.sk];
    const isMoved = !(from && to && from.pk === to.pk && from.sk === to.sk);
    if (from && isMoved) {
      database.run('DELETE FROM entries WHERE (tbl, idx, ipk, isk, pk, sk) = (?, ?, ?, ?, ?, ?)', ...where(from));
    }
    if (to && isMoved) database.run('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)', ...where(to));
    if (!isMoved) return writeUnits(old, now);
    return (old ? writeUnits(old, undefined) : 0) + (now ? writeUnits(undefined, now) : 0);
  }

  return {
    definition,
    get({ pk, sk }) {
      const row = database.first('SELECT item FROM items WHERE (tbl, pk, sk) = (?, ?, ?)', name, pk, sk);
      return row && readItem(row);
    },
    replace(key, before, after, byTtl = false) {
      if (after && itemSize(after) > maxItemBytes) {
        throw invalid(
          before
            ? 'Item size to update has exceeded the maximum allowed size'
            : 'Item size has exceeded the maximum allowed size',
        );
      }
      const at = [name, key.pk, key.sk];
      if (after) {
        const item = [JSON.stringify(after), expiryOf(after)];
        database.run('INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?)', ...at, ...item);
      } else if (before) {
        database.run('DELETE FROM items WHERE (tbl, pk, sk) = (?, ?, ?)', ...at);
      }
      let units = writeUnits(before, after);
      for (const index of indexes) units += moveEntry(index, key, before, after);
      stream?.record(before, after, byTtl);
      return units;
    },
    *query({ index, partition, range: { from, to }, forward, start }) {
      const [hash, sort, table] = index
        ? ['ipk', 'isk', 'entries e JOIN items i USING (tbl, pk, sk)']
        : ['pk', 'sk', 'items i'];
      const order = index ? [sort, 'pk', 'sk'] : [sort];
      const parts = [`tbl = ? AND ${hash} = ?`];
      const values = [name, partition];
      const add = (part: string, ...more: string[]) => {
        parts.push(part);
        values.push(...more);
      };
      if (index) add('idx = ?', index.name);
      if (from) add(`${sort} ${from.inclusive ? '>=' : '>'} ?`, from.text);
      if (to) add(`${sort} ${to.inclusive ? '<=' : '<'} ?`, to.text);
      if (start) {
        add(`(${order.join(', ')}) ${forward ? '>' : '<'} (${order.map(() => '?').join(', ')})`, ...start);
      }
      const direction = order.map((column) => `${column}${forward ? '' : ' DESC'}`).join(', ');
      const sql = `SELECT i.item FROM ${table} WHERE ${parts.join(' AND ')} ORDER BY ${direction}`;
      for (const row of database.each(sql, ...values)) yield readItem(row);
    },
    *scan(index, start) {
      const order = index ? 'ipk, isk, pk, sk' : 'pk, sk';
      const sql = [
        'SELECT i.item FROM',
        index ? 'entries e JOIN items i USING (tbl, pk, sk) WHERE tbl = ? AND idx = ?' : 'items i WHERE tbl = ?',
        start ? `AND (${order}) > (${start.map(() => '?').join(', ')})` : '',
        `ORDER BY ${order}`,
      ];
      const values = [name, ...(index ? [index.name] : []), ...(start ?? [])];
      for (const row of database.each(sql.join(' '), ...values)) yield readItem(row);
    },
    expired() {
      const now = Date.now() / 1000;
      const sql = 'SELECT pk, sk, item FROM items WHERE tbl = ? AND expires BETWEEN ? AND ?';
      return [...database.each(sql, name, now - maxExpiredSeconds, now)].map((row) => ({
        key: { pk: z.string().parse(row.pk), sk: z.string().parse(row.sk) },
        item: readItem(row),
      }));
    },
  };
}

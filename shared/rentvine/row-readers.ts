import { noFields, type SeenFields, seenSince } from './field-catalogue.ts';
import type { Resource } from './resource.ts';
import { type RowReader, rowReader } from './row.ts';

export const readKinds = ['list', 'single'] as const;
/** Whether an object came as a row of a list or by itself: the two know different fields. */
export type ReadKind = (typeof readKinds)[number];

/** What was seen of one resource in one kind of read. */
export interface ResourceFields extends SeenFields {
  readonly resource: Resource;
  readonly read: ReadKind;
}

/** The readers of one account's rows, one for each resource and kind of read. */
export interface RowReaders {
  of(resource: Resource, read: ReadKind): RowReader;
  /** Which fields rows have had since this was last asked for, of each resource and kind of read that had any rows. */
  takeSeen(): ResourceFields[];
}

interface Entry {
  readonly resource: Resource;
  readonly read: ReadKind;
  readonly reader: RowReader;
  taken: SeenFields;
}

/** @param keep what the account keeps beyond the closed lists of contacts */
export function rowReaders(keep: readonly string[] = []): RowReaders {
  const readers = new Map<string, Entry>();
  return {
    of(resource, read) {
      const key = `${resource.name} ${read}`;
      const entry = readers.get(key) ?? { resource, read, reader: rowReader(resource, keep), taken: noFields };
      readers.set(key, entry);
      return entry.reader;
    },
    takeSeen() {
      const withNews = [...readers.values()].filter(({ reader, taken }) => reader.rows() > taken.rows);
      return withNews.map((entry) => {
        const { resource, read, reader, taken } = entry;
        entry.taken = reader.seen();
        return { resource, read, ...seenSince(taken, entry.taken) };
      });
    },
  };
}

import type { SeenFields } from './field-catalogue.ts';
import type { Resource } from './resource.ts';
import { type RowReader, rowReader } from './row.ts';

/** Whether an object came as a row of a list or by itself: the two know different fields. */
export type ReadKind = 'list' | 'single';

/** What was seen of one resource in one kind of read. */
export interface ResourceFields extends SeenFields {
  readonly resource: string;
  readonly read: ReadKind;
}

/** The readers of one account's rows, one for each resource and kind of read. */
export interface RowReaders {
  of(resource: Resource, read: ReadKind): RowReader;
  /** Names and types of the fields that all of them have seen, without those that have read nothing. */
  seen(): ResourceFields[];
}

/** @param keep what the account keeps beyond the closed lists of contacts */
export function rowReaders(keep: readonly string[] = []): RowReaders {
  const readers = new Map<string, { resource: Resource; read: ReadKind; reader: RowReader }>();
  return {
    of(resource, read) {
      const key = `${resource.name} ${read}`;
      const entry = readers.get(key) ?? { resource, read, reader: rowReader(resource, keep) };
      readers.set(key, entry);
      return entry.reader;
    },
    seen: () =>
      [...readers.values()].map(({ resource, read, reader }) => ({ resource: resource.name, read, ...reader.seen() })),
  };
}

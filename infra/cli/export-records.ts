import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Collection } from '../../shared/store/collection.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { allRecords } from '../../shared/store/records.ts';

/**
 * Writes every record of a resource, tombstones included, to `<dir>/<resource>.jsonl`, one a line:
 * `{"id", "revision", "asOf", "changedAt", "deletedAt"?, "data"}`.
 */
export async function exportRecords(records: Table, collection: Collection, dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lines = Readable.from(linesOf(records, collection));
  await pipeline(lines, createWriteStream(join(dir, `${collection.resource}.jsonl`)));
}

async function* linesOf(records: Table, collection: Collection): AsyncGenerator<string> {
  for await (const { id, revision, asOf, changedAt, deletedAt, data } of allRecords(records, collection)) {
    yield `${JSON.stringify({ id, revision, asOf, changedAt, ...(deletedAt !== undefined && { deletedAt }), data })}\n`;
  }
}

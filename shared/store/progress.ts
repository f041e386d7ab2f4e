import { allItems, batchDelete, expiresInDays, putItem, type Table } from './dynamo-table.ts';

/** A page that a run has read and stored: its checkpoint, and the evidence for completeness. */
export interface PageRead {
  readonly pass: number;
  /** Position in the pass's plan, from 1. */
  readonly index: number;
  /** `page` and `pageSize` as asked for. */
  readonly page: number;
  readonly pageSize: number;
  /** Rows as answered. */
  readonly size: number;
  /** Rows of the whole list, as the answer claimed. */
  readonly total?: number;
  /** Ids in the order of the rows, those of quarantined rows included. */
  readonly ids: readonly string[];
  /** Ids of the objects, where the rows that were paged through are their parents. */
  readonly objectIds?: readonly string[];
  /** The quarantined ones among them. */
  readonly rejected: readonly { readonly id?: string }[];
  readonly created: number;
  readonly updated: number;
}

/** What Rentvine answered when it was asked about records that a pass did not see. */
export interface Verified {
  readonly gone: readonly { readonly id: string; readonly requestedAt: string; readonly answeredAt: string }[];
  readonly there: readonly string[];
  /** Those of them that the key may not see. */
  readonly forbidden: readonly string[];
  /** Those that are there but could not be read or stored. */
  readonly rejected: readonly string[];
  readonly created: number;
  readonly updated: number;
}

const keptDays = 3;
const partition = (runId: string): string => `progress#${runId}`;
const pageKey = (pass: number, index: number): string => `page#${pass}#${String(index).padStart(7, '0')}`;

/**
 * The progress of one run: pages read and records asked about. Written once a page, so that a crash costs a page at most.
 *
 * @param scope names the run among all runs of all accounts: account, resource and run id
 */
export function progressOf(table: Table, scope: string) {
  const pk = partition(scope);
  const readAll = (prefix: string, projection?: string) =>
    allItems(table, pk, {
      prefix,
      ConsistentRead: true,
      ...(projection !== undefined && { ProjectionExpression: projection }),
    });
  const put = (sk: string, item: object, now: Date) =>
    putItem(table, { pk, sk, ...item, expiresAt: expiresInDays(now, keptDays) });
  return {
    async savePage(page: PageRead, now: Date): Promise<void> {
      // As one text: a list of as many items is three times as large, and slow to write and to read.
      const rows = JSON.stringify([page.ids, page.rejected, ...(page.objectIds === undefined ? [] : [page.objectIds])]);
      const { ids: _ids, rejected: _rejected, objectIds: _objectIds, ...rest } = page;
      await put(pageKey(page.pass, page.index), { ...rest, rows }, now);
    },
    /** The pages of all passes so far, in order. */
    async pages(): Promise<PageRead[]> {
      return (await readAll('page#')).map(
        ({ pass, index, page, pageSize, size, total, rows, created, updated }): PageRead => {
          const [ids, rejected, objectIds] = JSON.parse(rows);
          return {
            pass,
            index,
            page,
            pageSize,
            size,
            ...(total !== undefined && { total }),
            ids,
            ...(objectIds !== undefined && { objectIds }),
            rejected,
            created,
            updated,
          };
        },
      );
    },
    async saveVerified(batch: number, verified: Verified, now: Date): Promise<void> {
      await put(`verified#${String(batch).padStart(7, '0')}`, verified, now);
    },
    async verified(): Promise<Verified[]> {
      return (await readAll('verified#')).map(({ gone, there, forbidden = [], rejected, created, updated }) => ({
        gone,
        there,
        forbidden,
        rejected,
        created,
        updated,
      }));
    },
    /** Removes the progress of a run that has ended; what is left after a crash expires by itself. */
    async clear(): Promise<void> {
      const items = [...(await readAll('page#', 'sk')), ...(await readAll('verified#', 'sk'))];
      await batchDelete(
        table,
        items.map((item) => ({ pk, sk: item.sk })),
      );
    },
  };
}

export type Progress = ReturnType<typeof progressOf>;

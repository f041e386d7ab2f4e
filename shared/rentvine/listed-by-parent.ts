import pMap from 'p-map';
import { ContractError, NotFoundError } from '../errors.ts';
import type { ListPage, OneAnswer, RentvineClient, Reply } from './reads.ts';
import type { Resource } from './resource.ts';
import type { ResourceData } from './resource-data.ts';
import type { ParsedRow, RejectedRow } from './row.ts';
import type { ListRequest } from './urls.ts';

/** Reads one page of a list; with `fields` where its path names a parent. */
export type ReadPage = (resource: Resource, request: ListRequest, fields?: ResourceData) => Promise<ListPage>;

/** Lists of one parent that are read at the same time; the account's gate decides how many requests are made. */
const parentsAtOnce = 8;
const childPageSize = 100;
const maxChildPages = 20;
/** Rentvine's default pages have 15 or 25 rows, so a page with fewer is the last one whatever size is granted. */
const smallestPage = 15;
/** So many parents without such a list in a row, and none with one, mean that there are no such lists. */
const maxParentsWithoutList = 10;

/** Where a list of one parent lacks an object, in the words of `answer-kind.ts`. */
const notListed = '404 json not listed';

type ParentId = { readonly id: string; readonly data?: ResourceData };

/** All objects of one parent. */
interface Children {
  readonly rows: ParsedRow[];
  readonly rejected: RejectedRow[];
  readonly requestedAt: Date;
  readonly answeredAt: Date;
}

/**
 * Reads a resource that Rentvine lists for each parent alone as if it were one list: a page of it is a page of the parents with
 * the objects of each. The parents' ids say how complete it is, and their filters choose what is read; an object is read by
 * itself in its parent's list.
 */
export function listedByParent(readPage: ReadPage): RentvineClient {
  /** Whether any parent has had such a list, by resource. */
  const found = new Set<string>();

  async function childrenOf(resource: Resource, { id, data }: ParentId): Promise<Children> {
    const field = parentField(resource);
    const rows: ParsedRow[] = [];
    const rejected: RejectedRow[] = [];
    const seen = new Set<string>();
    let times: Pick<Children, 'requestedAt' | 'answeredAt'> | undefined;
    for (let page = 1; page <= maxChildPages; page++) {
      let answer: ListPage;
      try {
        answer = await readPage(resource, { page, pageSize: childPageSize }, { [field]: id });
      } catch (error) {
        // What a list answers beyond its end is not known; this one has been read up to there.
        if (page > 1 && (error instanceof NotFoundError || error instanceof ContractError)) break;
        throw error;
      }
      found.add(resource.name);
      const before = seen.size;
      for (const row of answer.rows) {
        if (seen.has(row.id)) continue;
        const own = belongingTo(row, field, id, data);
        if (own === undefined) rejected.push({ id: row.id, reason: `${resource.rowKey}.${field} names another one` });
        else rows.push(own);
      }
      rejected.push(...answer.rejected.filter((row) => row.id === undefined || !seen.has(row.id)));
      for (const each of answer.ids) seen.add(each);
      times = { requestedAt: times?.requestedAt ?? answer.requestedAt, answeredAt: answer.answeredAt };
      if (answer.size < smallestPage || seen.size === before) break;
    }
    if (times === undefined) throw new ContractError(`There is no list of ${resource.name}`);
    return { rows, rejected, ...times };
  }

  /** A parent that vanished since it was listed has no list any more. */
  const childrenIfListed = (resource: Resource, parent: ParentId): Promise<Children | undefined> =>
    childrenOf(resource, parent).catch((error: unknown) => {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    });

  /** Reads one parent after the other until one has a list, and answers what was read. */
  async function readFirst(resource: Resource, parents: readonly ParentId[]) {
    const read = new Map<string, Children | undefined>();
    for (const parent of parents) {
      if (found.has(resource.name)) break;
      read.set(parent.id, await childrenIfListed(resource, parent));
      if (found.has(resource.name) || read.size < maxParentsWithoutList) continue;
      throw new NotFoundError(
        `Rentvine does not know the list of ${resource.name} of any of ${read.size} parents`,
        false,
      );
    }
    return read;
  }

  async function find(resource: Resource, id: string, fields: ResourceData) {
    const field = parentField(resource);
    const parentId = fields[field];
    if (typeof parentId !== 'string') {
      throw new ContractError(`One of ${resource.name} cannot be read without its ${field}`);
    }
    const { rows, rejected, ...times } = await childrenOf(resource, { id: parentId, data: fields });
    const row = rows.find((each) => each.id === id);
    return { row, rejected: rejected.find((each) => each.id === id), times };
  }

  return {
    async listPage(resource, request) {
      const parent = parentOf(resource);
      const page = await readPage(parent, request);
      const known = new Map(page.rows.map((row) => [row.id, row.data]));
      const parents = [...new Set(page.ids)].map((id) => ({ id, data: known.get(id) ?? {} }));
      const first = await readFirst(resource, parents);
      const read = (each: ParentId) => (first.has(each.id) ? first.get(each.id) : childrenIfListed(resource, each));
      const all = await pMap(parents, read, { concurrency: parentsAtOnce });
      const listed = all.filter((each) => each !== undefined);
      const rows = listed.flatMap((each) => each.rows);
      const rejected = listed.flatMap((each) => each.rejected);
      const ids = [...rows, ...rejected].flatMap(({ id }) => id ?? []);
      const earliest = Math.min(page.requestedAt.getTime(), ...listed.map((each) => each.requestedAt.getTime()));
      const latest = Math.max(page.answeredAt.getTime(), ...listed.map((each) => each.answeredAt.getTime()));
      return {
        ...page,
        rows,
        rejected,
        objectIds: [...new Set(ids)],
        requestedAt: new Date(earliest),
        answeredAt: new Date(latest),
      };
    },

    async readOne(resource, id, fields): Promise<OneAnswer> {
      const { row, rejected, times } = await find(resource, id, fields);
      if (row !== undefined) return { ...row, ...times };
      if (rejected === undefined)
        throw new NotFoundError(`Rentvine does not list one of ${resource.name} any more`, false);
      throw new ContractError(`Rentvine answered one of ${resource.name} that does not fit: ${rejected.reason}`);
    },

    async tryOne(resource, id, fields): Promise<Reply> {
      const requestedAt = new Date();
      try {
        const { row, rejected, times } = await find(resource, id, fields);
        if (row !== undefined) return { kind: 'there', answer: { ...row, ...times } };
        return { kind: 'other', answerKind: rejected === undefined ? notListed : '200 json', ...times };
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
        return { kind: 'other', answerKind: notListed, requestedAt, answeredAt: new Date() };
      }
    },
  };
}

function parentOf(resource: Resource): Resource {
  if (resource.parent === undefined) throw new ContractError(`${resource.name} has no parent`);
  return resource.parent;
}

const parentField = (resource: Resource): string => parentOf(resource).idField;

/** A row with its parent's id and property, where it does not name them itself; undefined if it names another parent. */
function belongingTo(
  row: ParsedRow,
  field: string,
  parentId: string,
  parent: ResourceData = {},
): ParsedRow | undefined {
  if (row.data[field] !== undefined && row.data[field] !== parentId) return undefined;
  const propertyId = row.data.propertyId ?? parent.propertyId;
  const ids = { [field]: parentId, ...(propertyId !== undefined && { propertyId }) };
  return { ...row, data: { ...row.data, ...ids } };
}

import type { Account } from '../account.ts';
import { applyDrift } from '../faults/drift.ts';
import type { Drift, Fault } from '../faults/fault-specs.ts';
import type { Random } from '../generator/random.ts';
import { numberAt, type WireObject } from '../generator/wire-object.ts';
import { type ResourceName, resources } from '../resources/catalogue.ts';
import type { SimulatedResource } from '../resources/resource.ts';
import { wayFor } from '../ways.ts';
import { type Answer, forbidden, invalid, jsonText, notFound } from './answer.ts';
import { goneAnswer } from './gone.ts';
import type { Listing, Selection } from './listing.ts';
import { spoilRow } from './malformed.ts';
import { pageHeaders } from './page-headers.ts';
import { type Page, parsePage } from './paging.ts';
import type { Parents, Route } from './routes.ts';
import { type Projection, type Row, rowOf } from './rows.ts';
import { selectRows } from './selection.ts';

type Resource = SimulatedResource<ResourceName>;

/** Parts that stand in many rows; keeping the JSON of others would cost more memory than it saves time. */
const sharedParts: ReadonlySet<string> = new Set(['property', 'portfolio', 'account', 'ledger']);

/** What a read needs beside the account. */
export interface ReadContext {
  readonly seed: number;
  readonly query: URLSearchParams;
  readonly requestNumber: number;
  readonly faults: readonly Fault[];
  readonly drifts: readonly { readonly spec: Drift; readonly random: Random }[];
}

/**
 * One page of a list: a bare array or what the server wraps lists in, and its pagination headers. What comes past the
 * end is one of the account's ways.
 *
 * @throws InvalidRequest when the query does not fit
 */
export function readList(account: Account, route: Route & { kind: 'list' }, context: ReadContext): Answer {
  const { resource, parents } = route;
  const { query, requestNumber, drifts } = context;
  const { ways } = account;
  const page = parsePage(route.path, query, ways.pageCap);
  const missing = missingParent(account, parents);
  if (missing !== undefined) return goneAnswer(wayFor(ways.gone, missing.name, 'json404'), missing);
  const selection = selectRows(account, resource, parents, query);
  const listing = account.listing(resource.name);
  const start = (page.number - 1) * page.size;

  for (const { spec, random } of drifts) {
    const ids = listing.ids(selection, requestNumber);
    const position = { resource, world: account.world, listing, read: ids.slice(0, start), unread: ids.slice(start) };
    applyDrift(spec, random, position);
  }
  const isEmptied = context.faults.some((fault) => fault.kind === 'emptyList');
  const ids = isEmptied ? [] : listing.ids(selection, requestNumber);
  const isBeyond = page.number > 1 && start >= ids.length;
  const end = isBeyond ? wayFor(ways.listEnd, resource.name, 'empty') : 'empty';
  if (end === 'json404') return notFound();
  if (end === 'fieldErrors') return invalid({ page: ['Page is out of range'] });

  const from = end === 'lastPage' ? Math.floor(Math.max(0, ids.length - 1) / page.size) * page.size : start;
  const rows = ids.slice(from, from + page.size).map((id) => rowJson(account, resource, id, context, 'list'));
  const list = `[${rows.filter((row) => row !== undefined).join(',')}]`;
  const body = ways.envelope === 'array' ? list : `{${JSON.stringify(ways.envelope)}:${list}}`;
  return { ...jsonText(200, body), headers: headersOf(account, resource, page, listing, selection, ids.length) };
}

function headersOf(
  { ways }: Account,
  resource: Resource,
  page: Page,
  listing: Listing,
  selection: Selection,
  total: number,
): Record<string, string> {
  const firstTotal = listing.firstTotal(selection, total);
  return pageHeaders(wayFor(ways.pageHeaders, resource.name, 'present'), page, { total, firstTotal });
}

/** The resource of a parent in the path that does not exist. */
function missingParent(account: Account, parents: Parents): Resource | undefined {
  for (const [key, id] of Object.entries(parents)) {
    const parent = resources.find(({ idKey }) => idKey === key);
    if (parent !== undefined && seenObject(account, parent, id) === undefined) return parent;
  }
  return undefined;
}

function seenObject({ world, narrowing }: Account, resource: Resource, id: number): WireObject | undefined {
  const object = world.find(resource, id);
  return object !== undefined && narrowing.sees(resource, object) ? object : undefined;
}

/** One object, wrapped by name with its siblings unless the account has another way. */
export function readOne(account: Account, route: Route & { kind: 'one' }, context: ReadContext): Answer {
  const { resource, id, parents } = route;
  const { ways, world } = account;
  const object = seenObject(account, resource, id);
  if (object === undefined && world.find(resource, id) !== undefined && ways.hidden === 'json403') return forbidden();
  const fits = Object.entries(parents).every(([key, parentID]) => numberAt(object, key) === parentID);
  const json = fits && object !== undefined ? rowJson(account, resource, id, context, 'one') : undefined;
  return json === undefined ? goneAnswer(wayFor(ways.gone, resource.name, 'json404'), resource) : jsonText(200, json);
}

/** The JSON of an object as a list or a single read serves it when nothing is wrong. */
export const servedJson = (
  account: Account,
  resource: Resource,
  id: number,
  read: Projection['read'],
  includes = '',
): string | undefined =>
  rowJson(account, resource, id, { seed: 0, query: new URLSearchParams({ includes }), faults: [] }, read);

function rowJson(
  account: Account,
  resource: Resource,
  id: number,
  { faults, query, seed }: Pick<ReadContext, 'faults' | 'query' | 'seed'>,
  read: Projection['read'],
): string | undefined {
  const object = account.world.find(resource, id);
  if (object === undefined) return undefined;
  const { speller, ways } = account;
  const rowKey = ways.rowKeys[resource.name] ?? resource.rowKey;
  const idKey = ways.idKeys[resource.name] ?? resource.idKey;
  const singleReads = read === 'one' ? ways.singleReads : 'withSiblings';
  const row = rowOf(account.world, resource, object, {
    read,
    projections: ways.projections,
    siblings: singleReads === 'withSiblings',
    includes: read === 'one' ? (query.get('includes') ?? '').split(',') : [],
    rowKey: ways.rowKeys[resource.name],
    idKey: ways.idKeys[resource.name],
  });
  const json = singleReads === 'flat' ? speller.json(row.get(rowKey) ?? object) : joined(row);
  if (faults.length === 0) return json;
  return spoilRow(json, faults, { id, rowKey: speller.key(rowKey), idKey: speller.key(idKey), seed });

  function joined(parts: Row): string {
    const members = [...parts].map(([key, part]) => {
      const partJson = sharedParts.has(key) ? speller.sharedJson(part) : speller.json(part, key);
      return `"${speller.key(key)}":${partJson}`;
    });
    return `{${members.join(',')}}`;
  }
}

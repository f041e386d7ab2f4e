import type { Resource } from '../../shared/rentvine/resource.ts';
import type { Account } from './account.ts';
import { type Answer, jsonText, notFound } from './answer.ts';
import { applyDrift } from './drift.ts';
import type { Drift, Fault } from './fault-specs.ts';
import { parseFilters } from './filters.ts';
import type { Random } from './generator/random.ts';
import { numberAt } from './generator/wire-object.ts';
import { spoilRow } from './malformed.ts';
import type { SimulatorOptions } from './options.ts';
import { parsePage } from './paging.ts';
import type { Route } from './routes.ts';
import { type Row, rowOf } from './rows.ts';
import { wireNames } from './wire-names.ts';

export const defaultPageCap = 500;

/** Parts that stand in many rows; keeping the JSON of others would cost more memory than it saves time. */
const sharedParts: ReadonlySet<string> = new Set(['property', 'portfolio']);

/** What a read needs beside the account. */
export interface ReadContext {
  readonly options: SimulatorOptions;
  readonly seed: number;
  readonly query: URLSearchParams;
  readonly requestNumber: number;
  readonly faults: readonly Fault[];
  readonly drifts: readonly { readonly spec: Drift; readonly random: Random }[];
}

/**
 * One page of a list: a bare array or what the server wraps lists in; no total, no next link, `[]` past the end.
 *
 * @throws InvalidRequest when the query does not fit
 */
export function readList(account: Account, resource: Resource, context: ReadContext): Answer {
  const { options, query, requestNumber, drifts } = context;
  const page = parsePage(resource, query, options.pageCap ?? defaultPageCap);
  const selection = parseFilters(resource, query, options.inclusiveModifiedMin ?? true);
  const listing = account.listing(resource.name);
  const start = (page.number - 1) * page.size;

  for (const { spec, random } of drifts) {
    const ids = listing.ids(selection, requestNumber);
    const position = { resource, world: account.world, listing, read: ids.slice(0, start), unread: ids.slice(start) };
    applyDrift(spec, random, position);
  }
  const isEmptied = context.faults.some((fault) => fault.kind === 'emptyList');
  const ids = isEmptied ? [] : listing.ids(selection, requestNumber).slice(start, start + page.size);
  const rows = ids.map((id) => rowJson(account, resource, id, context)).filter((row) => row !== undefined);
  const list = `[${rows.join(',')}]`;
  const { envelope = 'array' } = options;
  return jsonText(200, envelope === 'array' ? list : `{${JSON.stringify(envelope)}:${list}}`);
}

/** One object, wrapped by name with its siblings unless the server is set up otherwise. 404 for one that is gone. */
export function readOne(account: Account, route: Route & { kind: 'one' }, context: ReadContext): Answer {
  const object = account.world.get(route.resource.name, route.id);
  const fits = Object.entries(route.parents).every(([key, id]) => numberAt(object, key) === id);
  const json = fits ? rowJson(account, route.resource, route.id, context, true) : undefined;
  return json === undefined ? notFound() : jsonText(200, json);
}

/** The row of an object as a list serves it when nothing is wrong. */
export const servedRow = (account: Account, resource: Resource, id: number): string | undefined =>
  rowJson(account, resource, id, { options: {}, seed: 0, query: new URLSearchParams(), faults: [] });

function rowJson(
  account: Account,
  resource: Resource,
  id: number,
  { options, faults, query, seed }: Pick<ReadContext, 'options' | 'faults' | 'query' | 'seed'>,
  isSingle = false,
): string | undefined {
  const object = account.world.get(resource.name, id);
  if (object === undefined) return undefined;
  const { rowKey, idKey } = wireNames(resource);
  const { speller } = account;
  const spell = (key: string) => speller.key(key);
  const singleReads = isSingle ? (options.singleReads ?? 'withSiblings') : 'withSiblings';
  const includes = isSingle ? (query.get('includes') ?? '').split(',') : [];
  const row = rowOf(account.world, resource, object, { siblings: singleReads === 'withSiblings', includes });
  const json = singleReads === 'flat' ? speller.json(object) : joined(row);
  return faults.length === 0 ? json : spoilRow(json, faults, { id, rowKey: spell(rowKey), idKey: spell(idKey), seed });

  function joined(parts: Row): string {
    const members = [...parts].map(([key, part]) => {
      const partJson = sharedParts.has(key) ? speller.sharedJson(part) : speller.json(part);
      return `"${spell(key)}":${partJson}`;
    });
    return `{${members.join(',')}}`;
  }
}

import { ContractError } from '../errors.ts';
import { apiUrl, type RentvineAccount } from './account.ts';
import { canonicalKey } from './canonical.ts';
import type { Resource } from './resource.ts';
import type { ResourceData } from './resource-data.ts';

/** Filters of a list. A list of values repeats its key; an empty one leaves the filter out. */
export type ListQuery = Readonly<Record<string, string | readonly string[]>>;

export interface ListRequest {
  /** From 1. */
  readonly page: number;
  /** Rows wished for; Rentvine may cap it without a word. */
  readonly pageSize: number;
  readonly query?: ListQuery;
}

/**
 * The address of one page of a list: `page` and `pageSize` (`limit` and `offset` are accepted by Rentvine and ignored),
 * and array filters as `key[]=1&key[]=2`.
 *
 * @param fields the parent's id, for a path that names it
 */
export function listUrl(
  account: RentvineAccount,
  resource: Resource,
  request: ListRequest,
  fields: ResourceData = {},
): URL {
  const template = account.paths?.[resource.name]?.list ?? resource.listPath;
  const url = apiUrl(
    account,
    fillPath(template, `The list of ${resource.name}`, (field) => fields[field]),
  );
  const parameters = new URLSearchParams(url.search);
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (typeof value === 'string') {
      parameters.set(key, value);
      continue;
    }
    const arrayKey = key.endsWith('[]') ? key : `${key}[]`;
    for (const item of value) parameters.append(arrayKey, item);
  }
  parameters.set('page', String(request.page));
  parameters.set('pageSize', String(request.pageSize));
  return withQuery(url, parameters);
}

/** Whether single objects of a resource can be read in this account. */
export function hasSingleRead(account: RentvineAccount, resource: Resource): boolean {
  return resource.parent !== undefined || onePath(account, resource) !== undefined;
}

/**
 * The address of one object.
 *
 * @param fields the record's fields as far as known, for paths that name a parent: `/properties/{propertyId}/units/{id}`
 * @throws ContractError when the resource has no single read, or a field that its path needs is missing
 */
export function oneUrl(account: RentvineAccount, resource: Resource, id: string, fields: ResourceData): URL {
  const template = onePath(account, resource);
  if (template === undefined) throw new ContractError(`There is no single read of ${resource.name}`);
  const path = fillPath(template, `One of ${resource.name}`, (field) =>
    field === 'id' || field === resource.idField ? id : fields[field],
  );
  const url = apiUrl(account, path);
  const parameters = new URLSearchParams(url.search);
  for (const [key, value] of Object.entries(resource.oneQuery ?? {})) parameters.set(key, value);
  return withQuery(url, parameters);
}

/** `YYYY-MM-DD HH:MM:SS` in UTC, as `dateTimeModifiedMin` wants it; parts of a second are cut off, never rounded up. */
export function formatDateTime(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

/** `YYYY-MM-DD` in UTC, as `datePostedMin` wants it. */
export function formatDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function onePath(account: RentvineAccount, resource: Resource): string | undefined {
  return account.paths?.[resource.name]?.one ?? resource.onePath;
}

/** Puts values in the place of names in braces; a correction copied from Rentvine's reference says `{propertyID}`. */
function fillPath(template: string, what: string, find: (field: string) => unknown): string {
  return template.replace(/\{([^}]*)\}/g, (_, name: string) => {
    const value = find(canonicalKey(name));
    if ((typeof value !== 'string' && typeof value !== 'number') || isNotASegment(String(value))) {
      throw new ContractError(`${what} cannot be read without its ${name}`);
    }
    return encodeURIComponent(value);
  });
}

/** An empty segment would address the list, a dotted one the parent (also when escaped, https://url.spec.whatwg.org). */
function isNotASegment(value: string): boolean {
  return value.trim() === '' || value === '.' || value === '..' || !value.isWellFormed();
}

/** A space as `%20`: every server reads that as a space, not all read `+` so. */
function withQuery(url: URL, parameters: URLSearchParams): URL {
  url.search = parameters.toString().replaceAll('+', '%20');
  return url;
}

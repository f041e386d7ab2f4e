import { findEndpoint } from '../endpoints/catalogue.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { type ResourceName, resources } from '../resources/catalogue.ts';
import type { SimulatedResource } from '../resources/resource.ts';

/** Other ids in a path, by wire key; the object must have them. */
export type Parents = Readonly<Record<string, number>>;

type Resource = SimulatedResource<ResourceName>;

/** What a path means, below the account's base path. */
export type Route =
  | { readonly kind: 'token' }
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'list'; readonly resource: Resource; readonly parents: Parents; readonly path: string }
  | { readonly kind: 'one'; readonly resource: Resource; readonly id: number; readonly parents: Parents }
  | { readonly kind: 'create'; readonly resource: Resource; readonly parents: Parents };

/** List paths that differ from the usual ones: a server whose documentation is wrong. */
export type ListPaths = Partial<Record<ResourceName, string>>;

/** What a method and a path mean; `undefined` for 404. */
export type Routes = (method: string, path: string) => Route | undefined;

// Asked for with every request; an account's paths are another object after each change.
const known = new WeakMap<ListPaths, Routes>();

/** The routes of a server, made of the catalogue. */
export function routesFor(listPaths: ListPaths): Routes {
  const routes = known.get(listPaths) ?? makeRoutes(listPaths);
  known.set(listPaths, routes);
  return routes;
}

function makeRoutes(listPaths: ListPaths): Routes {
  const lists = resources.flatMap((resource) => {
    const moved = listPaths[resource.name];
    const paths = moved === undefined ? [resource.listPath, ...(resource.otherListPaths ?? [])] : [moved];
    return paths.map((path) => ({ resource, path, match: compilePath(path) }));
  });
  const objects = resources.flatMap((resource) => {
    const { onePath, idKey } = resource;
    if (onePath === undefined) return [];
    const collection = onePath.replace(`/{${idKey}}`, '');
    return [{ resource, one: compilePath(onePath), collection: compilePath(collection) }];
  });

  return (method, path) => {
    if (method === 'POST' && path === '/auth/token') return { kind: 'token' };
    if (method !== 'GET' && method !== 'POST' && method !== 'DELETE') return undefined;
    const found = findEndpoint(method, path);
    if (found !== undefined) return { kind: 'endpoint', ...found };
    for (const { resource, path: template, match } of method === 'GET' ? lists : []) {
      const parents = match(path);
      if (parents !== undefined) return { kind: 'list', resource, parents, path: template };
    }
    for (const { resource, one, collection } of objects) {
      const { [resource.idKey]: id, ...parents } = one(path) ?? {};
      if (id !== undefined) {
        return method === 'DELETE' && resource.isDeletable !== true
          ? undefined
          : { kind: 'one', resource, id, parents };
      }
      const above = method === 'POST' ? collection(path) : undefined;
      if (above !== undefined) return { kind: 'create', resource, parents: above };
    }
    return undefined;
  };
}

/** Ids are numbers; `/tenants/search` is therefore no tenant. */
export function compilePath(template: string): (path: string) => Record<string, number> | undefined {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '(\\d{1,15})')}$`);
  return (path) => {
    const match = pattern.exec(path);
    if (match === null) return undefined;
    return Object.fromEntries(names.map((name, index) => [name, Number(match[index + 1])]));
  };
}

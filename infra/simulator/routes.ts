import type { Resource, ResourceName } from '../../shared/rentvine/resource.ts';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import { wireKey } from './wire-names.ts';

/** What a path means, below the account's base path. */
export type Route =
  | { readonly kind: 'token' }
  | { readonly kind: 'list'; readonly resource: Resource }
  | {
      readonly kind: 'one';
      readonly resource: Resource;
      readonly id: number;
      /** Other ids in the path, by wire key; the object must have them. */
      readonly parents: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'create'; readonly resource: Resource; readonly parents: Readonly<Record<string, number>> };

/** List paths that differ from the table's: a server whose documentation is wrong. */
export type ListPaths = Partial<Record<ResourceName, string>>;

/** A function from method and path to what it means, `undefined` for 404. Made of the resource table. */
export function makeRoutes(listPaths: ListPaths): (method: string, path: string) => Route | undefined {
  const lists = new Map(resources.map((resource) => [listPaths[resource.name] ?? resource.listPath, resource]));
  const objects = resources.flatMap((resource) =>
    resource.onePath === undefined
      ? []
      : [
          {
            resource,
            one: compile(resource.onePath),
            collection: compile(resource.onePath.replace(/\/\{id\}$/, '')),
          },
        ],
  );

  return (method, path) => {
    if (method === 'POST' && path === '/auth/token') return { kind: 'token' };
    const list = method === 'GET' ? lists.get(path) : undefined;
    if (list !== undefined) return { kind: 'list', resource: list };
    if (method !== 'GET' && method !== 'POST') return undefined;
    for (const { resource, one, collection } of objects) {
      const found = one(path);
      if (found?.id !== undefined) {
        const { id, ...parents } = found;
        return { kind: 'one', resource, id, parents };
      }
      const parents = method === 'POST' ? collection(path) : undefined;
      if (parents !== undefined) return { kind: 'create', resource, parents };
    }
    return undefined;
  };
}

/** Ids are numbers; `/tenants/search` is therefore no tenant. */
function compile(template: string): (path: string) => Record<string, number> | undefined {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '(\\d{1,15})')}$`);
  return (path) => {
    const match = pattern.exec(path);
    if (match === null) return undefined;
    return Object.fromEntries(names.map((name, index) => [wireKey(name), Number(match[index + 1])]));
  };
}

import type { Account } from '../account.ts';
import { numberAt } from '../generator/wire-object.ts';
import type { Matcher } from '../resources/filters.ts';
import type { SimulatedResource } from '../resources/resource.ts';
import type { Selection } from './listing.ts';
import type { Parents } from './routes.ts';

/**
 * The rows that a list request asks for and that the key sees. A filter that a resource does not have is ignored, like
 * any unknown key.
 *
 * @throws InvalidRequest for a value that is none
 */
export function selectRows(
  { ways, narrowing }: Account,
  resource: SimulatedResource,
  parents: Parents,
  query: URLSearchParams,
): Selection {
  const settings = { inclusive: ways.filterBounds === 'inclusive', zone: ways.zone };
  const matchers: Matcher[] = [];
  const keys: string[] = [];
  for (const [key, id] of Object.entries(parents)) {
    matchers.push((object) => numberAt(object, key) === id);
    keys.push(`${key}:${id}`);
  }
  for (const [key, filter] of Object.entries(resource.filters ?? {})) {
    const values = query.getAll(key).filter((value) => value !== '');
    if (values.length === 0) continue;
    matchers.push(filter(values, key, settings));
    keys.push(`${key}=${values.join(',')}`);
  }
  if (narrowing.key !== '') {
    matchers.push((object) => narrowing.sees(resource, object));
    keys.push(`seen ${narrowing.key}`);
  }
  if (keys.length > 0) keys.push(`${ways.filterBounds} ${ways.zone}`);
  return { key: keys.join('&'), matches: (object) => matchers.every((matches) => matches(object)) };
}

import { jsonAnswer } from '../server/answer.ts';
import { actions } from './actions.ts';
import { chat } from './chat.ts';
import { customFieldValues } from './custom-field-values.ts';
import type { Endpoint } from './endpoint.ts';
import { files } from './files.ts';
import { leaseMoney } from './lease-money.ts';
import { reportEndpoints } from './reports.ts';
import { settings } from './settings.ts';

/** Lists that every company has and this one leaves empty. */
const emptyLists = ['/associations/search', '/accounting/diagnostics/{name}'];

export const endpoints: readonly Endpoint[] = [
  ...settings,
  ...leaseMoney,
  ...actions,
  ...customFieldValues,
  ...files,
  ...reportEndpoints,
  ...chat,
  ...emptyLists.map((path): Endpoint => ({ method: 'GET', path, answer: () => jsonAnswer(200, []) })),
];

/** The endpoint behind a method and path, with what stood in the path's braces. */
export function findEndpoint(method: string, path: string) {
  for (const { endpoint, pattern, names } of compiled) {
    const match = endpoint.method === method ? pattern.exec(path) : null;
    if (match !== null) {
      const parameters = Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? '']));
      return { endpoint, parameters };
    }
  }
  return undefined;
}

const compiled = endpoints.map((endpoint) => ({
  endpoint,
  names: [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''),
  pattern: new RegExp(`^${endpoint.path.replaceAll(/\{\w+ID\}/g, '(\\d{1,15})').replaceAll(/\{\w+\}/g, '([\\w-]+)')}$`),
}));

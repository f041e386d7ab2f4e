/** One route of an HTTP API: `POST /webhooks/{account}`, `ANY /{proxy+}` or `$default`. */
export interface HttpRoute<T> {
  readonly routeKey: string;
  readonly target: T;
}

export interface RouteMatch<T> {
  readonly route: HttpRoute<T>;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Candidate<T> extends RouteMatch<T> {
  readonly rank: readonly number[];
}

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function matchRoute<T>(route: HttpRoute<T>, method: string, segments: readonly string[]): Candidate<T> | undefined {
  const [routeMethod, routePath = ''] = route.routeKey.split(' ');
  if (routeMethod !== 'ANY' && routeMethod !== method) return undefined;
  const pattern = segmentsOf(routePath);
  const parameters: Record<string, string> = {};
  // Per segment: 0 literal, 1 variable, 2 greedy; the lowest rank wins, and an exact method beats ANY.
  const rank: number[] = [];
  for (const [at, part] of pattern.entries()) {
    const variable = /^\{(.+?)(\+?)\}$/.exec(part);
    const segment = segments[at];
    if (variable?.[2] === '+') {
      if (segment === undefined) return undefined;
      parameters[variable[1] ?? ''] = segments.slice(at).map(decode).join('/');
      return { route, pathParameters: parameters, rank: [...rank, 2, routeMethod === 'ANY' ? 1 : 0] };
    }
    if (segment === undefined) return undefined;
    if (variable) parameters[variable[1] ?? ''] = decode(segment);
    else if (part !== segment) return undefined;
    rank.push(variable ? 1 : 0);
  }
  if (segments.length !== pattern.length) return undefined;
  return { route, pathParameters: parameters, rank: [...rank, routeMethod === 'ANY' ? 1 : 0] };
}

function compareRanks(left: readonly number[], right: readonly number[]): number {
  for (const [at, value] of left.entries()) {
    const difference = value - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The route that API Gateway chooses for a request: the most specific path, then the method, then `$default`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function selectRoute<T>(
  routes: readonly HttpRoute<T>[],
  method: string,
  path: string,
): RouteMatch<T> | undefined {
  const segments = segmentsOf(path);
  const matches = routes.flatMap((route) => matchRoute(route, method, segments) ?? []);
  const [best] = matches.sort((left, right) => compareRanks(left.rank, right.rank));
  if (best) return best;
  const fallback = routes.find((route) => route.routeKey === '$default');
  return fallback && { route: fallback, pathParameters: {} };
}

/** One route of an HTTP API: `POST /webhooks/{account}` or `ANY /health`. */
export interface HttpRoute<Target> {
  readonly routeKey: string;
  readonly target: Target;
}

export interface RouteMatch<Target> {
  readonly route: HttpRoute<Target>;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Whether it is a method and a path, each of whose segments is literal or a variable. */
export function isRouteKey(routeKey: string): boolean {
  return /^[A-Z]+ (?:\/(?:[^{}/]+|\{[^{}+]+\}))+$/.test(routeKey);
}

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function matchRoute<Target>(
  route: HttpRoute<Target>,
  method: string,
  segments: readonly string[],
): (RouteMatch<Target> & { readonly rank: string }) | undefined {
  const [routeMethod, routePath = ''] = route.routeKey.split(' ');
  if (routeMethod !== 'ANY' && routeMethod !== method) return undefined;
  const pattern = segmentsOf(routePath);
  if (pattern.length !== segments.length) return undefined;
  const pathParameters: Record<string, string> = {};
  // A digit for each segment, 0 where it is literal, and one for the method: the lowest rank is the most specific.
  let rank = '';
  for (const [at, part] of pattern.entries()) {
    const segment = segments[at] ?? '';
    const variable = /^\{(.+)\}$/.exec(part)?.[1];
    if (variable !== undefined) pathParameters[variable] = decode(segment);
    else if (part !== segment) return undefined;
    rank += variable === undefined ? '0' : '1';
  }
  return { route, pathParameters, rank: rank + (routeMethod === 'ANY' ? '1' : '0') };
}

/**
 * The route that API Gateway chooses for a request: the most specific path, then the method.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function selectRoute<Target>(
  routes: readonly HttpRoute<Target>[],
  method: string,
  path: string,
): RouteMatch<Target> | undefined {
  const segments = segmentsOf(path);
  const matches = routes.flatMap((route) => matchRoute(route, method, segments) ?? []);
  return matches.sort((left, right) => (left.rank < right.rank ? -1 : 1))[0];
}

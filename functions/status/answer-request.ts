import { logger } from '../../shared/observability/logger.ts';
import type { HealthReport } from './health/health-report.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer, type StatusRequest } from './http.ts';
import { expositionType } from './metrics/exposition.ts';
import type { Authorization } from './status-token.ts';

export interface StatusDependencies {
  /** Judges an `Authorization` header. */
  readonly authorize: (header: string | undefined) => Promise<Authorization>;
  /** @param withDetails whether the caller may know accounts */
  readonly health: (withDetails: boolean) => Promise<HealthReport>;
  /** In Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  /** The HTML page. */
  readonly docs: () => string;
  /** The OpenAPI document, as JSON. */
  readonly openApi: () => string;
}

type Answerer = (request: StatusRequest, dependencies: StatusDependencies) => Promise<HttpAnswer>;

/** The same for everybody and changed only by a deployment. */
const keptForMinutes = { 'cache-control': 'public, max-age=300' };

const routes: Readonly<Record<string, Answerer>> = {
  '/health': health,
  '/metrics': metrics,
  '/docs': async (_, { docs }) => ({
    statusCode: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', ...keptForMinutes },
    body: docs(),
  }),
  '/openapi.json': async (_, { openApi }) => ({
    statusCode: 200,
    headers: { 'content-type': 'application/json', ...keptForMinutes },
    body: openApi(),
  }),
};

/** Answers what the HTTP API asks this function. Never throws. */
export async function answerRequest(request: StatusRequest, dependencies: StatusDependencies): Promise<HttpAnswer> {
  const { method } = request.requestContext.http;
  const route = Object.hasOwn(routes, request.rawPath) ? routes[request.rawPath] : undefined;
  if (route === undefined) return errorAnswer(404, 'There is nothing here; GET /docs says what there is.');
  // A preflight of CORS may get here, where a route takes any method; API Gateway adds the headers, if they are configured.
  if (method === 'OPTIONS') return { statusCode: 204, headers: {}, body: '' };
  if (method !== 'GET' && method !== 'HEAD') {
    return errorAnswer(405, 'Only GET and HEAD are possible here.', { allow: 'GET, HEAD' });
  }
  try {
    const answer = await route(request, dependencies);
    return method === 'HEAD' ? { ...answer, body: '' } : answer;
  } catch (error) {
    logger.error('A request could not be answered.', { error });
    return errorAnswer(500, 'This could not be answered; the log of the function says why.');
  }
}

const challenge = { 'www-authenticate': 'Bearer realm="status"' };
const refused = (): HttpAnswer => errorAnswer(401, 'The bearer token is missing or wrong.', challenge);

/** While Secrets Manager does not answer, a token cannot be checked: then everybody gets the answer without details. */
async function health({ headers }: StatusRequest, dependencies: StatusDependencies): Promise<HttpAnswer> {
  const authorization = await dependencies.authorize(headers.authorization);
  if (authorization === 'refused') return refused();
  const report = await dependencies.health(authorization === 'granted');
  return jsonAnswer(report.status === 'unhealthy' ? 503 : 200, report);
}

async function metrics({ headers }: StatusRequest, dependencies: StatusDependencies): Promise<HttpAnswer> {
  const authorization = await dependencies.authorize(headers.authorization);
  if (authorization === 'unknown') {
    return errorAnswer(503, 'The bearer token cannot be checked right now.', { 'retry-after': '10' });
  }
  if (authorization !== 'granted') return refused();
  return {
    statusCode: 200,
    headers: { 'content-type': expositionType, 'cache-control': 'no-store' },
    body: await dependencies.metrics(),
  };
}

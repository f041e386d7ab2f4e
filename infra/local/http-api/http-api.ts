import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AwsMetrics } from '../cloudwatch/aws-metrics.ts';
import { closeServer, listen, portOf } from '../http-server.ts';
import type { LocalLambda } from '../lambda/lambda.ts';
import type { LocalService, LocalWorld } from '../local-service.ts';
import { type HttpApiDefinition, readHttpApi } from './api-definition.ts';
import { eventOf } from './http-event.ts';
import { corsHeaders, preflightHeaders, sendMessage, sendResult } from './http-response.ts';
import { selectRoute } from './http-routes.ts';

/** Answers a request of the pages that only a local stack has, or returns false to leave it to the API. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface LocalHttpApi extends LocalService {
  readonly url: string;
  /** From now on this is asked first about `/` and everything below `/console`. */
  servePages(pages: PageHandler): void;
}

const pagePath = /^\/(?:console(?:\/.*)?)?(?:\?.*)?$/;
const maxBodyBytes = 10 * 1024 * 1024;
/** How long API Gateway waits for a function. */
const integrationTimeoutMs = 30_000;

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // The rest is read and dropped, so that the client gets to see the answer.
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size <= maxBodyBytes ? Buffer.concat(chunks) : undefined;
}

/** Serves the HTTP API of the templates as API Gateway does, on the loopback interface. */
export async function startHttpApi(
  { accountId }: Pick<LocalWorld, 'accountId'>,
  { lambda, measured }: { readonly lambda: Pick<LocalLambda, 'function'>; readonly measured: AwsMetrics },
  port: number,
): Promise<LocalHttpApi> {
  const ready = Promise.withResolvers<HttpApiDefinition>();
  let pages: PageHandler = () => false;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const { apiId, cors, routes } = await ready.promise;
    let integrationLatencyMs: number | undefined;
    response.once('close', () => {
      const latencyMs = performance.now() - startedAt;
      measured.apiRequest({ apiId, status: response.statusCode, latencyMs, integrationLatencyMs });
    });
    const [rawPath = '/', ...rest] = (request.url ?? '/').split('?');
    const { origin } = request.headers;
    const extra = corsHeaders(cors, origin);
    const body = await readBody(request);
    if (!body) return sendMessage(response, 413, 'Request Entity Too Large', extra);

    const method = request.method ?? 'GET';
    if (cors && method === 'OPTIONS' && origin && request.headers['access-control-request-method']) {
      const allowed = 'access-control-allow-origin' in extra;
      response.writeHead(204, allowed ? { ...extra, ...preflightHeaders(cors) } : {});
      response.end();
      return;
    }
    const match = selectRoute(routes, method, rawPath);
    if (!match) return sendMessage(response, 404, 'Not Found', extra);

    const { route, pathParameters } = match;
    const event = eventOf({
      request,
      body,
      apiId,
      accountId,
      routeKey: route.routeKey,
      pathParameters,
      rawPath,
      rawQuery: rest.join('?'),
    });
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), integrationTimeoutMs);
    });
    const askedAt = performance.now();
    const outcome = await Promise.race([route.target.invoke(JSON.stringify(event)), timeout]);
    clearTimeout(timer);
    integrationLatencyMs = performance.now() - askedAt;
    if (!outcome) return sendMessage(response, 503, 'Service Unavailable', extra);
    if (!outcome.ok) return sendMessage(response, 500, 'Internal Server Error', extra);
    sendResult(response, outcome.payload, extra);
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (pagePath.test(request.url ?? '') && pages(request, response)) return;
    answer(request, response).catch(() => {
      if (response.headersSent || request.destroyed) response.destroy();
      else sendMessage(response, 500, 'Internal Server Error', {});
    });
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    servePages(handler) {
      pages = handler;
    },
    provision(resources) {
      const definition = readHttpApi(resources, lambda.function);
      if (definition) ready.resolve(definition);
    },
    close: () => closeServer(server),
  };
}

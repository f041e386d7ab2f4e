import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import type { ApiRequest } from '../cloudwatch/aws-metrics.ts';
import { closeServer, listen, portOf } from '../http-server.ts';
import type { FunctionPool } from '../lambda/function-pool.ts';
import { eventOf, type HttpApiIdentity } from './http-event.ts';
import { type HttpRoute, selectRoute } from './http-routes.ts';

/** The integration of a route: a function, and how long API Gateway waits for it. */
export interface HttpIntegration {
  readonly pool: FunctionPool;
  readonly timeoutMs: number;
}

export interface CorsRules {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number | undefined;
}

export interface HttpApiDefinition extends HttpApiIdentity {
  readonly routes: readonly HttpRoute<HttpIntegration>[];
  readonly cors: CorsRules | undefined;
}

/** Answers a request of the pages that only a local stack has, or returns false to leave it to the API. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface LocalHttpApi {
  readonly url: string;
  /** From now on this is asked first about `/` and everything below `/console`. */
  servePages(pages: PageHandler): void;
  /** Until this is called every request waits. */
  serve(definition: HttpApiDefinition): void;
  close(): Promise<void>;
}

const pagePath = /^\/(?:console(?:\/.*)?)?(?:\?.*)?$/;
const maximumBodyBytes = 10 * 1024 * 1024;
const structured = z.looseObject({
  statusCode: z.coerce.number().int(),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  multiValueHeaders: z.unknown().optional(),
  cookies: z.array(z.string()).nullish(),
  body: z.unknown().optional(),
  isBase64Encoded: z.boolean().nullish(),
});

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // The rest is read and dropped, so that the client gets to see the answer.
    if (size <= maximumBodyBytes) chunks.push(chunk);
  }
  return size <= maximumBodyBytes ? Buffer.concat(chunks) : undefined;
}

function corsHeaders(cors: CorsRules | undefined, origin: string | undefined): Record<string, string> {
  if (!cors || !origin) return {};
  const allowed = cors.allowOrigins.includes('*') ? '*' : cors.allowOrigins.find((candidate) => candidate === origin);
  if (!allowed) return {};
  return {
    'access-control-allow-origin': allowed,
    ...(cors.allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.exposeHeaders.length > 0 ? { 'access-control-expose-headers': cors.exposeHeaders.join(',') } : {}),
  };
}

function preflightHeaders(cors: CorsRules): Record<string, string> {
  return {
    'access-control-allow-methods': cors.allowMethods.join(','),
    'access-control-allow-headers': cors.allowHeaders.join(','),
    ...(cors.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(cors.maxAgeSeconds) }),
  };
}

function sendMessage(response: ServerResponse, status: number, message: string, extra: Record<string, string>): void {
  const body = JSON.stringify({ message });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...extra,
  });
  response.end(body);
}

/** Writes what the function returned: a structured response, or anything else as JSON with status 200. */
function sendResult(response: ServerResponse, payload: string, extra: Record<string, string>): void {
  const result: unknown = JSON.parse(payload);
  const parsed = structured.safeParse(result);
  if (!parsed.success) {
    const text = typeof result === 'string' ? result : payload;
    response.writeHead(200, { 'content-type': 'application/json', ...extra });
    response.end(text);
    return;
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const text = body === undefined || body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const content = Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8');
  const own = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  const merged: Record<string, string | string[]> = {
    'content-type': 'text/plain;charset=UTF-8',
    ...Object.fromEntries(own),
    ...extra,
    'content-length': String(content.length),
    ...(cookies ? { 'set-cookie': cookies } : {}),
  };
  response.writeHead(statusCode, merged);
  response.end(content);
}

/**
 * Serves one HTTP API (`AWS::ApiGatewayV2::Api`) as API Gateway does, on the loopback interface.
 *
 * @param observe told of each request that was answered
 */
export async function startHttpApi(port: number, observe?: (request: ApiRequest) => void): Promise<LocalHttpApi> {
  const ready = Promise.withResolvers<HttpApiDefinition>();
  let pages: PageHandler = () => false;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const definition = await ready.promise;
    let integrationLatencyMs: number | undefined;
    const integrated = (ms: number): void => {
      integrationLatencyMs = ms;
    };
    response.once('close', () => {
      const { apiId, stage } = definition;
      const latencyMs = performance.now() - startedAt;
      observe?.({ apiId, stage, status: response.statusCode, latencyMs, integrationLatencyMs });
    });
    const { cors } = definition;
    const [rawPath = '/', ...rest] = (request.url ?? '/').split('?');
    const rawQuery = rest.join('?');
    const { origin } = request.headers;
    const extra = corsHeaders(cors, origin);
    const body = await readBody(request);
    if (!body) return sendMessage(response, 413, 'Request Entity Too Large', extra);

    const prefix = definition.stage === '$default' ? '' : `/${definition.stage}`;
    const inStage = rawPath === prefix || rawPath.startsWith(`${prefix}/`);
    const method = request.method ?? 'GET';
    if (cors && method === 'OPTIONS' && origin && request.headers['access-control-request-method']) {
      const allowed = 'access-control-allow-origin' in extra;
      response.writeHead(204, allowed ? { ...extra, ...preflightHeaders(cors) } : {});
      response.end();
      return;
    }
    const match = inStage ? selectRoute(definition.routes, method, rawPath.slice(prefix.length)) : undefined;
    if (!match) return sendMessage(response, 404, 'Not Found', extra);

    const { routeKey, target } = match.route;
    const event = eventOf({
      request,
      body,
      definition,
      routeKey,
      pathParameters: match.pathParameters,
      rawPath,
      rawQuery,
    });
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), target.timeoutMs);
    });
    const askedAt = performance.now();
    const outcome = await Promise.race([target.pool.invoke(JSON.stringify(event)), timeout]);
    clearTimeout(timer);
    integrated(performance.now() - askedAt);
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
    serve: ready.resolve,
    close: () => closeServer(server),
  };
}

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { closeServer, listen, portOf } from './gateway.ts';
import { type HttpRoute, selectRoute } from './http-routes.ts';
import type { FunctionPool } from './lambda-pool.ts';

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

export interface HttpApiDefinition {
  readonly apiId: string;
  readonly accountId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly routes: readonly HttpRoute<HttpIntegration>[];
  readonly cors: CorsRules | undefined;
}

export interface LocalHttpApi {
  readonly url: string;
  /** Until this is called every request waits. */
  serve(definition: HttpApiDefinition): void;
  close(): Promise<void>;
}

const maximumBodyBytes = 10 * 1024 * 1024;
/** API Gateway hands these to a function as text and everything else, forms included, in base64. */
const textTypes = /^(text\/.*|application\/(json|javascript|xml|.*\+json|.*\+xml))$/;

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

function joinedQuery(query: URLSearchParams): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [key, value] of query) joined[key] = key in joined ? `${joined[key]},${value}` : value;
  return joined;
}

function logTime(now: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(now.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

/** The event of payload format 2.0. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function eventOf(options: {
  request: IncomingMessage;
  body: Buffer;
  definition: HttpApiDefinition;
  routeKey: string;
  pathParameters: Readonly<Record<string, string>>;
  rawPath: string;
  rawQuery: string;
}): Record<string, unknown> {
  const { request, body, definition, rawPath, rawQuery } = options;
  const now = new Date();
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (name !== 'cookie' && name !== 'connection' && values) headers[name] = values.join(',');
  }
  headers['x-forwarded-for'] ??= request.socket.remoteAddress ?? '127.0.0.1';
  headers['x-forwarded-proto'] ??= 'http';
  const cookies = request.headers.cookie?.split(/;\s*/);
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const asText = textTypes.test(type) && !request.headers['content-encoding'];
  const query = joinedQuery(new URLSearchParams(rawQuery));
  const host = request.headers.host ?? '127.0.0.1';
  return {
    version: '2.0',
    routeKey: options.routeKey,
    rawPath,
    rawQueryString: rawQuery,
    ...(cookies ? { cookies } : {}),
    headers,
    ...(rawQuery ? { queryStringParameters: query } : {}),
    ...(Object.keys(options.pathParameters).length > 0 ? { pathParameters: options.pathParameters } : {}),
    ...(Object.keys(definition.stageVariables).length > 0 ? { stageVariables: definition.stageVariables } : {}),
    requestContext: {
      accountId: definition.accountId,
      apiId: definition.apiId,
      domainName: host,
      domainPrefix: definition.apiId,
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: options.routeKey,
      stage: definition.stage,
      time: logTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 ? { body: body.toString(asText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !asText,
  };
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

/** Serves one HTTP API (`AWS::ApiGatewayV2::Api`) as API Gateway does, on the loopback interface. */
export async function startHttpApi(port: number): Promise<LocalHttpApi> {
  const ready = Promise.withResolvers<HttpApiDefinition>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const definition = await ready.promise;
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
    const outcome = await Promise.race([target.pool.invoke(JSON.stringify(event)), timeout]);
    clearTimeout(timer);
    if (!outcome) return sendMessage(response, 503, 'Service Unavailable', extra);
    if (!outcome.ok) return sendMessage(response, 500, 'Internal Server Error', extra);
    sendResult(response, outcome.payload, extra);
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent || request.destroyed) response.destroy();
      else sendMessage(response, 500, 'Internal Server Error', {});
    });
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    serve: ready.resolve,
    close: () => closeServer(server),
  };
}

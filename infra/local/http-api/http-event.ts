import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** API Gateway hands these to a function as text and everything else, forms included, in base64. */
const textTypes = /^(text\/.*|application\/(json|javascript|xml|.*\+json|.*\+xml))$/;

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
export function eventOf(options: {
  request: IncomingMessage;
  body: Buffer;
  apiId: string;
  accountId: string;
  routeKey: string;
  pathParameters: Readonly<Record<string, string>>;
  rawPath: string;
  rawQuery: string;
}): Record<string, unknown> {
  const { request, body, apiId, accountId, rawPath, rawQuery } = options;
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
    requestContext: {
      accountId,
      apiId,
      domainName: host,
      domainPrefix: apiId,
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: options.routeKey,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 ? { body: body.toString(asText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !asText,
  };
}

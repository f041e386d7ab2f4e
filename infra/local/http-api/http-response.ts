import type { ServerResponse } from 'node:http';
import * as z from 'zod';
import type { CorsRules } from './api-definition.ts';

type Headers = Readonly<Record<string, string>>;

const structured = z.looseObject({
  statusCode: z.coerce.number().int(),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.unknown().optional(),
  isBase64Encoded: z.boolean().nullish(),
});

/** What lets a page of `origin` read the answer; nothing where the rules do not allow it. */
export function corsHeaders(cors: CorsRules | undefined, origin: string | undefined): Headers {
  if (!cors || !origin) return {};
  const allowed = cors.AllowOrigins.includes('*') ? '*' : cors.AllowOrigins.find((candidate) => candidate === origin);
  if (!allowed) return {};
  return {
    'access-control-allow-origin': allowed,
    ...(cors.AllowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.ExposeHeaders.length > 0 ? { 'access-control-expose-headers': cors.ExposeHeaders.join(',') } : {}),
  };
}

export function preflightHeaders(cors: CorsRules): Headers {
  return {
    'access-control-allow-methods': cors.AllowMethods.join(','),
    'access-control-allow-headers': cors.AllowHeaders.join(','),
    ...(cors.MaxAge === undefined ? {} : { 'access-control-max-age': String(cors.MaxAge) }),
  };
}

/** Answers what API Gateway itself says. */
export function sendMessage(response: ServerResponse, status: number, message: string, extra: Headers): void {
  const body = JSON.stringify({ message });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...extra,
  });
  response.end(body);
}

/** Writes what the function returned: a structured response, or anything else as JSON with status 200. */
export function sendResult(response: ServerResponse, payload: string, extra: Headers): void {
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
  response.writeHead(statusCode, {
    'content-type': 'text/plain;charset=UTF-8',
    ...Object.fromEntries(own),
    ...extra,
    'content-length': String(content.length),
    ...(cookies ? { 'set-cookie': cookies } : {}),
  });
  response.end(content);
}

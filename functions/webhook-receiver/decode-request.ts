import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The part of API Gateway's event that a webhook is in. */
export type WebhookRequest = Pick<APIGatewayProxyEventV2, 'headers' | 'body' | 'isBase64Encoded' | 'pathParameters'> & {
  readonly requestContext: Pick<APIGatewayProxyEventV2['requestContext'], 'requestId'>;
};

export type DecodedRequest =
  | { readonly kind: 'json'; readonly body: Uint8Array; readonly json: Readonly<Record<string, unknown>> }
  | { readonly kind: 'tooLarge' | 'unsupported' | 'malformed' };

export const maxBytes = 256 * 1024;

const jsonType = /^application\/(?:[\w.+-]+\+)?json$/i;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes the body's bytes out of a request as they were sent, and the JSON object in them. API Gateway hands some bodies over
 * in base64. Looks at the size before it does any work.
 */
export function decodeRequest({ headers, body = '', isBase64Encoded }: WebhookRequest): DecodedRequest {
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!jsonType.test(type.trim()) || encoding.trim().toLowerCase() !== 'identity') return { kind: 'unsupported' };
  if (body.length > (isBase64Encoded ? Math.ceil(maxBytes / 3) * 4 : maxBytes)) return { kind: 'tooLarge' };
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBytes) return { kind: 'tooLarge' };
  const json = parseObject(bytes);
  return json === undefined ? { kind: 'malformed' } : { kind: 'json', body: bytes, json };
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(strictUtf8.decode(bytes));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { AwsError, unsupportedOperation } from './aws-error.ts';
import { checkCaller, isOwnHost } from './caller.ts';
import { closeServer, listen, portOf } from './http-server.ts';
import { type Intercept, refuse, type ServiceName, type ServiceRequest } from './intercept.ts';
import type { LocalService } from './local-service.ts';

/** What carries out a request to each service. */
export type ServedServices = Readonly<Partial<Record<ServiceName, Pick<LocalService, 'execute'>>>>;

export interface Gateway {
  readonly url: string;
  /** Until this is called every request waits. */
  serve(services: ServedServices): void;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const targets: Readonly<Record<string, ServiceName>> = {
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  secretsmanager: 'secretsmanager',
  AWSEvents: 'events',
  GraniteServiceVersion20100801: 'cloudwatch',
};
/** An answer of the Invoke API, of which the protocol makes status, header and body. */
const invokeResponse = z.object({ StatusCode: z.number(), FunctionError: z.string().optional(), Payload: z.string() });
const accountSettingsPath = /^\/2016-08-19\/account-settings\/?$/;
const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** A web page could ask for secrets: by a name of its own that leads here, or without being able to read the answer. */
const isFromBrowser = ({ headers }: IncomingMessage): boolean =>
  !isOwnHost(headers.host) || headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  // The SDK compresses large PutMetricData requests.
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole).toString();
}

function parseBody(text: string): Record<string, unknown> {
  if (text === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return { ...body };
  } catch {
    // Falls through to the refusal.
  }
  throw new AwsError('SerializationException', 'The request body is no JSON object');
}

/** The service follows from a Lambda path, or from `X-Amz-Target`. */
function readRequest({ method, url = '/', headers }: IncomingMessage, text: string): ServiceRequest {
  const path = url.split('?')[0] ?? '/';
  const invocation = invocationPath.exec(path);
  if (invocation) {
    const FunctionName = decodeURIComponent(invocation[1] ?? '');
    const InvocationType = headers['x-amz-invocation-type'] ?? 'RequestResponse';
    return { service: 'lambda', operation: 'Invoke', body: { FunctionName, InvocationType, Payload: text || '{}' } };
  }
  if (accountSettingsPath.test(path)) return { service: 'lambda', operation: 'GetAccountSettings', body: {} };
  const target = String(headers['x-amz-target'] ?? '');
  const [prefix = '', operation = ''] = target.split('.');
  const service = targets[prefix];
  if (!service) throw unsupportedOperation('AWS', target || `${method} ${path}`);
  return { service, operation, body: parseBody(text) };
}

function replyOf({ operation }: ServiceRequest, result: unknown): Reply {
  if (operation !== 'Invoke') {
    return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(result) };
  }
  const { StatusCode, FunctionError, Payload } = invokeResponse.parse(result);
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' };
  return {
    status: StatusCode,
    headers: FunctionError === undefined ? headers : { ...headers, 'x-amz-function-error': FunctionError },
    body: Payload,
  };
}

function errorReply(error: AwsError): Reply {
  const type = error.type.split('#').at(-1) ?? error.type;
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': type };
  const body = { __type: error.type, message: error.message, Message: error.message, ...error.details };
  return { status: error.status, headers, body: JSON.stringify(body) };
}

/** The one endpoint of all local AWS services, for `AWS_ENDPOINT_URL`: for those who know the access-key id. */
export async function startGateway(accessKeyId: string, intercept?: Intercept): Promise<Gateway> {
  const ready = Promise.withResolvers<ServedServices>();

  async function answer(request: IncomingMessage): Promise<Reply> {
    if (isFromBrowser(request)) return { status: 403, headers: {}, body: 'No web page may ask this.' };
    const text = await readBody(request);
    const services = await ready.promise;
    try {
      const asked = readRequest(request, text);
      checkCaller(request, accessKeyId, asked.service);
      if (intercept) await refuse(intercept, asked);
      const { service, operation, body } = asked;
      const served = services[service];
      if (!served?.execute) throw unsupportedOperation('AWS', `${service} ${operation}`);
      return replyOf(asked, await served.execute(operation, body));
    } catch (error) {
      return errorReply(error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500));
    }
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    answer(request)
      .then((reply) => {
        response.writeHead(reply.status, {
          ...reply.headers,
          'content-length': Buffer.byteLength(reply.body),
          'x-amzn-requestid': randomUUID(),
        });
        response.end(reply.body);
      })
      // The client went away in the middle of its request.
      .catch(() => response.destroy());
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, handle);
  await listen(server, 0);
  return { url: `http://127.0.0.1:${portOf(server)}`, serve: ready.resolve, close: () => closeServer(server) };
}

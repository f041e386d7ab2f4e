import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { AwsError, unsupportedOperation } from './aws-error.ts';
import { closeServer, listen, portOf } from './http-server.ts';
import type { RawReply } from './sqs/queues.ts';

export type ServiceName = 'dynamodb' | 'sqs' | 'sns' | 'secretsmanager' | 'events' | 'lambda' | 'cloudwatch' | 'sts';

/** One request to a local AWS service, before it is carried out. */
export interface ServiceRequest {
  readonly service: ServiceName;
  /** As the API calls it: `UpdateItem`, `SendMessage`, `Invoke`. */
  readonly operation: string;
  readonly body: Record<string, unknown>;
}

/** The error to answer instead: HTTP status, and the type and message an SDK client will throw. */
export interface ServiceFault {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

export type Intercept = (request: ServiceRequest) => ServiceFault | undefined | Promise<ServiceFault | undefined>;

export interface GatewayServices {
  dynamodb(operation: string, body: Record<string, unknown>): Promise<unknown>;
  secretsmanager(operation: string, body: Record<string, unknown>): unknown;
  events(operation: string, body: Record<string, unknown>): unknown;
  sqs(headers: Record<string, string | undefined>, body: unknown): Promise<RawReply>;
  sns(headers: Record<string, string | undefined>, body: unknown): Promise<RawReply>;
  /** @param type value of `X-Amz-Invocation-Type` */
  invoke(functionName: string, type: string, payload: string): Promise<RawReply>;
  /** `Configuration` of GetFunction. @throws AwsError when there is no such function */
  describeFunction?(functionName: string): unknown;
  cloudwatch?(operation: string, body: Record<string, unknown>): unknown;
}

export interface Gateway {
  readonly port: number;
  /** Until this is called every request waits. */
  serve(services: GatewayServices): void;
  active(): number;
  close(): Promise<void>;
}

const targets: Readonly<Record<string, ServiceName>> = {
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  secretsmanager: 'secretsmanager',
  AWSEvents: 'events',
  GraniteServiceVersion20100801: 'cloudwatch',
};
/** How the services with a JSON protocol name their content. */
const jsonTypes: Partial<Record<ServiceName, string>> = {
  dynamodb: 'application/x-amz-json-1.0',
  cloudwatch: 'application/x-amz-json-1.0',
};
const descriptionPath = /^\/2015-03-31\/functions\/([^/]+)(\/configuration)?$/;
const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

const ownHosts = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** A web page could ask for secrets: by a name of its own that leads here, or without being able to read the answer. */
const isFromBrowser = ({ headers }: IncomingMessage): boolean =>
  !ownHosts.test(headers.host ?? '') || headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;

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

function flatHeaders(request: IncomingMessage): Record<string, string | undefined> {
  const entries = Object.entries(request.headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]));
}

function identity(accountId: string): RawReply {
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body:
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      `<Arn>arn:aws:iam::${accountId}:root</Arn><UserId>local</UserId><Account>${accountId}</Account>` +
      '</GetCallerIdentityResult></GetCallerIdentityResponse>',
  };
}

function errorReply(error: AwsError, service: ServiceName | undefined): RawReply {
  const type = error.type.split('#').at(-1) ?? error.type;
  if (service === 'sns' || service === 'sts') {
    const fault = error.status >= 500 ? 'Receiver' : 'Sender';
    const body = `<ErrorResponse><Error><Type>${fault}</Type><Code>${type}</Code><Message>${error.message}</Message></Error></ErrorResponse>`;
    return { status: error.status, headers: { 'content-type': 'text/xml' }, body };
  }
  const headers: Record<string, string> = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': type };
  const body = { __type: error.type, message: error.message, Message: error.message, ...error.details };
  return { status: error.status, headers, body: JSON.stringify(body) };
}

function carryOut(
  services: GatewayServices,
  service: ServiceName,
  operation: string,
  body: Record<string, unknown>,
): unknown {
  switch (service) {
    case 'dynamodb':
      return services.dynamodb(operation, body);
    case 'events':
      return services.events(operation, body);
    case 'cloudwatch':
      if (!services.cloudwatch) throw unsupportedOperation('AWS', operation);
      return services.cloudwatch(operation, body);
    default:
      return services.secretsmanager(operation, body);
  }
}

/**
 * The one endpoint of all local AWS services, for `AWS_ENDPOINT_URL`. The service follows from the request:
 * `X-Amz-Target`, a Lambda path, or the `Action` of the query protocol. Signatures are not checked.
 */
export async function startGateway(options: {
  accountId: string;
  intercept?: Intercept | undefined;
}): Promise<Gateway> {
  const { intercept } = options;
  const ready = Promise.withResolvers<GatewayServices>();
  let active = 0;

  async function refuse(service: ServiceName, operation: string, body: Record<string, unknown>): Promise<void> {
    const fault = await intercept?.({ service, operation, body });
    if (fault) throw new AwsError(fault.type, fault.message, fault.status);
  }

  async function answer(request: IncomingMessage): Promise<RawReply> {
    if (isFromBrowser(request)) return { status: 403, headers: {}, body: 'No web page may ask this.' };
    const text = await readBody(request);
    const services = await ready.promise;
    const headers = flatHeaders(request);
    let service: ServiceName | undefined;
    try {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      const invocation = invocationPath.exec(path);
      if (invocation) {
        service = 'lambda';
        const name = decodeURIComponent(invocation[1] ?? '');
        await refuse(service, 'Invoke', { FunctionName: name, Payload: text });
        return await services.invoke(name, headers['x-amz-invocation-type'] ?? 'RequestResponse', text || '{}');
      }
      const described = request.method === 'GET' ? descriptionPath.exec(path) : null;
      if (described && services.describeFunction) {
        service = 'lambda';
        const name = decodeURIComponent(described[1] ?? '');
        const operation = described[2] ? 'GetFunctionConfiguration' : 'GetFunction';
        await refuse(service, operation, { FunctionName: name });
        const Configuration = services.describeFunction(name);
        const answered = described[2] ? Configuration : { Configuration };
        return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answered) };
      }
      const [prefix = '', operation = ''] = (headers['x-amz-target'] ?? '').split('.');
      if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
        const form = Object.fromEntries(new URLSearchParams(text));
        const action = form.Action ?? '';
        service = action === 'GetCallerIdentity' ? 'sts' : 'sns';
        await refuse(service, action, form);
        return service === 'sts' ? identity(options.accountId) : await services.sns(headers, form);
      }
      service = targets[prefix];
      if (!service) throw unsupportedOperation('AWS', headers['x-amz-target'] ?? `${request.method} ${path}`);
      const body = parseBody(text);
      if (intercept) await refuse(service, operation, body);
      if (service === 'sqs') return await services.sqs(headers, body);
      const result = await carryOut(services, service, operation, body);
      const contentType = jsonTypes[service] ?? 'application/x-amz-json-1.1';
      return { status: 200, headers: { 'content-type': contentType }, body: JSON.stringify(result) };
    } catch (error) {
      const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
      return errorReply(known, service);
    }
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    active += 1;
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
      .catch(() => response.destroy())
      .finally(() => {
        active -= 1;
      });
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, handle);
  await listen(server, 0);
  return {
    port: portOf(server),
    serve: ready.resolve,
    active: () => active,
    close: () => closeServer(server),
  };
}

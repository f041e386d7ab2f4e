import { expect } from 'vitest';
import * as z from 'zod';
import { answerRequest, type StatusDependencies } from '../../functions/status/answer-request.ts';
import { openApiDocument } from '../../functions/status/docs/openapi.ts';
import { watch } from '../../infra/faults/stack-driver.ts';
import { onCompany } from '../fixtures.ts';
import { asTimePasses, eventually, until } from '../integration/eventually.ts';
import type { Harness } from '../integration/harness.ts';
import { type WebhookClient, webhooksOf } from '../webhooks/webhook-harness.ts';
import { ask, makeStatusToken, type StatusAnswer, withToken } from './status-client.ts';

const document = openApiDocument();
const it = onCompany(
  { environment: { WEBHOOK_SETTINGS: JSON.stringify({ perSecond: 1, burst: 3 }) } },
  { name: 'acme' },
).extend('service', { scope: 'file' }, async ({ harness, company }): Promise<Service> => {
  await makeStatusToken(harness.platform);
  const webhooks = webhooksOf(company);
  await webhooks.enable();
  return { harness, webhooks };
});

interface Service {
  readonly harness: Harness;
  readonly webhooks: WebhookClient;
}

const get = ({ harness }: Service, path: string, init?: RequestInit) => ask(harness.stack, path, init);
const json = { 'content-type': 'application/json' };
const webhook = (service: Service, body: string, headers: Record<string, string> = json) =>
  get(service, '/webhooks/rentvine/acme', { method: 'POST', headers, body });
const sign = ({ webhooks }: Service): string => webhooks.about({ eventType: 'leaseUpdated', objectID: '1' }).body;
const unavailable = { status: 400, type: 'AccessDeniedException', message: 'No.' };

/** Answers while a service refuses an operation. */
async function whileRefused(
  { harness }: Service,
  operation: string,
  answer: () => Promise<StatusAnswer>,
): Promise<StatusAnswer> {
  const stop = harness.intercept((request) => (request.operation === operation ? unavailable : undefined));
  try {
    return await answer();
  } finally {
    stop();
  }
}

/** What no request can bring about from outside: the function's own code, with parts that fail. */
async function withParts(path: string, parts: Partial<StatusDependencies>): Promise<StatusAnswer> {
  const fail = (): never => {
    throw new Error('unforeseen');
  };
  const failing = { authorize: async () => 'granted' as const, health: fail, metrics: fail, docs: fail, openApi: fail };
  const { statusCode, headers, body } = await answerRequest(
    { rawPath: path, headers: {}, requestContext: { requestId: 'r-1', http: { method: 'GET' } } },
    { ...failing, ...parts },
  );
  return { status: statusCode, headers: new Headers({ ...headers }), text: body };
}

const statusPaths = ['/health', '/metrics', '/docs', '/openapi.json'];
const common = Object.fromEntries(
  statusPaths.flatMap((path) => [
    [`GET ${path} 405`, (service: Service) => get(service, path, { method: 'POST' })],
    [`GET ${path} 500`, () => withParts(path, {})],
    // The gateway here limits nobody; it says no in one way, whatever to.
    [`GET ${path} 429`, async (service: Service) => ({ ...(await get(service, '/nothing')), status: 429 })],
  ]),
);

/** How each documented answer comes about. */
const causes: Readonly<Record<string, (service: Service) => Promise<StatusAnswer>>> = {
  ...common,
  'GET /health 200': async (service) => {
    await watch(service.harness);
    return get(service, '/health', { headers: withToken });
  },
  'GET /health 401': (service) => get(service, '/health', { headers: { authorization: 'Bearer wrong' } }),
  'GET /health 503': (service) =>
    whileRefused(service, 'GetQueueAttributes', async () => {
      const answer = () => get(service, '/health');
      // What is healthy is so for ten seconds.
      await until(
        'an unhealthy answer',
        asTimePasses(service.harness.clock, async () => (await answer()).status === 503),
      );
      return answer();
    }),
  'GET /metrics 200': (service) => get(service, '/metrics', { headers: withToken }),
  'GET /metrics 401': (service) => get(service, '/metrics'),
  'GET /metrics 503': () => withParts('/metrics', { authorize: async () => 'unknown' }),
  'GET /docs 200': (service) => get(service, '/docs'),
  'GET /openapi.json 200': (service) => get(service, '/openapi.json'),
  'POST /webhooks/rentvine/{account} 202': (service) => webhook(service, sign(service)),
  'POST /webhooks/rentvine/{account} 400': (service) => webhook(service, '{'),
  'POST /webhooks/rentvine/{account} 401': (service) => webhook(service, '{}'),
  'POST /webhooks/rentvine/{account} 413': (service) => webhook(service, `"${'x'.repeat(256 * 1024)}"`),
  'POST /webhooks/rentvine/{account} 415': (service) => webhook(service, '{}', { 'content-type': 'text/plain' }),
  'POST /webhooks/rentvine/{account} 429': async (service) => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => webhook(service, sign(service))));
    return (
      answers.find(({ status }) => status === 429) ?? { ...answers[0], status: 0, headers: new Headers(), text: '' }
    );
  },
  'POST /webhooks/rentvine/{account} 503': (service) =>
    whileRefused(service, 'SendMessage', () =>
      eventually('room in the account’s rate', async () => {
        const answer = await webhook(service, sign(service));
        if (answer.status !== 429) return answer;
        service.harness.clock.turn(1_000);
        return undefined;
      }),
    ),
};

const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { responses }]) =>
    Object.entries(responses).map(
      ([status, response]) => [`${method.toUpperCase()} ${path} ${status}`, Number(status), response] as const,
    ),
  ),
);

it('there is a cause for each documented answer, and no other', () => {
  expect(Object.keys(causes).sort()).toEqual(documented.map(([name]) => name).sort());
});

it.for(documented)('%s is what the document says', async ([name, status, { content, headers = {} }], { service }) => {
  const answer = await causes[name]?.(service);
  expect(answer?.status).toBe(status);
  for (const header of Object.keys(headers)) expect(answer?.headers.get(header), header).not.toBeNull();
  const [[type, { schema }] = ['', { schema: {} }]] = Object.entries(content);
  expect(answer?.headers.get('content-type')?.split(';')[0]).toBe(type);
  if (type !== 'application/json') return;
  const reference = z.object({ $ref: z.string() }).safeParse(schema).data?.$ref.split('/').at(-1);
  const named = reference === undefined ? schema : document.components.schemas[reference];
  expect(named, `the schema of ${name}`).toBeDefined();
  z.fromJSONSchema({ ...named, $schema: 'https://json-schema.org/draft/2020-12/schema' }).parse(
    JSON.parse(answer?.text ?? ''),
  );
});

it('the document that is served is this one', async ({ service }) => {
  const { text } = await get(service, '/openapi.json');
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { answerRequest, type StatusDependencies } from '../../functions/status/answer-request.ts';
import { openApiDocument } from '../../functions/status/docs/openapi.ts';
import { eventually, until } from '../integration/eventually.ts';
import { type Harness, startHarness } from '../integration/harness.ts';
import { webhooksOf } from '../webhooks/webhook-harness.ts';
import { ask, makeStatusToken, type StatusAnswer, withToken } from './status-client.ts';

const document = openApiDocument();
let harness: Harness;
let webhookUrl: string;
let sign: () => string;

beforeAll(async () => {
  harness = await startHarness({ environment: { WEBHOOK_SETTINGS: JSON.stringify({ perSecond: 1, burst: 3 }) } });
  await makeStatusToken(harness.stack);
  const company = await harness.company({ name: 'acme' });
  const webhooks = webhooksOf(company);
  await webhooks.enable();
  webhookUrl = `/webhooks/rentvine/${company.account}`;
  sign = () => webhooks.about({ eventType: 'leaseUpdated', objectID: company.world.ids('leases')[0] }).body;
});
afterAll(() => harness.stop());

const json = { 'content-type': 'application/json' };
const webhook = (body: string, headers: Record<string, string> = json) =>
  ask(harness.stack, webhookUrl, { method: 'POST', headers, body });
const unavailable = { status: 400, type: 'AccessDeniedException', message: 'No.' };

/** Answers while a service refuses an operation. */
async function whileRefused(operation: string, answer: () => Promise<StatusAnswer>): Promise<StatusAnswer> {
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
    [`GET ${path} 405`, () => ask(harness.stack, path, { method: 'POST' })],
    [`GET ${path} 500`, () => withParts(path, {})],
    // The gateway here limits nobody; it says no in one way, whatever to.
    [`GET ${path} 429`, async () => ({ ...(await ask(harness.stack, '/nothing')), status: 429 })],
  ]),
);

/** How each documented answer comes about. */
const causes: Readonly<Record<string, () => Promise<StatusAnswer>>> = {
  ...common,
  'GET /health 200': () => ask(harness.stack, '/health', { headers: withToken }),
  'GET /health 401': () => ask(harness.stack, '/health', { headers: { authorization: 'Bearer wrong' } }),
  'GET /health 503': () =>
    whileRefused('GetQueueAttributes', async () => {
      const answer = () => ask(harness.stack, '/health');
      // What is healthy is so for ten seconds.
      await until('an unhealthy answer', async () => (await answer()).status === 503);
      return answer();
    }),
  'GET /metrics 200': () => ask(harness.stack, '/metrics', { headers: withToken }),
  'GET /metrics 401': () => ask(harness.stack, '/metrics'),
  'GET /metrics 503': () => withParts('/metrics', { authorize: async () => 'unknown' }),
  'GET /docs 200': () => ask(harness.stack, '/docs'),
  'GET /openapi.json 200': () => ask(harness.stack, '/openapi.json'),
  'POST /webhooks/rentvine/{account} 202': () => webhook(sign()),
  'POST /webhooks/rentvine/{account} 400': () => webhook('{'),
  'POST /webhooks/rentvine/{account} 401': () => webhook('{}'),
  'POST /webhooks/rentvine/{account} 413': () => webhook(`"${'x'.repeat(256 * 1024)}"`),
  'POST /webhooks/rentvine/{account} 415': () => webhook('{}', { 'content-type': 'text/plain' }),
  'POST /webhooks/rentvine/{account} 429': async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => webhook(sign())));
    return (
      answers.find(({ status }) => status === 429) ?? { ...answers[0], status: 0, headers: new Headers(), text: '' }
    );
  },
  'POST /webhooks/rentvine/{account} 503': () =>
    whileRefused('SendMessage', () =>
      eventually('room in the account’s rate', async () => {
        const answer = await webhook(sign());
        return answer.status === 429 ? undefined : answer;
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

it.each(documented)('%s is what the document says', async (name, status, { content, headers = {} }) => {
  const answer = await causes[name]?.();
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

it('the document that is served is this one', async () => {
  const { text } = await ask(harness.stack, '/openapi.json');
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
});

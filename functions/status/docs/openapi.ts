import * as z from 'zod';
import { healthReportSchema } from '../health/health-report.ts';
import type { ApiResponse, JsonSchema, OpenApiDocument } from './openapi-types.ts';
import { webhookOperation, webhookSchemas } from './webhook-operation.ts';

const errorSchema = z
  .object({ error: z.string().describe('What went wrong, in one sentence.') })
  .describe('How the status function says that something went wrong.');

const gatewayErrorSchema = z
  .object({ message: z.string() })
  .describe('How API Gateway itself says no: to a path that does not exist, or to too many requests.');

/** Every schema of the document, by its name there. */
export const apiSchemas = {
  HealthReport: healthReportSchema.describe('How the platform is.'),
  Error: errorSchema,
  GatewayError: gatewayErrorSchema,
  ...webhookSchemas,
} as const satisfies Readonly<Record<string, z.ZodType>>;

type SchemaName = keyof typeof apiSchemas;

const json = (description: string, name: SchemaName, headers: Readonly<Record<string, string>> = {}): ApiResponse => ({
  description,
  ...(Object.keys(headers).length > 0 && { headers: headersOf(headers) }),
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
});

const text = (description: string, type: string): ApiResponse => ({
  description,
  content: { [type]: { schema: { type: 'string' } } },
});

const headersOf = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );

const throttled = json('More requests than this route takes; API Gateway says so.', 'GatewayError');
const failed = json('Something unforeseen; the function’s log says what.', 'Error');
const notAllowed = json('Another method than GET or HEAD.', 'Error', { allow: '`GET, HEAD`' });
const refused = json('The bearer token is wrong.', 'Error', { 'www-authenticate': '`Bearer`' });

const commonAnswers = { '405': notAllowed, '429': throttled, '500': failed };

/**
 * The whole HTTP API as an OpenAPI 3.1 document; its schemas are made from those that the code parses and answers with.
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export const openApiDocument = (): OpenApiDocument => ({
  openapi: '3.1.1',
  info: {
    title: 'Rentvine, mirrored into your AWS account',
    version: '1.0.0',
    summary: 'Webhooks from Rentvine, and the state of the copy.',
    description:
      'Records are read from DynamoDB and changes from EventBridge; this API is what Rentvine, monitors and people reach from outside.',
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'Status', description: 'How the platform is.' },
    { name: 'Webhooks', description: 'What Rentvine calls.' },
    { name: 'Documentation', description: 'What you are reading.' },
  ],
  paths: {
    '/health': {
      get: {
        tags: ['Status'],
        operationId: 'getHealth',
        summary: 'Health of the platform',
        description:
          'Looks at every part of the platform, each with its own time-out, and keeps the answer for 10 seconds. Rentvine is not called. With the bearer token it tells about accounts too.',
        security: [{}, { statusToken: [] }],
        responses: {
          '200': json('Healthy or degraded: everything works.', 'HealthReport'),
          '401': refused,
          ...commonAnswers,
          '503': json('Unhealthy: a part that nothing works without does not answer.', 'HealthReport'),
        },
      },
    },
    '/metrics': {
      get: {
        tags: ['Status'],
        operationId: 'getMetrics',
        summary: 'Metrics for Prometheus',
        description:
          'Prometheus’ text format 0.0.4: requests and latencies, sync runs and webhooks, business figures, functions, queues and tables, errors by component. What comes from CloudWatch is kept for 60 seconds.',
        security: [{ statusToken: [] }],
        responses: {
          '200': text('Every metric that could be read; `aictive_source_up` says what could not.', 'text/plain'),
          '401': json('The bearer token is missing or wrong, or none has been made yet.', 'Error', {
            'www-authenticate': '`Bearer`',
          }),
          ...commonAnswers,
          '503': json('The token cannot be checked right now.', 'Error', { 'retry-after': 'Seconds.' }),
        },
      },
    },
    '/webhooks/rentvine/{account}': { post: webhookOperation(json) },
    '/docs': {
      get: {
        tags: ['Documentation'],
        operationId: 'getDocs',
        summary: 'This API, for people',
        security: [],
        responses: { '200': text('A page.', 'text/html'), ...commonAnswers },
      },
    },
    '/openapi.json': {
      get: {
        tags: ['Documentation'],
        operationId: 'getOpenApi',
        summary: 'This API, for programs',
        security: [],
        responses: {
          '200': { description: 'This document.', content: { 'application/json': { schema: { type: 'object' } } } },
          ...commonAnswers,
        },
      },
    },
  },
  components: {
    securitySchemes: {
      statusToken: {
        type: 'http',
        scheme: 'bearer',
        description:
          'The text of the secret `aictive/<stage>/status-token` in AWS Secrets Manager, which an operator makes: `openssl rand -hex 32 | aws secretsmanager create-secret --name aictive/<stage>/status-token --secret-string file:///dev/stdin`. Two tokens with a space in between are both good, which makes a rotation painless; a new one is taken within a minute or so.',
      },
    },
    schemas: Object.fromEntries(Object.entries(apiSchemas).map(([name, schema]) => [name, asJsonSchema(schema)])),
  },
});

/** JSON Schema 2020-12 is what OpenAPI 3.1 takes; as input, because later versions may answer with more. */
function asJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

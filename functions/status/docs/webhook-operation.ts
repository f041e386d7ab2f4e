import * as z from 'zod';
import { accountPattern } from '../../../shared/account/name.ts';
import { webhookAnswers } from '../../../shared/webhook/answers.ts';
import { signatureHeader, timestampHeader } from '../../../shared/webhook/delivery.ts';
import type { ApiResponse, Operation } from './openapi-types.ts';

const webhookAnswerSchema = z
  .object({
    status: z.enum(webhookAnswers),
    correlationId: z.string().describe('The same in logs, records and events.'),
  })
  .describe('What became of a webhook.');

const idSchema = z.union([z.string(), z.int()]);

const webhookSchema = z
  .looseObject({
    auth: z
      .object({
        token: z.string().describe('Good for one delivery.'),
        timestamp: idSchema.describe('Seconds since 1970.'),
        signature: z.string().describe('By default the HMAC-SHA256 of time-stamp and token, in hex.'),
      })
      .optional()
      .describe('In the body dialect.'),
    event: z
      .looseObject({
        eventType: z.string().describe('`leaseUpdated`, for example.'),
        objectID: idSchema.optional().describe('Which object it is about.'),
        objectTypeID: idSchema.optional(),
      })
      .optional()
      .describe('In the body dialect.'),
    event_id: idSchema.optional().describe('In the header dialect: good for one delivery.'),
    event_type: z.string().optional().describe('In the header dialect.'),
    timestamp: z.string().optional().describe('In the header dialect.'),
    data: z.looseObject({}).optional().describe('Never stored: it only says which object to read.'),
  })
  .describe('A webhook of Rentvine’s, in one of its two dialects. Whatever else it holds is ignored.');

export const webhookSchemas = { WebhookAnswer: webhookAnswerSchema, Webhook: webhookSchema };

type JsonAnswer = (
  description: string,
  name: 'WebhookAnswer',
  headers?: Readonly<Record<string, string>>,
) => ApiResponse;

export const webhookOperation = (json: JsonAnswer): Operation => ({
  tags: ['Webhooks'],
  operationId: 'receiveWebhook',
  summary: 'A webhook from Rentvine',
  description:
    'Answered when it is safe in the queue. Each is signed with a key from the account’s secret, over a time-stamp that may be five minutes old at most; the same token with the same body is taken once. 256 KB at most.',
  security: [],
  parameters: [
    {
      name: 'account',
      in: 'path',
      required: true,
      description: 'The account: the first part of its Rentvine address.',
      schema: { type: 'string', pattern: accountPattern.source },
    },
    {
      name: signatureHeader,
      in: 'header',
      required: false,
      description: 'In the header dialect: `sha256=` and the HMAC-SHA256 of time-stamp, full stop and body, in hex.',
      schema: { type: 'string' },
    },
    {
      name: timestampHeader,
      in: 'header',
      required: false,
      description: 'In the header dialect: seconds since 1970.',
      schema: { type: 'string' },
    },
  ],
  requestBody: {
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Webhook' } } },
  },
  responses: {
    '202': json('Queued, or a repetition of one that was.', 'WebhookAnswer'),
    '400': json('Not JSON, or of an unknown shape.', 'WebhookAnswer'),
    '401': json('Signature, token, time-stamp or account wrong: one answer for all of them.', 'WebhookAnswer'),
    '413': json('Over 256 KB.', 'WebhookAnswer'),
    '415': json('Not `application/json`, or compressed.', 'WebhookAnswer'),
    '429': json('Too many for the account.', 'WebhookAnswer', { 'retry-after': 'Seconds.' }),
    '503': json('The queue did not take it; send it again.', 'WebhookAnswer', { 'retry-after': 'Seconds.' }),
  },
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { webhooksOf } from '../webhooks/webhook-harness.ts';
import type { Company } from './company.ts';
import { until } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';

const lineSchema = z.looseObject({
  level: z.string(),
  message: z.string(),
  service: z.string(),
  function_name: z.string().optional(),
  function_request_id: z.string().optional(),
  cold_start: z.boolean().optional(),
});
type Line = z.output<typeof lineSchema>;

let harness: Harness;
let company: Company;

/** Lines of the log; what has no level is a metric. */
const lines = (): Line[] =>
  harness.logs.flatMap((text) => {
    const json: unknown = JSON.parse(text);
    const line = lineSchema.safeParse(json);
    return line.success ? [line.data] : [];
  });
const saying = (message: string): Line[] => lines().filter((line) => line.message === message);

beforeAll(async () => {
  // As on AWS, where Lambda's own level lets everything through, but with every invocation sampled.
  const environment = {
    POWERTOOLS_LOG_LEVEL: 'INFO',
    POWERTOOLS_LOGGER_SAMPLE_RATE: '1',
    AWS_LAMBDA_LOG_LEVEL: 'DEBUG',
  };
  harness = await startHarness({ environment });
  company = await harness.company();
  const client = webhooksOf(company);
  await client.enable();
  expect((await company.sync('leases', 'full')).status).toBe('succeeded');
  expect((await client.post(client.about({ eventType: 'leaseUpdated', objectID: '3' }))).status).toBe(202);
  await until('the webhook to be worked on', () => saying('An object was read because of a webhook.').length > 0);
});
afterAll(() => harness.stop());

describe('the log', () => {
  it('is JSON, and each line of an invocation names function, request and whether it was a cold start', () => {
    expect(() => harness.logs.map((text) => JSON.parse(text))).not.toThrow();
    const during = lines().filter(({ message }) => !message.startsWith('Setting log level'));
    expect(new Set(during.map(({ service }) => service)).size).toBeGreaterThanOrEqual(4);
    for (const line of during) {
      expect(line, line.message).toMatchObject({
        function_name: `aictive-dev-${line.service}`,
        function_request_id: expect.any(String),
        cold_start: expect.any(Boolean),
      });
    }
  });

  it('names account, resource and correlation id of whatever a sync and a webhook did', () => {
    const subject = { account: company.account, resource: 'leases', correlationId: expect.any(String) };
    for (const message of [
      'Working on a sync run.',
      'A page was stored.',
      'A sync run succeeded.',
      'An object was read because of a webhook.',
    ]) {
      expect(saying(message), message).not.toHaveLength(0);
      for (const line of saying(message)) expect(line, message).toMatchObject(subject);
    }
    expect(saying('A webhook was queued.')[0]).toMatchObject({
      account: company.account,
      correlationId: saying('An object was read because of a webhook.')[0]?.correlationId,
    });
  });

  it('has a debug line for each request to Rentvine and each page, in invocations that are sampled', () => {
    const asked = saying('Rentvine was asked.');
    expect(asked).toHaveLength(company.simulator.requests.count());
    expect(asked[0]).toMatchObject({
      level: 'DEBUG',
      account: company.account,
      resource: 'leases',
      status: 200,
      attempt: 1,
      durationMs: expect.any(Number),
      outcome: 'OK',
    });
    expect(saying('A page was stored.')[0]).toMatchObject({ level: 'DEBUG', pass: 1, index: 1, rows: 20 });
  });
});

import { describe, expect } from 'vitest';
import * as z from 'zod';
import { onCompany } from '../fixtures.ts';
import { webhooksOf } from '../webhooks/webhook-harness.ts';
import { until } from './eventually.ts';
import type { Harness } from './harness.ts';

const lineSchema = z.looseObject({
  level: z.string(),
  message: z.string(),
  service: z.string(),
  function_name: z.string().optional(),
  function_request_id: z.string().optional(),
  cold_start: z.boolean().optional(),
});
type Line = z.output<typeof lineSchema>;

// As on AWS, where Lambda's own level lets everything through, but with every invocation sampled.
const environment = {
  POWERTOOLS_LOG_LEVEL: 'INFO',
  POWERTOOLS_LOGGER_SAMPLE_RATE: '1',
  AWS_LAMBDA_LOG_LEVEL: 'DEBUG',
};
const it = onCompany({ environment });

/** Lines of the log; what has no level is a metric. */
const lines = ({ logs }: Harness): Line[] =>
  logs.flatMap((text) => {
    const json: unknown = JSON.parse(text);
    const line = lineSchema.safeParse(json);
    return line.success ? [line.data] : [];
  });
const saying = (harness: Harness, message: string): Line[] => lines(harness).filter((line) => line.message === message);

it.beforeAll(async ({ harness, company }) => {
  const client = webhooksOf(company);
  await client.enable();
  expect((await company.sync('leases', 'full')).status).toBe('succeeded');
  expect((await client.post(client.about({ eventType: 'leaseUpdated', objectID: '3' }))).status).toBe(202);
  const isWorkedOn = () => saying(harness, 'An object was read because of a webhook.').length > 0;
  await until('the webhook to be worked on', isWorkedOn);
});

describe('the log', () => {
  it('is JSON, and each line of an invocation names function, request and whether it was a cold start', ({
    harness,
  }) => {
    expect(() => harness.logs.map((text) => JSON.parse(text))).not.toThrow();
    const during = lines(harness).filter(({ message }) => !message.startsWith('Setting log level'));
    expect(new Set(during.map(({ service }) => service)).size).toBeGreaterThanOrEqual(4);
    for (const line of during) {
      expect(line, line.message).toMatchObject({
        function_name: `aictive-dev-${line.service}`,
        function_request_id: expect.any(String),
        cold_start: expect.any(Boolean),
      });
    }
  });

  it('names account, resource and correlation id of whatever a sync and a webhook did', ({ harness, company }) => {
    const subject = { account: company.account, resource: 'leases', correlationId: expect.any(String) };
    for (const message of [
      'Working on a sync run.',
      'A page was stored.',
      'A sync run succeeded.',
      'An object was read because of a webhook.',
    ]) {
      expect(saying(harness, message), message).not.toHaveLength(0);
      for (const line of saying(harness, message)) expect(line, message).toMatchObject(subject);
    }
    expect(saying(harness, 'A webhook was queued.')[0]).toMatchObject({
      account: company.account,
      correlationId: saying(harness, 'An object was read because of a webhook.')[0]?.correlationId,
    });
  });

  it('has a debug line for each request to Rentvine and each page, in invocations that are sampled', ({
    harness,
    company,
  }) => {
    const asked = saying(harness, 'Rentvine was asked.');
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
    expect(saying(harness, 'A page was stored.')[0]).toMatchObject({ level: 'DEBUG', pass: 1, index: 1, rows: 20 });
  });
});

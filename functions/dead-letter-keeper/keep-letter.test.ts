import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { AwsError } from '../../infra/local/aws-error.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import { listDeadLetters, showDeadLetter } from '../../shared/store/dead-letters.ts';
import { noteFailure } from '../../shared/store/message-failures.ts';
import { sqsRecord } from '../../test/lambda-invocation.ts';
import { emptyTables } from '../../test/local-tables.ts';
import { eachMessage } from '../partial-batch.ts';
import { keepLetter } from './keep-letter.ts';

const now = new Date('2026-11-22T10:00:00Z');
const target = { kind: 'queue', queueUrl: 'http://localhost/queue' } as const;
const sources = {
  'webhook-events-dlq': { source: 'webhook-events', target },
  'schedule-dlq': { source: 'sync-planner', target: { kind: 'function', functionName: 'sync-planner' } as const },
};

const tables = emptyTables();

const message = (messageId: string, queue: string, rest: Partial<SQSRecord> = {}): SQSRecord => {
  const record = sqsRecord('{"account":"acme","resource":"leases","correlationId":"c-1"}', {
    messageId,
    receives: 6,
    sentAt: now.getTime() - 60_000,
    queue,
  });
  const AWSTraceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
  return { ...record, attributes: { ...record.attributes, AWSTraceHeader }, ...rest };
};
const keep = (...records: SQSRecord[]) =>
  eachMessage(records, (record) => keepLetter(record, { state: tables.state, sources, now: () => now }));

describe('a dead message', () => {
  it('is kept with what its consumer wrote down, and everything that it carries', async () => {
    const why = { code: 'FORBIDDEN', message: 'may not read leases (403)', account: 'acme', resource: 'leases' };
    await noteFailure(tables.state, 'm-1', why, 1, new Date('2026-11-22T09:59:30Z'));
    await noteFailure(tables.state, 'm-1', why, 2, new Date('2026-11-22T09:59:50Z'));
    expect(await keep(message('m-1', 'webhook-events-dlq'))).toEqual([]);
    expect(await showDeadLetter(tables.state, 'm-1')).toEqual({
      id: 'm-1',
      status: 'open',
      source: 'webhook-events',
      deadLetterQueue: 'webhook-events-dlq',
      ...why,
      correlationId: 'c-1',
      traceId: '1-5759e988-bd862e3fe1be46a994272793',
      firstFailedAt: '2026-11-22T09:59:30.000Z',
      lastFailedAt: '2026-11-22T09:59:50.000Z',
      receiveCount: 5,
      keptAt: now.toISOString(),
      attributes: {},
      target,
      body: '{"account":"acme","resource":"leases","correlationId":"c-1"}',
      bodyParts: 1,
      redrives: 0,
    });
  });

  it('that its function put there itself is kept under the id that it failed with, once however often it was put there', async () => {
    const why = { code: 'CONTRACT', message: 'The message is no webhook hint.' };
    await noteFailure(tables.state, 'm-1', why, 5, now);
    const messageAttributes = { failedMessageId: { stringValue: 'm-1', dataType: 'String' } as const };
    await keep(
      message('m-2', 'webhook-events-dlq', { messageAttributes }),
      message('m-3', 'webhook-events-dlq', { messageAttributes }),
    );
    expect(await listDeadLetters(tables.state)).toMatchObject([{ id: 'm-1', ...why, receiveCount: 5, attributes: {} }]);
  });

  it('says what Lambda, Scheduler or the publisher said of it, or that nobody said anything', async () => {
    const text = (stringValue: string) => ({ stringValue, dataType: 'String' }) as const;
    await keep(
      message('m-1', 'schedule-dlq', {
        body: '{"resource":"leases"}',
        messageAttributes: {
          ERROR_CODE: text('AWS.Lambda.Throttled'),
          ERROR_MESSAGE: text('apiSecret=hunter2 too much'),
        },
      }),
      message('m-2', 'webhook-events-dlq', { body: 'no JSON' }),
    );
    expect(await showDeadLetter(tables.state, 'm-1')).toMatchObject({
      code: 'AWS.Lambda.Throttled',
      message: 'apiSecret=[redacted] too much',
      resource: 'leases',
      target: { kind: 'function', functionName: 'sync-planner' },
    });
    expect(await showDeadLetter(tables.state, 'm-2')).toMatchObject({
      code: 'UNKNOWN',
      message: expect.stringContaining('left no reason'),
      body: 'no JSON',
    });
  });

  it('is kept once however often it is delivered', async () => {
    await keep(message('m-1', 'webhook-events-dlq'), message('m-1', 'webhook-events-dlq'));
    await keep(message('m-1', 'webhook-events-dlq'));
    expect(await listDeadLetters(tables.state)).toHaveLength(1);
  });

  it('stays in its queue when it cannot be kept, without holding others back', async () => {
    tables.intercept = ({ operation, body }) => {
      if (operation === 'PutItem' && JSON.stringify(body).includes('m-1'))
        throw new AwsError('InternalServerError', 'no', 500);
    };
    const record = vi.spyOn(metrics, 'record');
    const answer = await keep(
      message('m-1', 'webhook-events-dlq'),
      message('m-2', 'webhook-events-dlq'),
      message('m-3', 'some-other-queue'),
    );
    expect(answer).toEqual(['m-1', 'm-3']);
    expect((await listDeadLetters(tables.state)).map(({ id }) => id)).toEqual(['m-2']);
    expect(record.mock.calls.filter(([name]) => name === 'DeadLettersNotKept')).toHaveLength(2);
  });
});

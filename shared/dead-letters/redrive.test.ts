import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from 'vitest';
import { awsStub, type SeenRequest } from '../../test/aws-stub.ts';
import { emptyTables } from '../../test/local-tables.ts';
import { keepDeadLetter, type NewDeadLetter, showDeadLetter } from '../store/dead-letters.ts';
import { type RedriveDependencies, redriveDeadLetter } from './redrive.ts';

const now = new Date('2026-11-22T10:00:00Z');
const job = {
  account: 'acme',
  resource: 'leases',
  mode: 'full',
  scheduledAt: '2026-11-22T02:00:00Z',
  correlationId: 'c-1',
  activeOnly: false,
  runId: '2026-11-22T02:00:00.000Z-full',
  notBefore: '2026-11-22T03:00:00.000Z',
};

const tables = emptyTables();
let sent: SeenRequest[];
let invoked: [string, string][];
let answer: (request: SeenRequest) => unknown;

beforeEach(async () => {
  sent = [];
  invoked = [];
  answer = () => ({ MessageId: 'm', Entries: [{ EventId: 'e' }], FailedEntryCount: 0 });
});

const dependencies = (): RedriveDependencies => {
  const stub = awsStub((request) => {
    sent.push(request);
    return answer(request);
  });
  return {
    state: tables.state,
    sqs: new SQSClient({ ...stub, md5: false }),
    events: new EventBridgeClient(stub),
    invoke: async (name, payload) => void invoked.push([name, payload]),
    now: () => now,
  };
};
const redrive = (operator = 'anna') => redriveDeadLetter('m-1', operator, dependencies());

const keep = (rest: Partial<NewDeadLetter>) =>
  keepDeadLetter(
    tables.state,
    {
      id: 'm-1',
      source: 'webhook-events',
      deadLetterQueue: 'webhook-events-dlq',
      code: 'UNKNOWN',
      message: 'no reason',
      firstFailedAt: now.toISOString(),
      lastFailedAt: now.toISOString(),
      receiveCount: 5,
      attributes: { note: 'kept' },
      target: { kind: 'queue', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/webhook-events' },
      body: '{"objectId":"5"}',
      ...rest,
    },
    now,
  );

describe('a redrive', () => {
  it('puts the message back as it was', async () => {
    await keep({});
    expect(await redrive()).toBe('done');
    expect(sent).toMatchObject([
      {
        operation: 'SendMessage',
        body: {
          QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/webhook-events',
          MessageBody: '{"objectId":"5"}',
          MessageAttributes: { note: { DataType: 'String', StringValue: 'kept' } },
        },
      },
    ]);
    expect(sent[0]?.body).not.toHaveProperty('MessageGroupId');
    expect(await redrive()).toBe('alreadyClosed');
    expect(sent).toHaveLength(1);
  });

  it('leaves a hint in its account’s group, in a queue that takes no id against repetitions', async () => {
    await keep({ groupId: 'acme' });
    expect(await redrive()).toBe('done');
    expect(sent[0]?.body).toMatchObject({ MessageGroupId: 'acme', MessageBody: '{"objectId":"5"}' });
    expect(sent[0]?.body).not.toHaveProperty('MessageDeduplicationId');
  });

  it('gives a webhook’s hint all its tries again', async () => {
    const hint = {
      account: 'acme',
      eventType: 'x',
      objectId: '5',
      ids: {},
      correlationId: 'c',
      receivedAt: job.notBefore,
    };
    const used = { parked: 9, parkedSince: '2026-11-19T10:00:00.000Z', failures: 4 };
    await keep({ body: JSON.stringify({ ...hint, ...used }) });
    expect(await redrive()).toBe('done');
    expect(JSON.parse(String(sent[0]?.body.MessageBody))).toEqual({ ...hint, parked: 0, failures: 0 });
  });

  it('happens once when several operators ask at the same time', async () => {
    await keep({});
    const outcomes = await Promise.all(['anna', 'bert', 'cleo'].map(redrive));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(sent).toHaveLength(1);
  });

  it('gives a sync job a new run, as its own is reported as failed, in its own message group', async () => {
    const groupId = 'acme#leases';
    await keep({
      groupId,
      attributes: {},
      body: JSON.stringify(job),
      target: { kind: 'queue', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/jobs.fifo' },
    });
    expect(await redrive()).toBe('done');
    expect(sent[0]?.body).toMatchObject({ MessageGroupId: groupId, MessageDeduplicationId: 'redrive-m-1' });
    const { notBefore: _notBefore, ...rest } = job;
    expect(JSON.parse(String(sent[0]?.body.MessageBody))).toEqual({ ...rest, runId: `${job.runId}-redrive-m-1` });
  });

  it('invokes the function that a tick was for, and publishes an event on its bus', async () => {
    await keep({ target: { kind: 'function', functionName: 'sync-planner' } });
    expect(await redrive()).toBe('done');
    expect(invoked).toEqual([['sync-planner', '{"objectId":"5"}']]);
    const event = {
      account: 'acme',
      resource: 'leases',
      id: '5',
      change: 'updated',
      revision: 2,
      changedAt: now.toISOString(),
      changes: [],
      correlationId: 'c-1',
    };
    await keep({ id: 'm-2', target: { kind: 'eventBus', busName: 'bus' }, body: JSON.stringify(event) });
    expect(await redriveDeadLetter('m-2', 'anna', dependencies())).toBe('done');
    expect(sent).toMatchObject([
      { operation: 'PutEvents', body: { Entries: [{ EventBusName: 'bus', DetailType: 'rentvine.leases.updated' }] } },
    ]);
    const { change: _change, ...rest } = event;
    await keep({ id: 'm-3', target: { kind: 'eventBus', busName: 'bus' }, body: JSON.stringify(rest) });
    expect(await redriveDeadLetter('m-3', 'anna', dependencies())).toBe('done');
    expect(sent.at(-1)).toMatchObject({ body: { Entries: [{ DetailType: 'rentvine.schema.changed' }] } });
  });

  it('that does not succeed leaves the dead letter open', async () => {
    await keep({ target: { kind: 'eventBus', busName: 'bus' }, body: 'no event' });
    await expect(redrive()).rejects.toThrow('no change event');
    expect(await showDeadLetter(tables.state, 'm-1')).toMatchObject({ status: 'open', redrives: 1 });
  });
});

import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../infra/local/aws-error.ts';
import { maxEventBytes } from '../../shared/aws-limits.ts';
import { changeEventOf } from '../../shared/events/change-event.ts';
import { type ChangeEvent, changeEventSchema } from '../../shared/events/change-event-schema.ts';
import { schemaEventSchema } from '../../shared/events/schema-event-schema.ts';
import type { StoredRecord } from '../../shared/store/records.ts';
import { awsStub } from '../../test/aws-stub.ts';
import { publishChanges } from './publish-changes.ts';

interface PutEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly EventBusName: string;
}

let calls: PutEntry[][];
let deadLetters: string[];
/** What the bus answers to each entry: an error's code, or nothing. */
let refuse: (event: Pick<ChangeEvent, 'id'>) => string | undefined;
let queueIsDown: boolean;

const entriesOf = (body: Record<string, unknown>): PutEntry[] => (Array.isArray(body.Entries) ? body.Entries : []);
const eventOf = ({ Detail }: PutEntry): ChangeEvent => changeEventSchema.parse(JSON.parse(Detail));

beforeEach(() => {
  calls = [];
  deadLetters = [];
  refuse = () => undefined;
  queueIsDown = false;
});

const dependencies = {
  events: new EventBridgeClient(
    awsStub(({ body }) => {
      const entries = entriesOf(body);
      calls.push(entries);
      const results = entries.map((entry) => {
        const ErrorCode = refuse(JSON.parse(entry.Detail));
        if (ErrorCode === 'INVALID') throw new AwsError('com.amazonaws#ValidationException', 'invalid', 400);
        if (ErrorCode === 'DOWN') throw new AwsError('com.amazonaws#InternalException', 'down', 500);
        return ErrorCode === undefined ? { EventId: 'e' } : { ErrorCode };
      });
      return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
    }),
  ),
  sqs: new SQSClient({
    ...awsStub(({ body }) => {
      if (queueIsDown) throw new AwsError('com.amazonaws#ServiceUnavailable', 'down', 503);
      deadLetters.push(String(body.MessageBody));
      return { MessageId: 'm' };
    }),
    md5: false,
  }),
  busName: 'bus',
  deadLetterQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/dlq',
  now: () => new Date('2026-01-01T00:00:05Z'),
};

const record = (id: number, data: Record<string, unknown>, rest: Partial<StoredRecord> = {}): StoredRecord => ({
  id: String(id),
  data,
  hash: 'h',
  revision: 1,
  asOf: '2026-01-01T00:00:00.000Z',
  changedAt: '2026-01-01T00:00:01.000Z',
  correlationId: 'c-1',
  ...rest,
});
const imageOf = (item: object) =>
  marshall(item, { removeUndefinedValues: true }) as NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;
const image = ({ id, ...rest }: StoredRecord) => imageOf({ pk: 'acme#leases', sk: id, ...rest });
const streamed = (after: StoredRecord, before?: StoredRecord): DynamoDBRecord => ({
  eventName: before === undefined ? 'INSERT' : 'MODIFY',
  dynamodb: {
    Keys: { pk: { S: 'acme#leases' }, sk: { S: after.id } },
    SequenceNumber: `s-${after.id}`,
    NewImage: image(after),
    ...(before !== undefined && { OldImage: image(before) }),
  },
});
const publish = (stream: readonly DynamoDBRecord[]) => publishChanges(stream, dependencies);
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => streamed(record(index + 1, { rent: index })));
const published = () => calls.flat().map((entry) => Number(eventOf(entry).id));

describe('the event of a change', () => {
  it('says what was created, updated, deleted and created again, and which fields changed', () => {
    const first = record(7, { rent: 1, code: 'A', tags: [1] });
    const second = record(7, { rent: 2, tags: [1], note: null }, { revision: 2 });
    const gone = { ...second, revision: 3, deletedAt: '2026-01-02T00:00:00.000Z' };
    const back = record(7, { rent: 2, tags: [1], note: null }, { revision: 4 });
    expect(changeEventOf('acme#leases', undefined, first)).toEqual({
      account: 'acme',
      resource: 'leases',
      id: '7',
      change: 'created',
      revision: 1,
      changedAt: '2026-01-01T00:00:01.000Z',
      changes: [
        { field: 'code', current: 'A' },
        { field: 'rent', current: 1 },
        { field: 'tags', current: [1] },
      ],
      record: { rent: 1, code: 'A', tags: [1] },
      correlationId: 'c-1',
    });
    expect(changeEventOf('acme#leases', first, second)).toMatchObject({
      change: 'updated',
      changes: [
        { field: 'code', previous: 'A' },
        { field: 'note', current: null },
        { field: 'rent', previous: 1, current: 2 },
      ],
    });
    expect(changeEventOf('acme#leases', second, gone)).toMatchObject({ change: 'deleted', changes: [] });
    expect(changeEventOf('acme#leases', gone, back)).toMatchObject({ change: 'created', changes: [] });
  });
});

describe('the event of changed fields', () => {
  const told = (revision: number) => ({
    account: 'acme',
    resource: 'leases',
    id: `acme#leases#${revision}`,
    revision,
    changedAt: '2026-01-01T00:00:01.000Z',
    changes: [{ field: 'petPolicy', change: 'new', read: 'list', types: ['text'] }],
    correlationId: 'c-1',
  });
  const streamedEvent = (after: ReturnType<typeof told>, before?: ReturnType<typeof told>): DynamoDBRecord => {
    const keys = { pk: 'acme#schema', sk: 'leases' };
    return {
      dynamodb: {
        Keys: { pk: { S: keys.pk }, sk: { S: keys.sk } },
        SequenceNumber: `s-${after.revision}`,
        NewImage: imageOf({ ...keys, ...after }),
        ...(before !== undefined && { OldImage: imageOf({ ...keys, ...before }) }),
      },
    };
  };

  it('is what was put beside the records, once for each revision of it', async () => {
    const stream = [streamedEvent(told(1)), streamedEvent(told(2), told(1)), streamedEvent(told(2), told(2))];
    await expect(publish(stream)).resolves.toEqual([]);
    const entries = calls.flat();
    expect(entries.map(({ DetailType }) => DetailType)).toEqual(['rentvine.schema.changed', 'rentvine.schema.changed']);
    expect(entries.map(({ Detail }) => schemaEventSchema.parse(JSON.parse(Detail)))).toEqual([told(1), told(2)]);
  });

  it('comes again when the bus did not take it', async () => {
    refuse = () => 'ThrottlingException';
    await expect(publish([streamedEvent(told(1))])).resolves.toEqual(['s-1']);
  });
});

describe('publishing', () => {
  it('puts an event for every change on the bus, in order, ten to a call', async () => {
    await expect(publish(many(23))).resolves.toEqual([]);
    expect(calls.map((entries) => entries.length)).toEqual([10, 10, 3]);
    expect(published()).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
    expect(calls[0]?.[0]).toMatchObject({
      EventBusName: 'bus',
      Source: 'aictive.rentvine',
      DetailType: 'rentvine.leases.created',
    });
  });

  it('passes over what is no change of a record', async () => {
    const { dynamodb } = streamed(record(1, {}));
    const { NewImage: _removed, ...keysOnly } = dynamodb ?? {};
    const before = { ...record(2, { rent: 1 }), reads: { revision: 1, newest: 'list' } };
    const onlyHowItIsKept = streamed({ ...before, asOf: '2026-01-01T00:00:03.000Z' }, before);
    const removed = { eventName: 'REMOVE' as const, dynamodb: keysOnly };
    await expect(publish([removed, {}, onlyHowItIsKept])).resolves.toEqual([]);
    expect(calls).toEqual([]);
  });

  it('reports the first event that the bus did not take, so that it and all after it come again', async () => {
    refuse = ({ id }) => (id === '13' || id === '15' ? 'ThrottlingException' : undefined);
    await expect(publish(many(23))).resolves.toEqual(['s-13']);
    expect(calls).toHaveLength(2);
  });

  it('reports the first event of a call that failed as a whole', async () => {
    refuse = ({ id }) => (id === '12' ? 'DOWN' : undefined);
    await expect(publish(many(23))).resolves.toEqual(['s-11']);
  });

  it('leaves the record out, and says so, where the event would be too large with it', async () => {
    const [text, other] = ['ü'.repeat(195_000), 'ö'.repeat(195_000)];
    const before = record(1, { text, rent: 1 });
    await publish([
      streamed(record(1, { text, rent: 2 }, { revision: 2 }), before),
      streamed(record(2, { text: other }, { revision: 2 }), record(2, { text })),
    ]);
    const [small, large] = calls.flat().map(eventOf);
    expect(small?.record).toBeDefined();
    expect(small?.omitted).toBeUndefined();
    expect(large).toMatchObject({ id: '2', omitted: ['record'] });
    expect(large?.changes).toEqual([{ field: 'text', previous: text, current: other }]);
    expect(large?.record).toBeUndefined();
    for (const { Detail } of calls.flat()) expect(Buffer.byteLength(Detail)).toBeLessThan(maxEventBytes);
  });

  it('sends several events in one call only while they are small together', async () => {
    await publish(Array.from({ length: 6 }, (_, index) => streamed(record(index + 1, { text: 'x'.repeat(50_000) }))));
    expect(calls.map((entries) => entries.length)).toEqual([2, 2, 2]);
  });

  it('puts what can never be published on the dead-letter queue, whole, and goes on', async () => {
    const [previous, current] = ['"'.repeat(255_000), '\n'.repeat(255_000)];
    const huge = streamed(record(2, { text: current }, { revision: 2 }), record(2, { text: previous }));
    const stream = [streamed(record(1, {})), huge, streamed(record(3, {}))];
    await expect(publish(stream)).resolves.toEqual([]);
    expect(published()).toEqual([1, 3]);
    const [letter] = deadLetters.map((text) => changeEventSchema.parse(JSON.parse(text)));
    expect(letter).toMatchObject({ id: '2', omitted: ['record'] });
    expect(letter?.changes[0]).toEqual({ field: 'text', previous, current });
  });

  it.each(['InvalidArgument', 'MalformedDetail', 'INVALID'])(
    'makes a dead letter of the one event that the bus never takes (%s), and all others go on',
    async (code) => {
      refuse = ({ id }) => (id === '13' ? code : undefined);
      await expect(publish(many(23))).resolves.toEqual([]);
      expect(deadLetters.map((text) => changeEventSchema.parse(JSON.parse(text)).id)).toEqual(['13']);
      expect(new Set(published())).toEqual(new Set(Array.from({ length: 23 }, (_, index) => index + 1)));
      queueIsDown = true;
      await expect(publish(many(23))).resolves.toEqual(['s-13']);
    },
  );

  it('makes no dead letters of what a person can mend, nor of what comes after what passes', async () => {
    refuse = () => 'NotAuthorizedForSourceException';
    await expect(publish(many(3))).resolves.toEqual(['s-1']);
    refuse = ({ id }) => (id === '2' ? 'ThrottlingException' : id === '3' ? 'InvalidArgument' : undefined);
    await expect(publish(many(3))).resolves.toEqual(['s-2']);
    expect(deadLetters).toEqual([]);
  });

  it('tries again, in order, what the dead-letter queue does not take', async () => {
    queueIsDown = true;
    const huge = streamed(record(2, { text: '\u0001'.repeat(300_000) }));
    const stream = [streamed(record(1, {})), huge, streamed(record(3, {}))];
    await expect(publish(stream)).resolves.toEqual(['s-2']);
    expect(published()).toEqual([1]);
  });

  it('never makes a dead letter that SQS does not take, however its text is written', async () => {
    const quotes = streamed(
      record(2, { text: '\u0001'.repeat(390_000) }, { revision: 2 }),
      record(2, { text: '\u0002'.repeat(390_000) }),
    );
    await expect(publish([quotes])).resolves.toEqual([]);
    expect(Buffer.byteLength(deadLetters[0] ?? '')).toBeLessThan(1024 * 1024 - 1024);
    expect(changeEventSchema.parse(JSON.parse(deadLetters[0] ?? ''))).toMatchObject({
      id: '2',
      omitted: ['record', 'changes'],
      changes: [{ field: 'text' }],
    });
  });
});

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { maxEventBytes, maxEventsBytes, maxEventsPerCall, maxMessageBytes } from '../../shared/aws-limits.ts';
import { changeEventOf, changeEventSource, detailTypeOf } from '../../shared/events/change-event.ts';
import type { ChangeEvent } from '../../shared/events/change-event-schema.ts';
import { isSchemaEventKey, schemaEventOf, schemaEventType } from '../../shared/events/schema-event.ts';
import type { SchemaEvent } from '../../shared/events/schema-event-schema.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import type { Item } from '../../shared/store/dynamo-table.ts';
import { toRecord } from '../../shared/store/records.ts';

export interface PublisherDependencies {
  readonly events: EventBridgeClient;
  readonly sqs: SQSClient;
  readonly busName: string;
  readonly deadLetterQueueUrl: string;
  readonly now: () => Date;
}

/** Room for the message's attributes. */
const maxDeadLetterBytes = maxMessageBytes - 4096;
/** EventBridge counts 14 bytes for an entry's time. */
const bytesOfTime = 14;

interface Entry {
  readonly sequenceNumber: string;
  readonly event: ChangeEvent | SchemaEvent;
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

/**
 * Publishes one batch of the records table's stream, in order, up to what fails in passing: the stream brings that again, with
 * all that follows it. What can never be published is put on the dead-letter queue, whole.
 *
 * @returns the sequence number of the first record that failed, if any did
 */
export async function publishChanges(
  stream: readonly DynamoDBRecord[],
  dependencies: PublisherDependencies,
): Promise<string[]> {
  const entries = stream.flatMap((record) => entryOf(record, dependencies.busName));
  let rest = entries;
  for (let [first] = rest; first !== undefined; [first] = rest) {
    const call = nextCall(rest);
    const failed = await (call === undefined ? deadLetter(first, tooLarge, dependencies) : put(call, dependencies));
    if (failed !== undefined) {
      metrics.record('ChangeEventsRetried', 1, {});
      return [failed];
    }
    rest = rest.slice(call?.length ?? 1);
  }
  return [];
}

/** As many entries as fit into one call; undefined when not even the first does. */
function nextCall([first, ...others]: readonly Entry[]): Entry[] | undefined {
  if (first === undefined || first.bytes > maxEventBytes) return undefined;
  const call = [first];
  let bytes = first.bytes;
  for (const entry of others) {
    bytes += entry.bytes;
    if (bytes > maxEventsBytes || call.length === maxEventsPerCall) break;
    call.push(entry);
  }
  return call;
}

/**
 * What EventBridge says of an event that it will never take, whoever asks and however often. All else passes, or a person can mend it
 * while the stream waits: throttling, failures of its own, a right that is missing.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 */
const refusedForGood: ReadonlySet<string> = new Set(['InvalidArgument', 'MalformedDetail', 'ValidationException']);

/** Returns the sequence number of the first entry that has to come again. */
async function put(call: readonly Entry[], dependencies: PublisherDependencies): Promise<string | undefined> {
  const codes = await codesOf(call, dependencies);
  for (const [index, entry] of call.entries()) {
    const code = codes[index];
    if (code === undefined) {
      recordPublished(entry, dependencies.now());
    } else if (refusedForGood.has(code)) {
      const reason = { code: 'EVENT_REFUSED', message: `EventBridge refuses the change event: ${code}.` };
      const failed = await deadLetter(entry, reason, dependencies);
      if (failed !== undefined) return failed;
    } else {
      logger.warn('The event bus did not take a change event; it is tried again.', { ...subjectOf(entry), code });
      return entry.sequenceNumber;
    }
  }
  return undefined;
}

/** Why the bus did not take each entry of a call; undefined for those that it took. */
async function codesOf(call: readonly Entry[], dependencies: PublisherDependencies): Promise<(string | undefined)[]> {
  const { events } = dependencies;
  try {
    const { Entries: results = [] } = await events.send(
      new PutEventsCommand({ Entries: call.map(({ entry }) => entry) }),
    );
    return call.map((_, index) => results[index]?.ErrorCode);
  } catch (error) {
    const code = error instanceof Error ? error.name : 'unknown';
    if (call.length === 1 || !refusedForGood.has(code)) {
      logger.warn('The event bus took none of some change events.', { ...subjectOf(call[0]), error });
      return call.map(() => code);
    }
    // One of them is wrong, and the answer does not say which.
    const codes: (string | undefined)[] = [];
    for (const entry of call) codes.push(...(await codesOf([entry], dependencies)));
    return codes;
  }
}

function recordPublished({ event }: Entry, now: Date): void {
  const { account, resource, changedAt } = event;
  metrics.record('ChangeEventsPublished', 1, { account, resource });
  metrics.record('ChangeEventDelay', now.getTime() - Date.parse(changedAt), { account });
  if (isSchemaEvent(event)) metrics.record('SchemaChanges', event.changes.length, { account });
}

/** What a line about an entry says of it. */
function subjectOf(entry: Entry | undefined) {
  if (entry === undefined) return {};
  const { account, resource, id, correlationId } = entry.event;
  return { account, resource, id, correlationId };
}

const tooLarge = {
  code: 'EVENT_TOO_LARGE',
  message: 'The change event is larger than EventBridge takes, even without the record.',
};

/** Returns the sequence number of the entry if it has to come again, since its dead letter could not be queued. */
async function deadLetter(
  entry: Entry,
  reason: { readonly code: string; readonly message: string },
  { sqs, deadLetterQueueUrl }: PublisherDependencies,
): Promise<string | undefined> {
  try {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MessageBody: deadLetterOf(entry.event),
        MessageAttributes: {
          errorCode: { DataType: 'String', StringValue: reason.code },
          errorMessage: { DataType: 'String', StringValue: reason.message },
        },
      }),
    );
  } catch (error) {
    logger.warn('A dead letter could not be queued; it is tried again.', { ...subjectOf(entry), error });
    return entry.sequenceNumber;
  }
  metrics.record('ChangeEventsDeadLettered', 1, { account: entry.event.account });
  logger.error('A change event can never be published.', { ...subjectOf(entry), code: reason.code });
  return undefined;
}

/** The whole event, or without the fields' values if it is too large for SQS: escaping can make JSON many times as long. */
function deadLetterOf(event: ChangeEvent | SchemaEvent): string {
  const whole = JSON.stringify(event);
  if (isSchemaEvent(event) || Buffer.byteLength(whole) <= maxDeadLetterBytes) return whole;
  const changes = event.changes.map(({ field }) => ({ field }));
  return JSON.stringify({ ...event, changes, omitted: ['record', 'changes'] } satisfies ChangeEvent);
}

/** An event of fields has no record; the number of its changes is bounded where they are kept. */
const isSchemaEvent = (event: ChangeEvent | SchemaEvent): event is SchemaEvent => !('change' in event);

/** The entry of one stream record; none for what is no change of a record, and that is what counts its revision up. */
function entryOf(record: DynamoDBRecord, busName: string): Entry[] {
  const { NewImage: after, OldImage: before, Keys: keys, SequenceNumber: sequenceNumber } = record.dynamodb ?? {};
  if (after === undefined || keys?.pk?.S === undefined || sequenceNumber === undefined) return [];
  if (isSchemaEventKey(keys.pk.S)) return schemaEntriesOf(read(after), before && read(before), sequenceNumber, busName);
  const [old, now] = [before && toRecord(read(before)), toRecord(read(after))];
  if (old?.revision === now.revision) return [];
  const event = changeEventOf(keys.pk.S, old, now);
  const type = detailTypeOf(event);
  const whole = makeEntry(type, event, sequenceNumber, busName);
  if (whole.bytes <= maxEventBytes) return [whole];
  const { record: _record, ...slim } = event;
  return [makeEntry(type, { ...slim, omitted: ['record'] }, sequenceNumber, busName)];
}

function schemaEntriesOf(after: Item, before: Item | undefined, sequenceNumber: string, busName: string): Entry[] {
  if (before?.revision === after.revision) return [];
  return [makeEntry(schemaEventType, schemaEventOf(after), sequenceNumber, busName)];
}

/** @types/aws-lambda and the SDK type the same wire format differently. */
type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;
const read = (image: Image) => unmarshall(image as Record<string, AttributeValue>);

function makeEntry(type: string, event: Entry['event'], sequenceNumber: string, busName: string): Entry {
  const entry = {
    EventBusName: busName,
    Source: changeEventSource,
    DetailType: type,
    Detail: JSON.stringify(event),
    Time: new Date(event.changedAt),
  };
  const bytes =
    bytesOfTime +
    [entry.Source, entry.DetailType, entry.Detail].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { sequenceNumber, event, entry, bytes };
}

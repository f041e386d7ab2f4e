import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { maxEventBytes, maxEventsBytes, maxEventsPerCall, maxMessageBytes } from '../../shared/aws-limits.ts';
import { changeEventOf, changeEventSource, detailTypeOf } from '../../shared/events/change-event.ts';
import type { ChangeEvent } from '../../shared/events/change-event-schema.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
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
  readonly event: ChangeEvent;
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
  while (rest.length > 0) {
    const call = nextCall(rest);
    const failed = await (call === undefined ? deadLetterFirst(rest, dependencies) : put(call, dependencies));
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

/** Returns the sequence number of the first entry that the bus did not take. */
async function put(call: readonly Entry[], { events, now }: PublisherDependencies): Promise<string | undefined> {
  let refused: number;
  try {
    const answer = await events.send(new PutEventsCommand({ Entries: call.map(({ entry }) => entry) }));
    refused = answer.FailedEntryCount
      ? Math.max(
          0,
          (answer.Entries ?? []).findIndex((result) => result.ErrorCode !== undefined),
        )
      : -1;
    if (refused >= 0) {
      logger.warn('The event bus did not take a change event; it is tried again.', {
        ...subjectOf(call[refused]),
        code: answer.Entries?.[refused]?.ErrorCode,
      });
    }
  } catch (error) {
    logger.warn('The event bus could not be reached; the change events are tried again.', {
      ...subjectOf(call[0]),
      error,
    });
    refused = 0;
  }
  const published = refused < 0 ? call : call.slice(0, refused);
  for (const { event } of published) {
    metrics.record('ChangeEventsPublished', 1, { account: event.account, resource: event.resource });
    metrics.record('ChangeEventDelay', now().getTime() - Date.parse(event.changedAt), { account: event.account });
  }
  return call[refused]?.sequenceNumber;
}

/** What a line about an entry says of it. */
function subjectOf(entry: Entry | undefined) {
  if (entry === undefined) return {};
  const { account, resource, id, correlationId } = entry.event;
  return { account, resource, id, correlationId };
}

async function deadLetterFirst(
  [first]: readonly Entry[],
  { sqs, deadLetterQueueUrl }: PublisherDependencies,
): Promise<string | undefined> {
  if (first === undefined) return undefined;
  const { account } = first.event;
  try {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MessageBody: deadLetterOf(first.event),
        MessageAttributes: {
          errorCode: { DataType: 'String', StringValue: 'EVENT_TOO_LARGE' },
          errorMessage: {
            DataType: 'String',
            StringValue: 'The change event is larger than EventBridge takes, even without the record.',
          },
        },
      }),
    );
  } catch (error) {
    logger.warn('A dead letter could not be queued; it is tried again.', { ...subjectOf(first), error });
    return first.sequenceNumber;
  }
  metrics.record('ChangeEventsDeadLettered', 1, { account });
  logger.error('A change event is too large to be published.', subjectOf(first));
  return undefined;
}

/** The whole event, or without the fields' values if it is too large for SQS: escaping can make JSON many times as long. */
function deadLetterOf(event: ChangeEvent): string {
  const whole = JSON.stringify(event);
  if (Buffer.byteLength(whole) <= maxDeadLetterBytes) return whole;
  const changes = event.changes.map(({ field }) => ({ field }));
  return JSON.stringify({ ...event, changes, omitted: ['record', 'changes'] } satisfies ChangeEvent);
}

/** The entry of one stream record; none for what is no change of a record, and that is what counts its revision up. */
function entryOf(record: DynamoDBRecord, busName: string): Entry[] {
  const { NewImage: after, OldImage: before, Keys: keys, SequenceNumber: sequenceNumber } = record.dynamodb ?? {};
  if (after === undefined || keys?.pk?.S === undefined || sequenceNumber === undefined) return [];
  const [old, now] = [before && toRecord(read(before)), toRecord(read(after))];
  if (old?.revision === now.revision) return [];
  const event = changeEventOf(keys.pk.S, old, now);
  const whole = makeEntry(event, sequenceNumber, busName);
  if (whole.bytes <= maxEventBytes) return [whole];
  const { record: _record, ...slim } = event;
  return [makeEntry({ ...slim, omitted: ['record'] }, sequenceNumber, busName)];
}

/** @types/aws-lambda and the SDK type the same wire format differently. */
type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;
const read = (image: Image) => unmarshall(image as Record<string, AttributeValue>);

function makeEntry(event: ChangeEvent, sequenceNumber: string, busName: string): Entry {
  const entry = {
    EventBusName: busName,
    Source: changeEventSource,
    DetailType: detailTypeOf(event),
    Detail: JSON.stringify(event),
    Time: new Date(event.changedAt),
  };
  const bytes =
    bytesOfTime +
    [entry.Source, entry.DetailType, entry.Detail].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { sequenceNumber, event, entry, bytes };
}

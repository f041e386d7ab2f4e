import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { ContractError, UnavailableError } from '../errors.ts';
import { changeEventSource, detailTypeOf } from '../events/change-event.ts';
import { changeEventSchema } from '../events/change-event-schema.ts';
import { schemaEventType } from '../events/schema-event.ts';
import { schemaEventSchema } from '../events/schema-event-schema.ts';
import { type CloseOutcome, claimRedrive, type DeadLetter } from '../store/dead-letters.ts';
import type { Table } from '../store/dynamo-table.ts';
import { syncJobSchema } from '../sync/job.ts';
import { webhookHintSchema } from '../webhook/hint.ts';

export interface RedriveDependencies {
  readonly state: Table;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  /** Invokes a function asynchronously with a JSON payload. */
  readonly invoke: (functionName: string, payload: string) => Promise<void>;
  readonly now: () => Date;
}

/**
 * Puts a dead letter back where it came from, once, however many operators ask at the same time. Audited.
 *
 * @returns `inProgress` while somebody else is doing it
 * @throws what sending it threw; the dead letter is open again then
 */
export async function redriveDeadLetter(
  id: string,
  operator: string,
  dependencies: RedriveDependencies,
): Promise<CloseOutcome> {
  const claim = await claimRedrive(dependencies.state, id, operator, dependencies.now());
  if (claim.kind !== 'claimed') return claim.kind;
  try {
    await putBack(claim.letter, dependencies);
  } catch (error) {
    await claim.failed();
    throw error;
  }
  await claim.succeeded();
  return 'done';
}

async function putBack(
  letter: DeadLetter & { readonly body: string },
  { sqs, events, invoke }: RedriveDependencies,
): Promise<void> {
  const { target, body, groupId } = letter;
  if (target.kind === 'function') return invoke(target.functionName, body);
  if (target.kind === 'eventBus') return publish(body, target.busName, events);
  // Messages of a standard queue may have a group too, and then it is a fair one; an id against repetitions they must not have.
  const isFifo = target.queueUrl.endsWith('.fifo');
  const attributes = Object.entries(letter.attributes).map(
    ([name, value]) => [name, { DataType: 'String', StringValue: value }] as const,
  );
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: target.queueUrl,
      MessageBody: isFifo ? asNewRun(letter) : asNewHint(body),
      ...(attributes.length > 0 && { MessageAttributes: Object.fromEntries(attributes) }),
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      // Its own id would be taken for a repetition of the message that failed. This one makes a redrive that died after
      // sending, and is repeated, count once.
      ...(isFifo && { MessageDeduplicationId: `redrive-${letter.id}` }),
    }),
  );
}

/** A webhook's hint has all its tries again, and may wait as long as a new one. */
function asNewHint(body: string): string {
  const hint = webhookHintSchema.safeParse(parseJson(body));
  if (!hint.success) return body;
  const { parkedSince: _parkedSince, ...rest } = hint.data;
  return JSON.stringify({ ...rest, parked: 0, failures: 0 });
}

/** The run that a sync job was for has been reported as failed and is over; the job gets another one. */
function asNewRun({ id, body }: DeadLetter & { readonly body: string }): string {
  const job = syncJobSchema.safeParse(parseJson(body));
  if (!job.success) return body;
  const { notBefore: _notBefore, ...rest } = job.data;
  return JSON.stringify({ ...rest, runId: `${job.data.runId}-redrive-${id}` });
}

async function publish(body: string, busName: string, events: EventBridgeClient): Promise<void> {
  const json = parseJson(body);
  const change = changeEventSchema.safeParse(json);
  const event = change.success ? change : schemaEventSchema.safeParse(json);
  if (!event.success) throw new ContractError('The dead letter is no change event and cannot be published.');
  const { Entries: [answer] = [] } = await events.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: busName,
          Source: changeEventSource,
          DetailType: change.success ? detailTypeOf(change.data) : schemaEventType,
          Detail: body,
          Time: new Date(event.data.changedAt),
        },
      ],
    }),
  );
  if (answer?.ErrorCode !== undefined) {
    throw new UnavailableError(`The event bus did not take the change event (${answer.ErrorCode}).`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
